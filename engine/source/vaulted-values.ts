/** What a vaulted file of variables keeps secret: every text in it. */
import { parseYaml } from './yaml.ts';

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
  if (typeof value !== 'object' || value === null) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(textsIn);
}
