import type { ArgsLiteral } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { refuse } from '../module/refuse.ts';
import { ModuleFailure } from '../target/failure.ts';
import { selinuxKind } from '../target/queries/selinux.ts';
import { effect } from '../target/query.ts';

type Mode = 'enforcing' | 'permissive' | 'disabled';

interface SelinuxState {
  /** What the kernel does now. */
  readonly mode: Mode;
  /** What it does from the next boot on, and by which policy. */
  readonly atBoot: { readonly state: string; readonly policy: string };
  /** The file that says so; never asked for. */
  readonly text: string;
}

const args = {
  state: { choices: ['enforcing', 'permissive', 'disabled'], required: true },
  policy: { description: 'targeted, mls …; needed unless disabled' },
  configfile: { type: 'path', default: '/etc/selinux/config', aliases: ['conf', 'file'] },
  update_kernel_param: {
    type: 'bool',
    default: false,
    description: 'refused: command: grubby … sets a parameter of the kernel',
  },
} as const satisfies ArgsLiteral;

export default defineModule({
  summary: 'Sets what SELinux does, now and from the next boot on.',
  description: ['From and to `disabled` it takes a reboot: `reboot_required` says so.'],
  args,
  rules: {
    requiredIf: [
      ['state', 'enforcing', ['policy']],
      ['state', 'permissive', ['policy']],
    ],
  },
  returns: {
    state: 'as asked',
    policy: 'the policy',
    configfile: 'the file',
    reboot_required: 'whether it takes a reboot',
  },
  examples: '- name: Let SELinux only warn\n  selinux:\n    policy: targeted\n    state: permissive\n',

  async probe({ args, target }): Promise<SelinuxState> {
    refuse('selinux', [
      [args.update_kernel_param, 'update_kernel_param: a command (grubby) sets parameters of the kernel'],
    ]);
    const [mode, content] = await Promise.all([target.query(selinuxKind, ''), target.readFile(args.configfile)]);
    if (content === undefined) throw new ModuleFailure(`the host has no SELinux: there is no ${args.configfile}`);
    const text = content.toString();
    return {
      mode: mode ?? 'disabled',
      atBoot: { state: settingIn(text, 'SELINUX'), policy: settingIn(text, 'SELINUXTYPE') },
      text,
    };
  },

  desired({ args, state }) {
    const policy = args.policy ?? state.atBoot.policy;
    // The kernel cannot be switched from or to disabled while it runs.
    const now = state.mode !== 'disabled' && args.state !== 'disabled';
    return { atBoot: { state: args.state, policy }, ...(now && { mode: args.state }) };
  },

  async apply({ args, state, wanted, change, target }) {
    if (change.atBoot && wanted.atBoot)
      await target.writeFile(args.configfile, Buffer.from(edited(state.text, wanted.atBoot)), {});
    if (!change.mode) return;
    const enforcing = args.state === 'enforcing';
    await target.mutate({
      summary: `setenforce ${enforcing ? 1 : 0}`,
      script: `if command -v setenforce >/dev/null 2>&1; then setenforce ${enforcing ? 1 : 0}; else echo ${enforcing ? 1 : 0} >/sys/fs/selinux/enforce; fi`,
      effects: [effect(selinuxKind, '', enforcing ? 'enforcing' : 'permissive')],
      touches: ['kernel', 'facts'],
    });
  },

  returned: ({ args, state, wanted }) => ({
    state: args.state,
    policy: wanted.atBoot?.policy ?? state.atBoot.policy,
    configfile: args.configfile,
    reboot_required:
      (state.mode === 'disabled') !== (args.state === 'disabled') ||
      (state.mode !== 'disabled' && wanted.atBoot?.policy !== state.atBoot.policy),
  }),

  preview({ args, state, wanted, change }) {
    const file = { beforeHeader: args.configfile, afterHeader: args.configfile };
    const now = { beforeHeader: 'getenforce', afterHeader: 'getenforce' };
    return [
      ...(change.atBoot
        ? [{ ...file, before: state.text, after: edited(state.text, wanted.atBoot ?? state.atBoot) }]
        : []),
      ...(change.mode ? [{ ...now, before: `${change.mode.before}\n`, after: `${change.mode.after}\n` }] : []),
    ];
  },
});

const settingIn = (text: string, name: string) => new RegExp(`^${name}=(.*?)\\s*$`, 'm').exec(text)?.[1] ?? '';

function edited(text: string, { state, policy }: SelinuxState['atBoot']): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const wanted = new Map(
    [
      ['SELINUX', state],
      ['SELINUXTYPE', policy],
    ].filter(([, value]) => value !== '') as [string, string][],
  );
  const after = lines.map((line) => {
    const name = /^(SELINUX|SELINUXTYPE)=/.exec(line)?.[1];
    const value = name === undefined ? undefined : wanted.get(name);
    if (value === undefined) return line;
    wanted.delete(name!);
    return `${name}=${value}`;
  });
  return [...after, ...[...wanted].map(([name, value]) => `${name}=${value}`)].map((line) => `${line}\n`).join('');
}
