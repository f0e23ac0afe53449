import { attributeArgs } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { editBlock } from '../module/edit-block.ts';
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

export default defineModule({
  summary: 'Makes a block of lines between two marker lines be there or not.',
  description: [
    'A block that is there is replaced where it stands; a new one goes to the end, or where insertafter or insertbefore says.',
    'An empty block is one that shall not be there. Two blocks in one file need two markers.',
  ],
  args: {
    path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], description: 'the file' },
    state: { choices: ['present', 'absent'], default: 'present', description: 'whether the block shall be there' },
    block: { default: '', aliases: ['content'], description: 'the lines' },
    marker: {
      default: '# {mark} ANSIBLE MANAGED BLOCK',
      description: 'the marker lines; {mark} is filled in with marker_begin and marker_end',
    },
    marker_begin: { default: 'BEGIN', description: 'for {mark} before the block' },
    marker_end: { default: 'END', description: 'for {mark} behind the block' },
    insertafter: { description: 'EOF, or a regular expression: its last match goes before the new block' },
    insertbefore: { description: 'BOF, or a regular expression: its last match goes behind the new block' },
    create: { type: 'bool', default: false, description: 'make the file when it is not there' },
    append_newline: { type: 'bool', default: false, description: 'an empty line behind the block' },
    prepend_newline: { type: 'bool', default: false, description: 'an empty line before the block' },
    encoding: { default: 'utf-8', description: 'taken and ignored: what is no UTF-8 is kept byte by byte' },
    backup: { type: 'bool', default: false, description: 'keep a copy of the old file beside it' },
    validate: { description: 'a command that must succeed before the file is used; %s is its path' },
    ...attributeArgs,
  },
  rules: { mutuallyExclusive: [['insertbefore', 'insertafter']] },
  returns: { msg: 'what happened to the block', backup_file: 'the copy of the old file' },
  examples: `- name: Name the nodes
  blockinfile:
    path: /etc/hosts
    marker: "# {mark} cluster nodes"
    block: |
      10.0.0.11 node1
      10.0.0.12 node2
`,

  onlyFiles: true,

  probe: ({ args, target }): Promise<EditedFile> => probeEdited(target, args.path),

  desired({ args, state }) {
    checkEditable(args, state);
    if (args.state === 'absent' && state.text === undefined) return {};
    return wantedEdited(editBlock(state.text ?? '', spelledAs(args, state)), args, state);
  },

  apply: ({ args, state, wanted, target }) => applyEdited(target, args, state, wanted),

  returned({ args, state, wanted }) {
    if (wanted.type === undefined) return { msg: `File ${state.path} not present` };
    const edited = wanted.checksum !== state.checksum;
    const inserted = args.state === 'present' && args.block !== '' ? 'Block inserted' : 'Block removed';
    const msg = state.text === undefined ? 'File created' : edited ? inserted : '';
    return { msg, ...editedResult(state, wanted) };
  },

  preview: ({ state, wanted, target }) => editedDiffs(target, state, wanted),
});
