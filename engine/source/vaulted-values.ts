/** What a vaulted file of variables keeps secret: the texts and numbers in it that can be secrets. */
import { Float } from './float.ts';
import { parseYaml } from './yaml.ts';

/**
 * The texts and numbers of a YAML mapping, however deep; none for anything else (a script, a certificate, tasks), nor for a template,
 * which holds no values. What stands everywhere (true, root, present, https, 0644, 6443) is left out: it would blot out half the output.
 */
export function vaultedValues(text: string, file: string): readonly string[] {
  if (isTemplateFile.test(file)) return [];
  try {
    const { value } = parseYaml(text, file);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? textsIn(value).filter(canBeSecret)
      : [];
  } catch {
    return []; // not YAML: whoever needs it to be says so
  }
}

const isTemplateFile = /\.(?:j2|jinja2?)$|(?:^|\/)templates\//;

/** Eight characters, or four of which one is a letter and one a digit. */
const canBeSecret = (text: string): boolean =>
  text.length >= 8 || (text.length >= 4 && /\p{L}/u.test(text) && /\d/.test(text));

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value.trim()];
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(textsIn);
}
