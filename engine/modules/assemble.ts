import { posix } from 'node:path';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { attributeArgs, attributesAfter, writtenReturns } from '../module/attributes.ts';
import { type Controller, defineModule } from '../module/definition.ts';
import { applyEdited } from '../module/edited-file.ts';
import { controllerFragments, hostFragments, joined, unescaped } from '../module/fragments.ts';
import {
  checkValidate,
  type PlacedFile,
  placedDiffs,
  placedResult,
  probePlaced,
  rewrittenSum,
  wantedFile,
} from '../module/placed-file.ts';
import { regexOf } from '../module/regex.ts';
import { isUnknown, type Unknown } from '../module/values.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { ReadableTarget } from '../target/target.ts';

const args = {
  src: { required: true, description: 'the directory with the fragments' },
  dest: { type: 'path', required: true, description: 'the file that is made of them' },
  remote_src: {
    type: 'bool',
    default: true,
    description:
      'src is on the host; false: on the controller, looked for in files/ of the role and beside the playbook',
  },
  delimiter: { description: 'what stands between two fragments, on lines of its own; \\n is a line end' },
  regexp: { description: 'a regular expression (as in Python) that names of fragments match somewhere' },
  ignore_hidden: { type: 'bool', default: false, description: 'leave out files whose names begin with a dot' },
  decrypt: { type: 'bool', default: true, description: 'decrypt vault files of the controller on the way' },
  backup: { type: 'bool', default: false, description: 'keep a copy of the old file beside it' },
  validate: { description: 'a command that must succeed before the file is used; %s is its path' },
  ...attributeArgs,
} as const satisfies ArgsLiteral;

/** The file at `path`, with what is said beside its state. */
interface Assembled extends PlacedFile {
  readonly path: string;
  readonly parent: boolean;
  /** What the fragments come to. */
  readonly content: Buffer | Unknown;
}

export default defineModule({
  summary: 'Makes a file of the fragments in a directory.',
  description: [
    'Fragments are the files right in src, in the order of their names, one behind the other.',
    'Fragments that the run itself makes are not known before it: under --check such a file is shown as "would run".',
  ],
  args,
  returns: {
    msg: 'OK',
    dest: 'the file',
    src: 'the directory',
    ...writtenReturns,
    backup_file: 'the copy of the old file',
  },
  examples: `- name: Put the configuration together
  assemble:
    src: /etc/app/conf.d
    dest: /etc/app/app.conf
    regexp: '\\.conf$'
    delimiter: '# next'
    validate: app --check %s
`,

  onlyFiles: true,

  async probe({ args, target, controller }): Promise<Assembled> {
    const [content, placed, parent] = await Promise.all([
      contentOf(args, target, controller),
      probePlaced(target, args.dest, false),
      target.exists(posix.dirname(args.dest)),
    ]);
    return Object.assign(placed, { path: args.dest, parent, content });
  },

  desired({ args, state }) {
    checkValidate(args.validate);
    if (!state.parent) throw new ModuleFailure(`the directory ${posix.dirname(args.dest)} does not exist`);
    if (state.type === 'directory' || state.type === 'other')
      throw new ModuleFailure(`${args.dest} is a ${state.type}, not a file`);
    return wantedFile({ content: state.content, source: args.src }, args, state);
  },

  apply: async ({ args, state, wanted, target }) => ({
    ...(await applyEdited(target, args, state, wanted)),
    ...(await rewrittenSum(state, wanted as PlacedFile)),
  }),
  after: attributesAfter,
  returned: ({ state, wanted }) => ({ ...placedResult(state.path, state, wanted as PlacedFile), msg: 'OK' }),
  preview: ({ state, wanted, target }) => placedDiffs(target, state.path, state, wanted as PlacedFile),
});

async function contentOf(
  { src, remote_src, regexp, ignore_hidden, decrypt, delimiter }: ArgsOf<typeof args>,
  target: ReadableTarget,
  controller: Controller,
): Promise<Buffer | Unknown> {
  const pattern = regexp === undefined ? undefined : regexOf(regexp);
  const all = remote_src ? await hostFragments(src, target) : await controllerFragments(src, controller, decrypt);
  const meant = all
    .filter(({ name }) => pattern === undefined || name.search(pattern) >= 0)
    .filter(({ name }) => !ignore_hidden || !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const texts = await Promise.all(meant.map(({ read }) => read()));
  const unknown = texts.find(isUnknown);
  return unknown ?? joined(texts as readonly Buffer[], unescaped(delimiter ?? ''));
}
