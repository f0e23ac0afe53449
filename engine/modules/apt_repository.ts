import { posix } from 'node:path';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { globKind } from '../module/glob.ts';
import {
  type SourceFiles,
  sourceOf,
  suggestedName,
  withoutSource,
  withSource,
} from '../module/packages/apt-sources.ts';
import { ModuleFailure } from '../target/failure.ts';
import { aptUpdate } from '../target/packages/apt.ts';
import { aptListsKind } from '../target/queries/apt.ts';
import { effect } from '../target/query.ts';
import type { Target } from '../target/target.ts';

interface SourcesState {
  /** All files that may hold the source, by path. */
  readonly files: SourceFiles;
}

const args = {
  repo: { required: true, description: 'the line of the source: deb [signed-by=…] https://… suite component' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether it shall be there' },
  filename: {
    description: 'the file of sources.list.d for a new source, .list may be left out; by its URI unless told',
  },
  mode: { type: 'mode', description: 'permissions of a new file; 0644 unless told' },
  update_cache: {
    type: 'bool',
    default: true,
    aliases: ['update-cache'],
    description: 'fetch the lists after a change',
  },
  update_cache_retries: { type: 'int', default: 5, description: 'how often fetching the lists is tried again' },
  update_cache_retry_max_delay: { type: 'int', default: 12, description: 'longest pause between tries, in seconds' },
  codename: { description: 'taken and ignored: it is about PPAs' },
  validate_certs: { type: 'bool', default: true, description: 'taken and ignored: it is about PPAs' },
  install_python_apt: { type: 'bool', default: true, description: 'taken and ignored: no Python is needed' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes a source of Debian packages be there or not.',
  description: [
    'A source that is there as a comment is switched on. When the lists cannot be fetched after a change, the change is undone.',
  ],
  args,
  returns: {
    repo: 'the source',
    state: 'as asked',
    sources_added: 'files made',
    sources_removed: 'files removed, because nothing else was in them',
  },
  examples: `- name: Add the packages of Kubernetes
  apt_repository:
    repo: deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] https://pkgs.k8s.io/core:/stable:/v1.31/deb/ /
    filename: kubernetes
`,

  async probe({ args, target }): Promise<SourcesState> {
    const pattern = '/etc/apt/sources.list.d/*.list';
    const found = await target.query(globKind, { pattern });
    const paths = [...new Set(['/etc/apt/sources.list', ...found, newFile(args)])];
    const texts = await Promise.all(paths.map((path) => target.readFile(path)));
    return { files: Object.fromEntries(paths.map((path, index) => [path, texts[index]?.toString() ?? null])) };
  },

  desired({ args, state }) {
    const source = sourceNamed(args);
    return {
      files:
        args.state === 'present' ? withSource(state.files, source, newFile(args)) : withoutSource(state.files, source),
    };
  },

  async apply({ args, state, wanted, target }) {
    const after = wanted.files ?? {};
    const changed = Object.keys(after).filter((path) => after[path] !== state.files[path]);
    for (const path of changed) await write(target, path, after[path] ?? null, state.files[path] ?? null, args);
    if (!args.update_cache) return;
    try {
      await target.mutate({
        summary: 'apt-get update',
        script: aptUpdate({}, args.update_cache_retries, args.update_cache_retry_max_delay),
        effects: [effect(aptListsKind, '', { fetched: Math.floor(Date.now() / 1000), age: 0 })],
        touches: ['packages'],
      });
    } catch (error) {
      for (const path of changed) await write(target, path, state.files[path] ?? null, after[path] ?? null, args);
      throw error;
    }
  },

  returned({ args, state, wanted }) {
    const after = wanted.files ?? {};
    const files = Object.keys(after).filter((path) => after[path] !== state.files[path]);
    return {
      repo: args.repo,
      state: args.state,
      sources_added: files.filter((path) => state.files[path] === null),
      sources_removed: files.filter((path) => after[path] === null),
    };
  },

  preview: ({ change }) =>
    Object.entries(change.files?.after ?? {})
      .filter(([path, text]) => text !== change.files?.before[path])
      .map(([path, text]) => ({
        beforeHeader: path,
        afterHeader: path,
        before: change.files?.before[path] ?? '',
        after: text ?? '',
      })),
});

function sourceNamed({ repo }: Args): string {
  const found = sourceOf(repo);
  if (found?.enabled) return found.source;
  if (repo.startsWith('ppa:'))
    throw new ModuleFailure(`${repo}: a PPA is looked up on the network; name its "deb [signed-by=…] …" line instead`);
  throw new ModuleFailure(`Invalid repository string: ${repo}`);
}

function newFile(args: Args): string {
  const { filename } = args;
  const name = filename === undefined ? suggestedName(sourceNamed(args)) : filename.replace(/(\.list)?$/, '.list');
  return posix.resolve('/etc/apt/sources.list.d', name);
}

async function write(target: Target, path: string, text: string | null, before: string | null, { mode }: Args) {
  if (text === null) return target.remove(path);
  const folder = posix.dirname(path);
  if (before === null && !(await target.stat(folder, { follow: true })).exists) await target.makeDirectory(folder, {});
  await target.writeFile(path, Buffer.from(text), before === null ? { mode: mode ?? '0644' } : {});
}
