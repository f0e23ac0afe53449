import { setTimeout as pause } from 'node:timers/promises';
import { defineAction } from '../module/definition.ts';
import { waitForHost } from '../module/wait-for-host.ts';

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
    await pause(args.delay * 1000);
    await waitForHost(target, 'true', {
      timeoutMs: (args.timeout - args.delay) * 1000,
      sleepMs: args.sleep * 1000,
      lookMs: args.connect_timeout * 1000,
      what: 'the host to answer',
      wrong: ({ code }) => (code === 0 ? undefined : `its shell exits with ${code}`),
    });
    return { changed: false, elapsed: Math.floor((Date.now() - start) / 1000) };
  },
});
