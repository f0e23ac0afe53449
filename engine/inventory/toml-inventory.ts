/** The TOML form of an inventory: a table for each group, with `hosts`, `vars`, and `children` as a list of names. */
import { parseToml } from '../source/toml.ts';
import type { Draft } from './draft.ts';
import { readGroups } from './yaml-inventory.ts';

/**
 * Adds what the text says to the draft; what does not fit becomes a problem of the draft.
 * @throws KplayError when the text is not TOML
 */
export function readTomlInventory(draft: Draft, text: string, file: string): void {
  const document = parseToml(text, file);
  const groups = Object.entries(document.value as Readonly<Record<string, unknown>>);
  readGroups(draft, { ...document, value: Object.fromEntries(groups.map(([name, body]) => [name, nested(body)])) });
}

/** Lists of names as YAML writes them: tables of nothing. */
function nested(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      (key === 'children' || key === 'hosts') && Array.isArray(value)
        ? Object.fromEntries(value.map((name) => [String(name), null]))
        : value,
    ]),
  );
}
