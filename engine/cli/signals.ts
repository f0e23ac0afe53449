import { exitCodes } from '../errors.ts';

export interface Signals {
  /** Aborted by the first SIGINT or SIGTERM, with its name as the reason: running tasks may end, nothing new is begun. */
  readonly signal: AbortSignal;
  /** Aborted by the second: what runs is ended on the hosts too. The third ends kplay at once, whatever runs on. */
  readonly stop: AbortSignal;
  /** Signals are nobody's business again. */
  release(): void;
}

/** `running` says what is under way, and where: `"build" on web1`; nothing when nothing is. */
export function onSignals(running: () => string): Signals {
  const [finish, stop] = [new AbortController(), new AbortController()];
  const say = (text: string) => void process.stderr.write(`\nkplay: ${text}\n`);
  const asked = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(name === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted);
    const what = running() || 'what runs';
    if (finish.signal.aborted) {
      say(`${name} again: ending ${what}; once more leaves it as it is`);
      stop.abort(name);
    } else {
      say(`${name}: nothing new is begun; waiting for ${what}; once more ends it`);
      finish.abort(name);
    }
  };
  process.on('SIGINT', asked);
  process.on('SIGTERM', asked);
  return {
    signal: finish.signal,
    stop: stop.signal,
    release() {
      process.off('SIGINT', asked);
      process.off('SIGTERM', asked);
    },
  };
}
