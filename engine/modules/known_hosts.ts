import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import {
  type HostKey,
  hostKeyOf,
  isAbout,
  withHashedName,
  withHostKey,
  withoutHostKey,
} from '../module/ssh/known-hosts.ts';
import { ModuleFailure } from '../target/failure.ts';

interface KnownHosts {
  /** The file, `null` where there is none. */
  readonly text: string | null;
}

const args = {
  name: { required: true, aliases: ['host'], description: 'the host, as ssh is told it; [host]:port for another port' },
  key: { description: 'its public keys, one a line, each with the name in front, as ssh-keyscan prints them' },
  path: { type: 'path', default: '~/.ssh/known_hosts', description: 'the file' },
  hash_host: { type: 'bool', default: false, description: 'write the name as a hash' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether the keys shall be there' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes the key of a host be known to ssh or not.',
  description: [
    'Another key of the same type is replaced. Without `key`, `state: absent` takes away every key of the host.',
    "Patterns in the file (`*.example.com`) are nobody's name: they are left alone.",
  ],
  args,
  rules: { requiredIf: [['state', 'present', ['key']]] },
  returns: { name: 'as asked', key: 'as asked', path: 'the file', hash_host: 'as asked', state: 'as asked' },
  examples: `- name: Know the host with the sources
  known_hosts:
    name: git.example.com
    key: "{{ lookup('file', 'git.example.com.pub') }}"
`,

  async probe({ args, target }): Promise<KnownHosts> {
    return { text: (await target.readFile(args.path))?.toString() ?? null };
  },

  desired({ args, state }) {
    const keys = keysOf(args);
    const before = state.text === null || state.text === '' ? [] : state.text.replace(/\n$/, '').split('\n');
    const after = edited(args, before, keys);
    if (after.length === before.length && after.every((line, index) => line === before[index])) return {};
    return { text: after.map((line) => `${line}\n`).join('') };
  },

  async apply({ args, state, wanted, target }) {
    const attributes = state.text === null ? { mode: '0644' } : {};
    await target.writeFile(args.path, Buffer.from(wanted.text ?? ''), attributes);
  },

  returned: ({ args }) => ({ ...args }),

  preview: ({ args, state, wanted }) => [
    { beforeHeader: args.path, afterHeader: args.path, before: state.text ?? '', after: wanted.text ?? '' },
  ],
});

function edited(args: Args, lines: readonly string[], keys: readonly HostKey[]): readonly string[] {
  if (args.state === 'present') {
    const fresh = keys.map((key) => (args.hash_host ? withHashedName(key, args.name) : key));
    return fresh.reduce((all, key) => withHostKey(all, args.name, key), lines);
  }
  if (keys.length === 0) return withoutHostKey(lines, args.name, undefined);
  return keys.reduce((all, key) => withoutHostKey(all, args.name, key), lines);
}

function keysOf(args: Args): readonly HostKey[] {
  const lines = (args.key ?? '').split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  return lines.map((line) => {
    const key = hostKeyOf(line);
    if (key === undefined) throw new ModuleFailure(`this is no key of a host, NAME TYPE KEY: ${line}`);
    if (!isAbout(key, args.name))
      throw new ModuleFailure(`the key is one of ${key.names}, not of ${args.name}: ${line}`);
    return key;
  });
}
