import { attributeArgs } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { editLine } from '../module/edit-line.ts';
import {
  applyEdited,
  checkEditable,
  type EditedFile,
  editedDiffs,
  editedResult,
  probeEdited,
  wantedEdited,
} from '../module/edited-file.ts';
import { ModuleFailure } from '../target/failure.ts';

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
    encoding: { default: 'utf-8', description: 'taken and ignored: what is not the line is kept byte by byte' },
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

  probe: ({ args, target }): Promise<EditedFile> => probeEdited(target, args.path, 'latin1'),

  desired({ args, state }) {
    checkArguments(args);
    const absent = args.state === 'absent' && state.text === undefined;
    checkEditable(absent ? { ...args, create: true } : args, state, 'Destination');
    return absent ? {} : wantedEdited(editLine(state.text ?? '', args).text, args, state);
  },

  async apply({ args, state, wanted, target }) {
    const { backup_file: backup } = await applyEdited(target, args, state, wanted);
    return { ...(backup !== undefined && { backup }) };
  },

  returned({ args, state, wanted }) {
    if (wanted.type === undefined) return { msg: 'file not present', found: 0, backup: '' };
    const { msg, found } = editLine(state.text ?? '', args);
    return { msg, backup: '', ...(args.state === 'absent' && { found }), ...editedResult(state, wanted) };
  },

  preview: ({ state, wanted, target }) => editedDiffs(target, state, wanted),
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
