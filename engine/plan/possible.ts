/** What a text may become, as far as it can be told without a host. */
import type { Loop, RawValue } from '../playbook/ast.ts';
import { isMapping } from '../playbook/node.ts';
import { holdsTemplate } from '../playbook/values.ts';
import { Float } from '../source/float.ts';

/**
 * The texts a value comes to: itself when it holds no template; one for each item when it only uses the loop's variable and the
 * items are written out. Undefined when it cannot be told.
 */
export function possibleTexts(value: RawValue, loop: Loop | undefined): readonly string[] | undefined {
  if (typeof value !== 'string') return undefined;
  if (!holdsTemplate(value)) return [value];
  if (!loop || !Array.isArray(loop.terms.value)) return undefined;
  const texts = loop.terms.value.flat().map((item) => withItem(value, loop.control.loopVar, item));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** Lookups whose items are the terms themselves: no other loop brings all that is written out. */
const plainLoops: ReadonlySet<string | undefined> = new Set([undefined, 'items', 'list', 'flattened']);

/** Whether every term of a loop is an item of it, not one to choose from or to search by. */
export const bringsItsTerms = (loop: Loop | undefined): boolean => plainLoops.has(loop?.lookup);

function withItem(text: string, variable: string, item: unknown): string | undefined {
  const filled = text.replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, path: string) => {
    const [first, ...steps] = path.split('.');
    let value: unknown = first === variable ? item : undefined;
    for (const step of steps) value = isMapping(value) ? value[step] : undefined;
    return typeof value === 'string' || typeof value === 'number' || value instanceof Float ? String(value) : whole;
  });
  return holdsTemplate(filled) ? undefined : filled;
}
