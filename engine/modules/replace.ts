import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { attributeArgs } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import {
  applyEdited,
  checkEditable,
  type EditedFile,
  editedDiffs,
  editedResult,
  probeEdited,
  spelledAs,
  wantedEdited,
} from '../module/edited-file.ts';
import { regexOf, replaceAllMatches } from '../module/regex.ts';

const args = {
  path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], description: 'the file' },
  regexp: {
    required: true,
    description: 'a regular expression (as in Python); ^ and $ are the ends of each line, . is no line end',
  },
  replace: { default: '', description: 'what each match becomes; \\1 and \\g<name> are what was caught' },
  after: { description: 'a regular expression: only what is behind its first match counts' },
  before: { description: 'a regular expression: only what is before its match counts' },
  encoding: { default: 'utf-8', description: 'taken and ignored: what is no UTF-8 is taken byte by byte' },
  backup: { type: 'bool', default: false, description: 'keep a copy of the old file beside it' },
  validate: { description: 'a command that must succeed before the file is used; %s is its path' },
  ...attributeArgs,
} as const satisfies ArgsLiteral;

export default defineModule({
  summary: 'Replaces every match of a regular expression in a file.',
  description: [
    'The expression should not match what it is replaced by, or every run changes the file again.',
    'With after and before, only the part between them is looked at, over line ends.',
  ],
  args,
  returns: { msg: 'how many matches were replaced', rc: '0', backup_file: 'the copy of the old file' },
  examples: `- name: Turn swap off at boot
  replace:
    path: /etc/fstab
    regexp: '^([^#].*\\sswap\\s.*)$'
    replace: '# \\1'
`,

  onlyFiles: true,

  probe: ({ args, target }): Promise<EditedFile> => probeEdited(target, args.path),

  desired({ args, state }) {
    checkEditable(args, state);
    return wantedEdited(replaced(args, state).text, args, state);
  },

  apply: ({ args, state, wanted, target }) => applyEdited(target, args, state, wanted),
  returned: ({ args, state, wanted }) => ({
    msg: replaced(args, state).msg,
    rc: 0,
    ...editedResult(state, wanted),
  }),
  preview: ({ state, wanted, target }) => editedDiffs(target, state, wanted),
});

function replaced(given: ArgsOf<typeof args>, state: EditedFile): { readonly text: string; readonly msg: string } {
  const { regexp, replace, after, before } = spelledAs(given, state);
  const text = state.text ?? '';
  const part = partOf(text, after, before);
  if (part === undefined) {
    const path = given.path;
    return { text, msg: `Pattern for before/after params did not match the given file: ${path}` };
  }
  const section = text.slice(part.from, part.to);
  const { text: fresh, count } = replaceAllMatches(section, regexOf(regexp, { multiline: true }), replace);
  const msg = fresh === section ? '' : `${count} replacements made`;
  return { text: text.slice(0, part.from) + fresh + text.slice(part.to), msg };
}

/** From the end of the first match of `after` up to the next match of `before`; up to the last one where there is no `after`. */
function partOf(text: string, after: string | undefined, before: string | undefined) {
  if (after === undefined && before === undefined) return { from: 0, to: text.length };
  const section = after === undefined ? '(?P<kplay_part>.*)' : '(?P<kplay_part>.*?)';
  const whole = before === undefined ? `${after}(?P<kplay_part>.*)` : `${after ?? ''}${section}${before}`;
  const match = regexOf(whole, { dotAll: true }).exec(text);
  const found = match?.groups?.['kplay_part'];
  if (match === null || found === undefined) return undefined;
  // Where the part begins in the match is where the match of `after` alone ends.
  const from = after === undefined ? match.index : match.index + lengthBefore(text, match.index, after);
  return { from, to: from + found.length };
}

function lengthBefore(text: string, at: number, after: string): number {
  const regex = regexOf(after, { dotAll: true });
  regex.lastIndex = at;
  return regex.exec(text)?.[0].length ?? 0;
}
