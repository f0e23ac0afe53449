/** `attribute='a.b'`, as many filters take it. */
import { subscript } from '../evaluate/access.ts';
import type { Session } from '../evaluate/session.ts';
import { toText } from '../python/text.ts';
import { isInt } from '../python/types.ts';

/** How an item's attribute is read: a dotted path, in which numbers are indexes, or one index. */
export function attributeOf(path: unknown): (session: Session, item: unknown) => unknown {
  const steps = isInt(path)
    ? [path]
    : toText(path)
        .split('.')
        .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return (session, item) => steps.reduce((value: unknown, step) => subscript(session, value, step), item);
}

/** Without case, unless it matters. */
export function withoutCase(value: unknown, caseSensitive: boolean): unknown {
  return typeof value === 'string' && !caseSensitive ? value.toLowerCase() : value;
}
