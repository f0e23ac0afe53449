import { defineModule } from '../module/definition.ts';
import { Unknown } from '../module/values.ts';
import { groupKind } from '../target/queries/accounts.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface GroupState {
  readonly exists: boolean;
  readonly gid: number | undefined;
}

export default defineModule({
  summary: 'Makes, changes and removes groups.',
  args: {
    name: { required: true },
    state: { choices: ['present', 'absent'], default: 'present' },
    gid: { type: 'int' },
    system: { type: 'bool', default: false, description: 'a number from the range of system groups, for a new one' },
    non_unique: { type: 'bool', default: false, description: 'let two groups have one gid' },
    force: { type: 'bool', default: false, description: 'remove a group that is the primary one of somebody' },
    local: { type: 'bool', default: false, description: 'taken and ignored: the tools of shadow edit local files' },
    gid_min: { type: 'int' },
    gid_max: { type: 'int' },
  },
  returns: { name: 'the group', state: 'present or absent', gid: 'its number', system: 'as asked' },
  examples: `- name: The group that etcd runs as
  group:
    name: etcd
    system: true`,
  async probe({ args, target }): Promise<GroupState> {
    const entry = await target.groupEntry(args.name);
    return { exists: entry !== undefined, gid: entry?.gid };
  },
  desired({ args }) {
    if (args.state === 'absent') return { exists: false };
    return { exists: true, ...(args.gid === undefined ? {} : { gid: args.gid }) };
  },
  async apply({ args, change, target }) {
    const name = quote(args.name);
    const gid = args.gid === undefined ? '' : ` -g ${args.gid}${args.non_unique ? ' -o' : ''}`;
    const range = [
      args.gid_min === undefined ? '' : ` -K GID_MIN=${args.gid_min}`,
      args.gid_max === undefined ? '' : ` -K GID_MAX=${args.gid_max}`,
    ].join('');
    const [tool, line, simple] = !change.exists
      ? ['groupmod', `groupmod${gid} ${name}`, '']
      : change.exists.after
        ? [
            'groupadd',
            `groupadd${gid}${args.system ? ' -r' : ''}${range} ${name}`,
            `addgroup${args.gid === undefined ? '' : ` -g ${args.gid}`}${args.system ? ' -S' : ''} ${name}`,
          ]
        : ['groupdel', `groupdel${args.force ? ' -f' : ''} ${name}`, `delgroup ${name}`];
    const script = simple === '' ? line : `if command -v ${tool} >/dev/null 2>&1; then ${line}; else ${simple}; fi`;
    const after = change.exists?.after === false ? undefined : { name: args.name, gid: args.gid ?? -1, members: [] };
    await target.mutate({
      summary: `${tool} ${args.name}`,
      script,
      effects: [effect(groupKind, args.name, after)],
      touches: ['accounts', 'files'],
    });
    const entry = await target.groupEntry(args.name);
    if (entry === undefined) return {};
    return { gid: numberOf(entry.gid, args.name) };
  },
  returned: ({ args, state }) => ({
    name: args.name,
    state: args.state,
    system: args.system,
    ...(args.state === 'present' && state.gid !== undefined && { gid: numberOf(state.gid, args.name) }),
  }),
});

/** Where the host chooses it, it is known once it has. */
const numberOf = (gid: number, name: string) =>
  gid >= 0 ? gid : new Unknown(`the host chooses the number of ${name}`);
