/** Notifications that no handler answers to. */
import type { Problem } from '../errors.ts';
import { holdsTemplate } from '../playbook/values.ts';
import { didYouMean } from '../source/suggest.ts';
import type { PlannedHandler, PlannedStatement } from './plan.ts';

/** Only for plays all of whose handlers are known: none has a template for a name, no include may bring more. */
export function checkNotify(
  statements: Iterable<PlannedStatement>,
  handlers: readonly PlannedHandler[],
): readonly Problem[] {
  const known = new Set(handlers.flatMap((handler) => [...handler.names, ...handler.listen]));
  if ([...known].some(holdsTemplate)) return [];
  const problems: Problem[] = [];
  const seen = new Set<object>();
  for (const statement of statements) {
    for (const notification of statement.notify) {
      const { value, at } = notification;
      if (seen.has(notification) || known.has(value) || holdsTemplate(value)) continue;
      seen.add(notification);
      problems.push({ message: `There is no handler "${value}".${didYouMean(value, known)}`, at });
    }
  }
  return problems;
}
