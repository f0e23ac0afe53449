import { posix } from 'node:path';
import type { ArgsOf } from '../module/arguments.ts';
import { type Controller, defineAction } from '../module/definition.ts';
import { isUnknown, unsafely } from '../module/values.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';

const args = {
  file: {
    aliases: ['_raw_params'],
    description: 'a file of variables, looked for in vars/ of the role and beside the playbook',
  },
  dir: { description: 'a directory: all variable files below it, in the order of their names' },
  name: { description: 'put them into one mapping of this name' },
  depth: { type: 'int', default: 0, description: 'how many levels of directories; 0 is all' },
  files_matching: { description: 'only file names that match this regular expression' },
  ignore_files: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'file names to leave out, as regular expressions',
  },
  extensions: {
    type: 'list',
    elements: 'str',
    default: ['yaml', 'yml', 'json'],
    description: 'extensions of variable files',
  },
  ignore_unknown_extensions: { type: 'bool', default: false, description: 'leave other files in the directory out' },
  hash_behaviour: {
    choices: ['replace', 'merge'],
    default: 'replace',
    description: 'how a mapping met twice is treated',
  },
} as const;
type Args = ArgsOf<typeof args>;
type Values = Readonly<Record<string, unknown>>;

export default defineAction({
  summary: 'Reads variables from files of the controller; they stay the templates that they are.',
  action: 'controller',
  freeForm: 'file',
  args,
  rules: { requiredOneOf: [['file', 'dir']], mutuallyExclusive: [['file', 'dir']] },
  returns: { ansible_included_var_files: 'the files, in the order they were read' },
  examples: '- include_vars: "{{ ansible_distribution | lower }}.yml"\n',

  async run({ args, controller }) {
    for (const value of Object.values(args)) if (isUnknown(value)) throw new UnknownState(value.reason);
    const files = args.file === undefined ? await filesBelow(args, controller) : [controller.find('vars', args.file)];
    let values: Values = {};
    for (const file of files) {
      const read = await controller.variables(file);
      values = args.hash_behaviour === 'merge' ? merged(values, read) : { ...values, ...read };
    }
    const named = args.name === undefined ? values : { [args.name]: values };
    return {
      changed: false,
      ansible_included_vars: args.hash_behaviour === 'merge' ? ontoKnown(named, controller) : named,
      ansible_included_var_files: files,
    };
  },
});

async function filesBelow(args: Args, controller: Controller): Promise<readonly string[]> {
  const root = controller.find('vars', args.dir ?? '');
  if (!(await controller.isDirectory(root))) throw new ModuleFailure(`${root} is not a directory`);
  const ignored = args.ignore_files.map((pattern) => regexp(pattern));
  const wanted = args.files_matching === undefined ? undefined : regexp(args.files_matching);
  const entries = (await controller.list(root)).filter((entry) => entry.type !== 'directory');
  const chosen = entries.filter(({ path }) => {
    const name = posix.basename(path);
    if (args.depth > 0 && path.split('/').length > args.depth) return false;
    return !ignored.some((pattern) => pattern.test(name)) && (wanted?.test(name) ?? true);
  });
  const odd = chosen.find(({ path }) => !args.extensions.includes(posix.extname(path).slice(1)));
  if (odd && !args.ignore_unknown_extensions && wanted === undefined) {
    throw new ModuleFailure(
      `${posix.join(root, odd.path)} does not have a valid extension: ${args.extensions.join(', ')}`,
    );
  }
  return chosen
    .filter(({ path }) => args.extensions.includes(posix.extname(path).slice(1)))
    .map(({ path }) => posix.join(root, path));
}

function regexp(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new ModuleFailure(`"${pattern}" is not a regular expression`, {}, { cause });
  }
}

/** Mappings merged into the variables of the same names; what those hold is no template any more. */
function ontoKnown(values: Values, controller: Controller): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (!isMapping(value) || !/^[A-Za-z_]\w*$/.test(name)) return [name, value];
      const defined = controller.evaluate(`${name} is defined`);
      const old = defined === true ? controller.evaluate(name) : defined;
      if (isUnknown(old)) throw new UnknownState(old.reason);
      return [name, isMapping(old) ? merged(unsafely(old) as Values, value) : value];
    }),
  );
}

function merged(below: Values, above: Values): Values {
  const both = Object.entries(above).map(([name, value]) => {
    const old = Object.hasOwn(below, name) ? below[name] : undefined;
    return [name, isMapping(old) && isMapping(value) ? merged(old, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(both) };
}

function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
