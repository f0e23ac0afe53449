/** An environment over plain names, for the specs of this folder. */
import type { Environment } from '../../engine/template/environment.ts';
import { missing, type Scope } from '../../engine/template/values.ts';

export function scopeOf(names: Readonly<Record<string, unknown>>): Scope {
  return { get: (name) => (Object.hasOwn(names, name) ? names[name] : missing), names: () => Object.keys(names) };
}

/** The names as they are given: plain data unless wrapped by `trusted`. */
export function environmentOf(names: Readonly<Record<string, unknown>>, more: Partial<Environment> = {}): Environment {
  return { scope: scopeOf(names), lookups: {}, ...more };
}

export const at = { file: 'site.yml', line: 7, column: 9 };
