import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import { localesKind } from '../target/queries/locales.ts';
import { effect } from '../target/query.ts';

interface LocaleState {
  /** The locales asked about, and which of them the host has. */
  readonly generated: Readonly<Record<string, boolean>>;
  /** /etc/locale.gen; the task asks for lines in it, not for the whole. */
  readonly list: string;
  /** What may be generated, one `NAME CHARSET` a line; never asked for. */
  readonly supported: readonly string[];
  /** All locales of the host; never asked for. */
  readonly all: readonly string[];
}

const args = {
  name: { type: 'list', elements: 'str', required: true, description: 'locales such as de_DE.UTF-8' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether they shall be there' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

const listFile = '/etc/locale.gen';

export default defineModule({
  summary: 'Makes locales be there or not, through /etc/locale.gen and locale-gen.',
  args,
  returns: { name: 'as asked', state: 'as asked', mechanism: 'glibc' },
  examples: '- name: Speak German\n  locale_gen:\n    name: de_DE.UTF-8\n',

  async probe({ args, target }): Promise<LocaleState> {
    const [all, list, table] = await Promise.all([
      target.query(localesKind, ''),
      target.readFile(listFile),
      target.readFile('/usr/share/i18n/SUPPORTED'),
    ]);
    if (list === undefined && table === undefined)
      throw new ModuleFailure(`the host has neither ${listFile} nor a list of locales: install the package locales`);
    const text = list?.toString() ?? '';
    return {
      generated: Object.fromEntries(args.name.map((name) => [name, all.some((one) => plain(one) === plain(name))])),
      list: text,
      supported: [
        ...text.split('\n').map((line) => line.replace(/^#\s*/, '')),
        ...(table?.toString().split('\n') ?? []),
      ],
      all,
    };
  },

  desired({ args, state }) {
    const present = args.state === 'present';
    for (const name of args.name)
      if (present && lineOf(name, state) === undefined)
        throw new ModuleFailure(`The locale you have entered is not available on your system: ${name}`);
    return {
      generated: Object.fromEntries(args.name.map((name) => [name, present])),
      list: listed(args, state),
    };
  },

  async apply({ args, state, wanted, change, target }) {
    if (change.list) await target.writeFile(listFile, Buffer.from(wanted.list ?? ''), { mode: '0644' });
    const others = state.all.filter((one) => !args.name.some((name) => plain(name) === plain(one)));
    await target.mutate({
      summary: 'locale-gen',
      script: 'locale-gen',
      effects: [effect(localesKind, '', args.state === 'present' ? [...others, ...args.name] : others)],
      touches: ['files'],
    });
  },

  returned: ({ args }) => ({ name: args.name, state: args.state, mechanism: 'glibc' }),

  preview: ({ state, wanted }) => [
    { beforeHeader: listFile, afterHeader: listFile, before: state.list, after: wanted.list ?? state.list },
    ...(['generated'] as const).map((field) => ({
      beforeHeader: 'locale -a',
      afterHeader: 'locale -a',
      before: namesOf(state[field]),
      after: namesOf(wanted[field] ?? {}),
    })),
  ],
});

const namesOf = (generated: Readonly<Record<string, boolean>>) =>
  Object.entries(generated)
    .map(([name, there]) => (there ? `${name}\n` : ''))
    .join('');

/** `de_DE.UTF-8` and `de_DE.utf8` are one locale. */
const plain = (name: string) =>
  name.replace(/\.([\w-]+)/, (_, set: string) => `.${set.toLowerCase().replaceAll('-', '')}`);

/** The line of the list that stands for a locale. */
const lineOf = (name: string, { supported }: Pick<LocaleState, 'supported'>) =>
  supported.find((line) => /^\S+ \S+$/.test(line.trim()) && plain(line.trim().split(' ')[0]!) === plain(name))?.trim();

function listed(args: Args, state: LocaleState): string {
  const isMeant = (line: string) =>
    args.name.some((name) => lineOf(name, { supported: [line.replace(/^#\s*/, '')] }) !== undefined);
  const lines = state.list === '' ? [] : state.list.replace(/\n$/, '').split('\n');
  if (args.state === 'absent') {
    const after = lines.map((line) => (!line.startsWith('#') && isMeant(line) ? `# ${line}` : line));
    return textOf(after, state.list);
  }
  const after = lines.map((line) => (line.startsWith('#') && isMeant(line) ? line.replace(/^#\s*/, '') : line));
  const missing = args.name.flatMap((name) =>
    after.some((line) => lineOf(name, { supported: [line] }) !== undefined) ? [] : [lineOf(name, state) ?? name],
  );
  return textOf([...after, ...missing], state.list);
}

/** What says the same stays as it is, down to a missing line end. */
function textOf(lines: readonly string[], before: string): string {
  return lines.join('\n') === before.replace(/\n$/, '') ? before : lines.map((line) => `${line}\n`).join('');
}
