import { setTimeout as pause } from 'node:timers/promises';
import { defineAction } from '../module/definition.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';

export default defineAction({
  summary: 'Waits until the host can be reached and runs a command.',
  action: 'reads',
  waits: true,
  reconnects: true,
  args: {
    timeout: { type: 'int', default: 600, description: 'seconds to wait in all' },
    connect_timeout: { type: 'int', default: 5, description: 'seconds for one try' },
    delay: { type: 'int', default: 0, description: 'seconds before the first try' },
    sleep: { type: 'int', default: 1, description: 'seconds between tries' },
  },
  returns: { elapsed: 'seconds waited' },
  examples: '- name: Wait until the host is back\n  wait_for_connection:\n    delay: 10\n    timeout: 300\n',

  async run({ args, target }) {
    const start = Date.now();
    const elapsed = (): number => Math.floor((Date.now() - start) / 1000);
    await pause(args.delay * 1000);
    for (;;) {
      const failed = await look();
      if (failed === undefined) return { changed: false, elapsed: elapsed() };
      const left = args.timeout * 1000 - (Date.now() - start);
      if (left <= 0) {
        throw new ModuleFailure(`timed out waiting for the host to answer: ${failed}`, { elapsed: elapsed() });
      }
      await pause(Math.min(args.sleep * 1000, left));
    }

    async function look(): Promise<string | undefined> {
      try {
        const { code, timedOut } = await target.observe({ script: 'true', timeoutMs: args.connect_timeout * 1000 });
        if (timedOut) return 'it did not answer in time';
        return code === 0 ? undefined : `its shell exits with ${code}`;
      } catch (error) {
        // A host that cannot be reached is what is waited for; what only the run can tell is not.
        if (error instanceof UnknownState) throw error;
        return (error as Error).message;
      }
    }
  },
});
