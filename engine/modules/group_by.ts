import { defineAction } from '../module/definition.ts';
import { isUnknown } from '../module/values.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';

export default defineAction({
  summary: 'Puts each host into the group its variables name, for the plays that follow.',
  action: 'controller',
  args: {
    key: { required: true, description: 'the name of the group; a space becomes -' },
    parents: { type: 'list', elements: 'str', default: ['all'], description: 'groups above it' },
  },
  returns: { add_group: 'the group', parent_groups: 'the groups above it' },
  examples: '- group_by:\n    key: os_{{ ansible_distribution }}\n',

  async run({ args, controller }) {
    for (const value of [args.key, args.parents, ...args.parents])
      if (isUnknown(value)) throw new UnknownState(value.reason);
    const group = named(args.key);
    const parents = args.parents.map(named);
    if (group === '') throw new ModuleFailure('key is empty: a group needs a name');
    const changed = controller.grow({ host: controller.host, groups: [group], parents, vars: {} });
    return { changed, add_group: group, parent_groups: parents };
  },
});

function named(text: string): string {
  return text.trim().replaceAll(' ', '-');
}
