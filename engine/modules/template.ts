import { posix } from 'node:path';
import { attributeArgs, attributesAfter, writtenReturns } from '../module/attributes.ts';
import { type Controller, defineModule, type RenderOptions } from '../module/definition.ts';
import { applyEdited } from '../module/edited-file.ts';
import {
  type Body,
  checkValidate,
  foresee,
  type PlacedFile,
  placedDiffs,
  placedResult,
  probePlaced,
  realPath,
  rewrittenSum,
  wantedFile,
} from '../module/placed-file.ts';
import { headerOptions } from '../module/template-header.ts';
import { isUnknown } from '../module/values.ts';
import { ModuleFailure } from '../target/failure.ts';

/** The file at `path`, with what is said beside its state: the folder above it. */
interface TemplateState extends PlacedFile {
  readonly path: string;
  readonly parent: boolean;
}

export default defineModule({
  summary: 'Renders a template of the controller into a file on the host.',
  description: [
    'A first line "#jinja2: trim_blocks: false, lstrip_blocks: true" in the template overrides the options of the task.',
    'A template that needs a value which only the run can know is shown under --check as a change of unknown content.',
  ],
  args: {
    src: { required: true, description: 'the template, looked for in templates/ of the role and beside the playbook' },
    dest: {
      type: 'path',
      required: true,
      description: 'where the file goes; a directory keeps the name of the template',
    },
    backup: { type: 'bool', default: false, description: 'keep a copy of the old file beside it' },
    force: { type: 'bool', default: true, description: 'false leaves a file that is there alone' },
    follow: { type: 'bool', default: false, description: 'write to what a link at dest points to' },
    validate: { description: 'a command that must succeed before the file is used; %s is its path' },
    newline_sequence: {
      choices: ['\\n', '\\r', '\\r\\n', '\n', '\r', '\r\n'],
      default: '\n',
      description: 'how lines end',
    },
    block_start_string: { description: 'instead of {%' },
    block_end_string: { description: 'instead of %}' },
    variable_start_string: { description: 'instead of {{' },
    variable_end_string: { description: 'instead of }}' },
    comment_start_string: { description: 'instead of {#' },
    comment_end_string: { description: 'instead of #}' },
    trim_blocks: { type: 'bool', default: true, description: 'the first newline after a block is removed' },
    lstrip_blocks: {
      type: 'bool',
      default: false,
      description: 'space before a block at the start of a line is removed',
    },
    output_encoding: {
      default: 'utf-8',
      choices: ['utf-8', 'utf8', 'latin-1', 'iso-8859-1', 'ascii'],
      description: 'encoding of the file',
    },
    ...attributeArgs,
    mode: {
      type: 'mode',
      words: ['preserve'],
      description: "permissions: '0644', u=rw,g=r, or preserve for those of the template",
    },
  },
  returns: {
    dest: 'the file',
    src: 'the template',
    ...writtenReturns,
    backup_file: 'the copy of the old file',
  },
  examples:
    '- name: Configure haproxy\n  template:\n    src: haproxy.cfg.j2\n    dest: /etc/haproxy/haproxy.cfg\n    validate: haproxy -c -f %s\n',

  onlyFiles: true,

  async probe({ args, target }): Promise<TemplateState> {
    if (!args.dest.endsWith('/')) foresee(target, args.dest);
    const [dest, parent] = await Promise.all([
      target.stat(args.dest, { follow: true }),
      target.exists(posix.dirname(args.dest)),
    ]);
    const inside = args.dest.endsWith('/') || (dest.exists && dest.type === 'directory');
    const named = inside ? posix.join(args.dest, posix.basename(args.src)) : args.dest;
    const path = args.follow ? await realPath(target, named) : named;
    const placed = await probePlaced(target, path, false);
    return Object.assign(placed, { path, parent: inside ? dest.exists : parent });
  },

  async desired({ args, state, controller }) {
    checkValidate(args.validate);
    if (state.type !== 'absent' && !args.force) return {};
    if (!state.parent) throw new ModuleFailure(`the directory ${posix.dirname(state.path)} does not exist`);
    if (state.type === 'directory' || state.type === 'other')
      throw new ModuleFailure(`${state.path} is a ${state.type}`);
    const { body, mode } = await rendered(args, state.path, controller);
    return wantedFile(body, { ...args, mode }, state);
  },

  apply: async ({ args, state, wanted, target }) => ({
    ...(await applyEdited(target, args, state, wanted)),
    ...(await rewrittenSum(state, wanted as PlacedFile)),
  }),

  after: attributesAfter,

  returned: ({ state, wanted }) =>
    wanted.type ? placedResult(state.path, state, wanted as PlacedFile) : { dest: state.path },

  preview: ({ state, wanted, target }) => placedDiffs(target, state.path, state, wanted as PlacedFile),
});

type TemplateArgs = Readonly<Record<string, unknown>> & {
  readonly src: string;
  readonly dest: string;
  readonly mode?: string | undefined;
};

async function rendered(
  args: TemplateArgs,
  dest: string,
  controller: Controller,
): Promise<{ body: Body; mode: string | undefined }> {
  const path = controller.find('templates', args.src);
  const source = await controller.file(path);
  if (isUnknown(source)) return { body: { content: source, source: path }, mode: undefined };
  const text = Buffer.isBuffer(source) ? source : await source.bytes();
  const header = headerOptions(text.toString('utf8'));
  const options: RenderOptions = {
    ...optionsOf({ ...args, ...header }),
    variables: variablesOf(path, dest, controller),
    skipLines: header === undefined ? 0 : 1,
  };
  const content = await controller.render(path, options);
  const mode = args.mode === 'preserve' ? (Buffer.isBuffer(source) ? undefined : source.mode) : args.mode;
  return { body: { content: encoded(content, String(args['output_encoding'])), source: path }, mode };
}

function encoded(content: Body['content'], encoding: string): Body['content'] {
  if (/^utf-?8$/.test(encoding) || !Buffer.isBuffer(content)) return content;
  return Buffer.from(content.toString('utf8'), 'latin1');
}

const newlines: Readonly<Record<string, '\n' | '\r' | '\r\n'>> = {
  '\\n': '\n',
  '\\r': '\r',
  '\\r\\n': '\r\n',
  '\n': '\n',
  '\r': '\r',
  '\r\n': '\r\n',
};

function optionsOf(args: Readonly<Record<string, unknown>>): RenderOptions {
  const delimiters = Object.entries(delimiterArgs).flatMap(([name, delimiter]) => {
    const text = args[name];
    return typeof text === 'string' ? [[delimiter, text] as const] : [];
  });
  return {
    trimBlocks: args['trim_blocks'] === true,
    lstripBlocks: args['lstrip_blocks'] === true,
    newline: newlines[String(args['newline_sequence'])] ?? '\n',
    delimiters: Object.fromEntries(delimiters),
  };
}

const delimiterArgs = {
  block_start_string: 'blockStart',
  block_end_string: 'blockEnd',
  variable_start_string: 'variableStart',
  variable_end_string: 'variableEnd',
  comment_start_string: 'commentStart',
  comment_end_string: 'commentEnd',
} as const;

/** What Ansible lets a template know about itself. */
function variablesOf(path: string, dest: string, controller: Controller): Readonly<Record<string, unknown>> {
  return {
    template_host: controller.host,
    template_path: path,
    template_fullpath: path,
    template_destpath: dest,
    template_run_date: new Date().toISOString().slice(0, 19).replace('T', ' '),
    ansible_managed: controller.evaluate("ansible_managed | default('Ansible managed')"),
  };
}
