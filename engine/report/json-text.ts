/** Values as JSON, spaced and sorted as Ansible's users know it: `{"changed": false, "msg": "…"}`. */
import { Float } from '../source/float.ts';
import { cleanJson } from './clean.ts';

/** JSON on one line, or indented by so many blanks. What JSON cannot say is said in words; controls are escaped. */
export function jsonText(value: unknown, indent?: number): string {
  return cleanJson(written(value, indent, 0));
}

function written(value: unknown, indent: number | undefined, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint' || value instanceof Float) return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = (one: unknown) => written(one, indent, depth + 1);
  if (Array.isArray(value)) return enclosed('[', value.map(inner), ']', indent, depth);
  if (!isPlain(value)) return JSON.stringify(inWords(value));
  const members = Object.entries(value)
    .filter(([, one]) => one !== undefined && typeof one !== 'function')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}: ${inner(one)}`);
  return enclosed('{', members, '}', indent, depth);
}

function enclosed(open: string, members: readonly string[], close: string, indent: number | undefined, depth: number) {
  if (members.length === 0 || indent === undefined) return `${open}${members.join(', ')}${close}`;
  const margin = `\n${' '.repeat(indent * depth)}`;
  const inner = `${margin}${' '.repeat(indent)}`;
  return `${open}${inner}${members.join(`,${inner}`)}${margin}${close}`;
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value of a class: a date, or one that is unknown before the run and carries its reason. */
function inWords(value: object): string {
  if (value instanceof Date) return value.toISOString();
  return 'reason' in value && typeof value.reason === 'string'
    ? `(not known yet: ${value.reason})`
    : '(not plain data)';
}
