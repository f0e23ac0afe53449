import { posix } from 'node:path';
import { attributeArgs } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { editLine } from '../module/edit-line.ts';
import {
  backupName,
  checkValidate,
  foresee,
  type PlacedFile,
  place,
  placedDiffs,
  placedResult,
  probePlaced,
  realPath,
  wantedFile,
} from '../module/placed-file.ts';
import { ModuleFailure } from '../target/failure.ts';

/** The file, with its text: a string of bytes. */
interface LineState extends PlacedFile {
  readonly path: string;
  readonly text: string | undefined;
  readonly parent: boolean;
}

export default defineModule({
  summary: 'Makes one line of a file be there or not.',
  description: [
    'With regexp, the last line that matches is replaced; without a match the line is added at the end, or where insertafter or insertbefore says.',
    'With backrefs, \\1 and \\g<name> in line are what the expression caught, and nothing is added without a match.',
  ],
  args: {
    path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], description: 'the file' },
    regexp: {
      aliases: ['regex'],
      description: 'a regular expression (as in Python) for the line to replace or remove',
    },
    search_string: { description: 'a text inside the line to replace or remove' },
    state: { choices: ['present', 'absent'], default: 'present', description: 'whether the line shall be there' },
    line: { aliases: ['value'], description: 'the line' },
    backrefs: { type: 'bool', default: false, description: 'fill in what regexp caught' },
    insertafter: { description: 'EOF, BOF, or a regular expression: the last match goes before the new line' },
    insertbefore: { description: 'BOF, or a regular expression: the last match goes behind the new line' },
    firstmatch: { type: 'bool', default: false, description: 'the first match counts instead of the last' },
    create: { type: 'bool', default: false, description: 'make the file when it is not there' },
    backup: { type: 'bool', default: false, description: 'keep a copy of the old file beside it' },
    validate: { description: 'a command that must succeed before the file is used; %s is its path' },
    ...attributeArgs,
  },
  rules: {
    mutuallyExclusive: [
      ['insertbefore', 'insertafter'],
      ['regexp', 'search_string'],
    ],
    requiredIf: [['state', 'present', ['line']]],
  },
  returns: {
    msg: 'what happened to the line',
    found: 'how many lines were removed',
    backup: 'the copy of the old file',
  },
  examples:
    "- name: Forward packets\n  lineinfile:\n    path: /etc/sysctl.conf\n    regexp: '^#?net.ipv4.ip_forward'\n    line: net.ipv4.ip_forward=1\n",

  onlyFiles: true,

  async probe({ args, target }): Promise<LineState> {
    foresee(target, args.path, true);
    const path = await realPath(target, args.path);
    const [placed, content, above] = await Promise.all([
      probePlaced(target, path, false),
      target.readFile(path),
      target.exists(posix.dirname(path)),
    ]);
    return Object.assign(placed, { path, text: content?.toString('latin1'), parent: above });
  },

  async desired({ args, state }) {
    checkValidate(args.validate);
    checkArguments(args);
    if (state.type === 'directory' || state.type === 'other')
      throw new ModuleFailure(`Path ${state.path} is a ${state.type} !`, { rc: 256 });
    if (state.text === undefined) {
      if (args.state === 'absent') return {};
      if (!args.create) throw new ModuleFailure(`Destination ${state.path} does not exist !`, { rc: 257 });
    }
    const { text } = editLine(state.text ?? '', args);
    return wantedFile({ content: Buffer.from(text, 'latin1'), source: state.path }, args, state);
  },

  async apply({ args, state, wanted, target }) {
    const after = wanted as PlacedFile;
    const rewritten = state.type === 'file' && state.checksum !== after.checksum;
    const backup = args.backup && rewritten ? backupName(state.path) : undefined;
    if (!state.parent) await target.makeDirectory(posix.dirname(state.path), {});
    await place(target, state.path, state, after, { backup, validate: args.validate });
    return { ...(backup !== undefined && { backup }) };
  },

  returned({ args, state, wanted }) {
    if (wanted.type === undefined) return { msg: 'file not present', found: 0, backup: '' };
    const { msg, found } = editLine(state.text ?? '', args);
    const { mode, owner, group, uid, gid } = placedResult(state.path, state, wanted as PlacedFile);
    const attributes = Object.fromEntries(
      Object.entries({ mode, owner, group, uid, gid }).filter(([, value]) => value !== undefined),
    );
    return { msg, backup: '', ...(args.state === 'absent' && { found }), ...attributes };
  },

  preview: ({ state, wanted, target }) => placedDiffs(target, state.path, state, wanted as PlacedFile),
});

interface Checked {
  readonly state: string;
  readonly line?: string | undefined;
  readonly regexp?: string | undefined;
  readonly search_string?: string | undefined;
  readonly backrefs: boolean;
}

function checkArguments({ state, line, regexp, search_string: part, backrefs }: Checked): void {
  if (backrefs && regexp === undefined) throw new ModuleFailure('regexp is required with backrefs=true');
  if (state === 'absent' && line === undefined && regexp === undefined && part === undefined) {
    throw new ModuleFailure('one of line, search_string, or regexp is required with state=absent');
  }
}
