import { defineAction } from '../module/definition.ts';
import { isUnknown } from '../module/values.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';

export default defineAction({
  summary: 'Adds a host to the inventory of this run, for the plays that follow.',
  description: ['It is done once, whatever the number of hosts; loop over the names to add several.'],
  action: 'controller',
  once: true,
  args: {
    name: { aliases: ['hostname', 'host'], required: true, description: 'the host, with :PORT if it has one' },
    groups: {
      type: 'list',
      elements: 'str',
      default: [],
      aliases: ['group', 'groupname'],
      description: 'groups it is in; new ones are made',
    },
  },
  otherArgs: { type: 'raw', description: 'a variable of the host and its value' },
  returns: { add_host: 'the name, the groups and the variables' },
  examples:
    '- add_host:\n    name: "{{ item }}"\n    groups: [fresh]\n    ansible_user: root\n  loop: "{{ addresses }}"\n',

  async run({ args, controller }) {
    const { name: written, groups: asked, ...given } = args;
    for (const value of [written, asked, ...asked]) if (isUnknown(value)) throw new UnknownState(value.reason);
    const [, name = written, port] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(written) ?? [];
    if (name.trim() === '') throw new ModuleFailure('a host needs a name');
    const groups = asked.map((group) => group.trim()).filter((group) => group !== '');
    const vars = { ...(port === undefined ? {} : { ansible_port: Number(port) }), ...given };
    const changed = controller.grow({ host: name, groups, parents: [], vars });
    return { changed, add_host: { host_name: name, groups, host_vars: vars } };
  },
});
