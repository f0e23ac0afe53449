import type { ArgsLiteral } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import { sebooleanKind } from '../target/queries/sebooleans.ts';
import { effect } from '../target/query.ts';

interface SebooleanState {
  /** What the kernel goes by. */
  readonly now: boolean;
  /** What it will go by after a boot, null where the host cannot tell. */
  readonly atBoot: boolean | null;
}

const args = {
  name: { required: true, description: 'the switch, as getsebool -a lists it' },
  state: { type: 'bool', required: true, description: 'on or off' },
  persistent: { type: 'bool', default: false, description: 'also after the next boot' },
  ignore_selinux_state: {
    type: 'bool',
    default: false,
    description: 'taken and ignored: setsebool works only where SELinux does',
  },
} as const satisfies ArgsLiteral;

export default defineModule({
  summary: "Switches a boolean of SELinux's policy.",
  description: [
    'A default of the policy that nobody has set is known where semanage is; elsewhere, `persistent` sets it once more for good.',
  ],
  args,
  returns: { name: 'the switch', state: 'as asked', persistent: 'as asked' },
  examples: `- name: Let haproxy connect to any port
  seboolean:
    name: haproxy_connect_any
    state: true
    persistent: true
`,

  async probe({ args, target }): Promise<SebooleanState> {
    if (!/^\w+$/.test(args.name)) throw new ModuleFailure(`"${args.name}" cannot be the name of a boolean`);
    return target.query(sebooleanKind, args.name);
  },

  desired: ({ args }) => ({ now: args.state, ...(args.persistent && { atBoot: args.state }) }),

  async apply({ args, state, wanted, change, target }) {
    const words = ['setsebool', ...(change.atBoot ? ['-P'] : []), `${args.name}=${args.state ? 1 : 0}`].join(' ');
    await target.mutate({
      summary: words,
      script: words,
      effects: [effect(sebooleanKind, args.name, { ...state, ...wanted })],
      touches: ['kernel', 'files'],
    });
  },

  returned: ({ args }) => ({ name: args.name, state: args.state, persistent: args.persistent }),

  preview({ args, change }) {
    const word = (on: boolean | null) => (on === null ? 'not known' : on ? 'on' : 'off');
    const lines = (side: 'before' | 'after') =>
      [change.now && `now: ${word(change.now[side])}\n`, change.atBoot && `at boot: ${word(change.atBoot[side])}\n`]
        .filter(Boolean)
        .join('');
    return [{ beforeHeader: args.name, afterHeader: args.name, before: lines('before'), after: lines('after') }];
  },
});
