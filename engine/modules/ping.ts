import { defineAction } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';

export default defineAction({
  summary: 'Proves that a host can be reached and runs a shell.',
  action: 'reads',
  args: { data: { default: 'pong', description: 'what comes back; "crash" fails' } },
  returns: { ping: 'the data' },

  async run({ args, target }) {
    if (args.data === 'crash') throw new ModuleFailure('boom');
    await target.stat('/');
    return { ping: args.data };
  },
});
