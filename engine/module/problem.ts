/** What is wrong with an argument, said the way people say it. */
import { Float } from '../source/float.ts';
import { octalMode } from '../target/octal-mode.ts';
import type { ArgLiteral, ArgType } from './arguments.ts';

/** One thing wrong with a module's arguments. `path` leads to it through the values as the user wrote them. */
export interface ArgumentProblem {
  readonly path: readonly (string | number)[];
  /** The mistake is the name at `path` (for an empty path, the module's own name), not its value. */
  readonly onKey: boolean;
  readonly message: string;
  readonly hint?: string | undefined;
}

const wanted: Readonly<Record<ArgType, string>> = {
  str: 'text',
  path: 'a path',
  int: 'an integer',
  float: 'a number',
  bool: 'a boolean',
  list: 'a list',
  dict: 'a mapping',
  raw: 'a value',
  mode: "a mode such as '0644' or u=rw,g=r",
};

/** `networks[0].name` */
export function dotted(path: readonly (string | number)[]): string {
  return path.map((step, depth) => (typeof step === 'number' ? `[${step}]` : depth === 0 ? step : `.${step}`)).join('');
}

/** A value as an error may show it: short, on one line. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Float || typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A value of the wrong type. */
export function wrongType(
  path: readonly (string | number)[],
  literal: ArgLiteral,
  type: ArgType,
  value: unknown,
): ArgumentProblem {
  const found = literal.secret ? 'what is given' : shown(value);
  return {
    path,
    onKey: false,
    message: `${dotted(path)} must be ${wanted[type]}, not ${found}`,
    hint: typeHint(type, value),
  };
}

function typeHint(type: ArgType, value: unknown): string | undefined {
  if (type === 'bool') return 'write true or false';
  if (type === 'int' && typeof value === 'bigint') return 'up to 9007199254740991, either side of zero';
  if (type === 'mode' && value instanceof Float) return 'quote it, without the point';
  if (type === 'mode' && typeof value === 'number') return modeHint(value);
  if (type === 'list' && typeof value !== 'object') return 'write one item a line, each behind a dash';
  if (type === 'str' && typeof value === 'object') return 'quote it if text was meant';
  return undefined;
}

/** A number may be octal digits that lost their zero, or octal that YAML has read. */
function modeHint(value: number): string {
  const digits = /^[0-7]{1,4}$/.test(String(value)) ? String(value).padStart(4, '0') : undefined;
  const octal = Number.isInteger(value) && value >= 0 && value <= 0o7777 ? octalMode(value) : '0644';
  return `quote it: '${digits ?? octal}'${digits === undefined ? '' : ` (or '${octal}', if that was written)`}`;
}
