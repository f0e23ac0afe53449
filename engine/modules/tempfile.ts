import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { attributesAfter } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { fileEffects, predicted, statEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { quote } from '../target/quote.ts';
import { temporaryForScript } from '../target/scripts.ts';

interface TemporaryState {
  /** `null`: there is never one yet. */
  readonly path: string | null;
  /** The directory to make it in is there; never asked for. */
  readonly parent: boolean;
}

export default defineModule({
  summary: 'Makes a temporary file or directory of its own.',
  description: [
    'Every run makes a new one, for its owner alone. Nobody removes it: remember its path, and remove it with file.',
  ],
  args: {
    state: { choices: ['directory', 'file'], default: 'file', description: 'what to make' },
    path: { type: 'path', default: '/tmp', description: 'the directory to make it in' },
    prefix: { default: 'ansible.', description: 'what its name begins with' },
    suffix: { default: '', description: 'what its name ends in' },
  },
  returns: { path: 'what was made', state: 'file or directory', mode: 'its permissions' },
  examples: `- name: Make a place to build in
  tempfile:
    state: directory
    suffix: build
  register: build
`,
  async probe({ args, target }): Promise<TemporaryState> {
    return { path: null, parent: (await target.stat(args.path, { follow: true })).exists };
  },
  desired({ args, state }) {
    if (!state.parent) throw new ModuleFailure(`the directory ${args.path} does not exist`);
    if (`${args.prefix}${args.suffix}`.includes('/')) throw new ModuleFailure('prefix and suffix cannot hold a slash');
    const name = `${args.prefix}${randomBytes(6).toString('hex')}${args.suffix}`;
    return { path: posix.join(args.path, name) };
  },
  async apply({ args, wanted, target }) {
    const path = wanted.path ?? '';
    const directory = args.state === 'directory';
    await target.mutate({
      summary: `make temporary ${args.state} ${path}`,
      // Neither of them takes over what somebody else has put there.
      script: directory
        ? `mkdir -m 700 -- ${quote(path)}`
        : `${temporaryForScript(path)}\nmv -n -- "$t" ${quote(path)} && [ ! -e "$t" ] || { echo 'File exists' >&2; exit 1; }`,
      effects: directory
        ? statEffects(path, predicted('directory', { mode: '0700' }))
        : fileEffects(path, { content: Buffer.alloc(0), mode: '0600' }),
      touches: ['files'],
    });
  },
  returned: ({ args, wanted }) => ({
    path: wanted.path,
    state: args.state,
    mode: args.state === 'directory' ? '0700' : '0600',
  }),

  after: attributesAfter,
});
