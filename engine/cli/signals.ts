import { exitCodes } from '../errors.ts';

/** The first SIGINT or SIGTERM lets running tasks end and begins nothing new; the second ends kplay at once. */
export function onSignals(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const asked = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(name === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted);
    process.stderr.write(`\nkplay: ${name}: running tasks may end, nothing new is begun; once more ends at once\n`);
    controller.abort(name);
  };
  process.on('SIGINT', asked);
  process.on('SIGTERM', asked);
  return {
    signal: controller.signal,
    stop() {
      process.off('SIGINT', asked);
      process.off('SIGTERM', asked);
    },
  };
}
