/** What a vaulted file of variables keeps secret: every text in it, and numbers as long as secrets are. */
import { parseYaml } from './yaml.ts';

/** Shorter numbers are ports and sizes: they would blot out others wherever they stand. */
const shortestNumber = 8;

/** The texts of a YAML mapping, however deep; none for anything else (a script, a certificate, tasks). */
export function vaultedValues(text: string): readonly string[] {
  try {
    const { value } = parseYaml(text, 'a vaulted file');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? textsIn(value) : [];
  } catch {
    return []; // not YAML: whoever needs it to be says so
  }
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'bigint')
    return String(value).length < shortestNumber ? [] : [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(textsIn);
}
