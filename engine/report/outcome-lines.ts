/** How a task ended on a host, in Ansible's words. */
import type { Outcome } from '../run/events.ts';
import { cleanLine } from './clean.ts';
import type { Style } from './paint.ts';
import { failureLines, isMessage, messageBlock, resultLine } from './shown-result.ts';

export interface StyledText {
  readonly style: Style;
  readonly text: string;
}

export interface OutcomeOptions {
  /** The label of the loop's item, when it is about one. */
  readonly item?: string | undefined;
  readonly verbosity: number;
}

/** `changed: [host -> delegate] => (item=label) (would run: reason) => {…}`, whatever of it there is. */
export function outcomeLines(outcome: Outcome, options: OutcomeOptions): readonly StyledText[] {
  const { status, host, delegatedTo } = outcome;
  const who = `[${cleanLine(host)}${delegatedTo === undefined ? '' : ` -> ${cleanLine(delegatedTo)}`}]`;
  if (status === 'failed' || status === 'unreachable') return badLines(outcome, who, options);
  const item = options.item === undefined ? '' : ` => (item=${cleanLine(options.item)})`;
  const unknown = outcome.unknown === undefined ? '' : ` (would run: ${cleanLine(outcome.unknown)})`;
  const word = status === 'skipped' ? 'skipping' : status;
  return [{ style: status, text: `${word}: ${who}${item}${unknown}${telling(outcome, options.verbosity)}` }];
}

/** The result behind the line: always when it is what the task is for, otherwise from `-v` on. */
function telling({ result, task, status, unknown }: Outcome, verbosity: number): string {
  const message = unknown === undefined && status !== 'skipped' && isMessage(result, task.module);
  if (message) return ` => ${messageBlock(result, task.module)}`;
  return verbosity > 0 ? ` => ${resultLine(result, verbosity)}` : '';
}

function badLines(outcome: Outcome, who: string, { item, verbosity }: OutcomeOptions): readonly StyledText[] {
  const { status, result } = outcome;
  const label = item === undefined ? '' : ` (item=${cleanLine(item)})`;
  const failed = label === '' ? `fatal: ${who}: FAILED!` : `failed: ${who}${label}`;
  const line = status === 'failed' ? failed : `fatal: ${who}: UNREACHABLE!${label}`;
  return [
    { style: status, text: `${line} => ${resultLine(result, verbosity)}` },
    ...failureLines(result, verbosity).map((text) => ({ style: status, text })),
  ];
}
