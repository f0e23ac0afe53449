import { posix } from 'node:path';
import { defineModule } from '../module/definition.ts';
import { kernelModuleKind } from '../target/queries/kernel-modules.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import type { Target } from '../target/target.ts';

interface ModprobeState {
  readonly loaded: boolean;
  /** Loaded at boot, with the options asked for. */
  readonly persistent: boolean;
  /** The files that could name it, with their contents; never asked for. */
  readonly files: Readonly<Record<string, string>>;
  readonly builtIn: boolean;
}

export default defineModule({
  summary: 'Loads and unloads kernel modules, now and at boot.',
  args: {
    name: { required: true },
    state: { choices: ['present', 'absent'], default: 'present' },
    params: { default: '', description: 'options, given when the module is loaded' },
    persistent: {
      choices: ['disabled', 'absent', 'present'],
      default: 'disabled',
      description:
        'whether it is loaded at boot, through /etc/modules-load.d and /etc/modprobe.d; `disabled` leaves that alone',
    },
  },
  returns: { name: 'the module', params: 'its options', state: 'present or absent' },
  examples: `- name: Load what Kubernetes needs, now and at boot
  modprobe:
    name: br_netfilter
    persistent: present`,
  async probe({ args, target }): Promise<ModprobeState> {
    const found = await target.query(kernelModuleKind, args.name);
    const asks = args.persistent !== 'disabled';
    const paths = asks ? [...new Set([...found.files, loadFile(args.name), optionFile(args.name)])] : [];
    const contents = await Promise.all(paths.map((path) => target.readFile(path)));
    const files = Object.fromEntries(paths.map((path, index) => [path, contents[index]?.toString() ?? '']));
    return {
      loaded: found.loaded,
      persistent: isPersistent(files, args.name, args.persistent === 'present' ? args.params : ''),
      files,
      builtIn: found.builtIn,
    };
  },
  desired({ args, state }) {
    const loaded = args.state === 'present';
    return {
      // What is built into the kernel can be neither loaded nor unloaded.
      ...(state.builtIn ? {} : { loaded }),
      ...(args.persistent === 'disabled' ? {} : { persistent: args.persistent === 'present' }),
    };
  },
  async apply({ args, state, change, target }) {
    if (change.persistent?.after) await makePersistent(args.name, args.params, target);
    if (change.persistent && !change.persistent.after) await makeTransient(args.name, state.files, target);
    if (!change.loaded) return;
    const options = args.params.split(/\s+/).filter(Boolean).map(quote);
    const words = change.loaded.after ? [quote(args.name), ...options] : ['-r', quote(args.name)];
    const after = { loaded: change.loaded.after, builtIn: false, atBoot: false, options: [], files: [] };
    await target.mutate({
      summary: `modprobe ${words.join(' ').replaceAll("'", '')}`,
      script: `modprobe ${words.join(' ')}`,
      effects: [effect(kernelModuleKind, args.name, after)],
      touches: ['kernel'],
    });
  },
  returned: ({ args }) => ({ name: args.name, params: args.params, state: args.state }),
});

const loadFile = (name: string): string => `/etc/modules-load.d/${name}.conf`;
const optionFile = (name: string): string => `/etc/modprobe.d/${name}.conf`;

async function makePersistent(name: string, params: string, target: Target): Promise<void> {
  await write(target, loadFile(name), `${name}\n`);
  if (params.trim() !== '') await write(target, optionFile(name), `options ${name} ${params.trim()}\n`);
}

async function write(target: Target, path: string, text: string): Promise<void> {
  const folder = posix.dirname(path);
  if (!(await target.stat(folder, { follow: true })).exists) await target.makeDirectory(folder, { mode: '0755' });
  await target.writeFile(path, Buffer.from(text), { mode: '0644' });
}

/** Lines that name it become comments, wherever they are. */
async function makeTransient(name: string, files: Readonly<Record<string, string>>, target: Target): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const lines = text.split('\n').map((line) => (names(line, name) ? `#${line}` : line));
    if (lines.join('\n') !== text) await target.writeFile(path, Buffer.from(lines.join('\n')), {});
  }
}

function isPersistent(files: Readonly<Record<string, string>>, name: string, params: string): boolean {
  const lines = Object.values(files).flatMap((text) => text.split('\n'));
  const options = lines.filter((line) => /^\s*options\s/.test(line) && names(line, name));
  const given = options.map((line) => sorted(line.trim().split(/\s+/).slice(2).join(' ')));
  const loads = lines.some((line) => !/^\s*options\s/.test(line) && names(line, name));
  return loads && (params.trim() === '' || given.includes(sorted(params)));
}

/** True for a line of modules-load.d or modprobe.d that is about this module; `-` and `_` are one. */
function names(line: string, name: string): boolean {
  const words = line.trim().split(/\s+/);
  const subject = words[0] === 'options' ? words[1] : words.length === 1 ? words[0] : undefined;
  return subject?.replaceAll('-', '_') === name.replaceAll('-', '_');
}

function sorted(params: string): string {
  return params.trim().split(/\s+/).sort().join(' ');
}
