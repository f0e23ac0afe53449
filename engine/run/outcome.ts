import type { Outcome } from './events.ts';
import type { Once } from './once.ts';
import type { Turn } from './turn.ts';

/** What may be shown of it: scrubbed of secrets, and with `no_log` nothing but whether it changed. */
export function outcomeOf(
  { play, host, label }: Turn,
  { status, result, diffs, ignored, unknown, delegatedTo }: Once,
  { silent, seconds }: { readonly silent: boolean; readonly seconds: number },
): Outcome {
  const { scrub, scrubFields } = play.run.secrets;
  return {
    host: host.name,
    task: label,
    status,
    result: silent ? { censored, changed: result['changed'] === true } : scrubFields(result),
    diffs: silent ? [] : diffs.map(scrubFields),
    ignored,
    ...(unknown === undefined ? {} : { unknown: silent ? 'hidden by no_log' : scrub(unknown) }),
    ...(delegatedTo === undefined ? {} : { delegatedTo }),
    seconds,
  };
}

const censored = 'the output has been hidden due to the fact that no_log: true was specified for this result';
