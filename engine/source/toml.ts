/** TOML files as kplay reads them: values, and the line of each key. The one door to smol-toml. */
import { parse, TomlDate, TomlError } from 'smol-toml';
import { KplayError, type Location } from '../errors.ts';
import { float } from './float.ts';
import type { Pointer, YamlDocument } from './yaml.ts';

/**
 * Reads one document. Times come as text; of positions the line is known, and of keys in a table of one line that line.
 * @throws KplayError for malformed text
 */
export function parseToml(text: string, file: string): YamlDocument {
  const value = valuesIn(text, file);
  let lines: ReadonlyMap<string, Location> | undefined;
  const locate = (pointer: Pointer): Location => {
    lines ??= keyLines(text, file);
    for (let length = pointer.length; length > 0; length--) {
      const found = lines.get(JSON.stringify(pointer.slice(0, length).map(String)));
      if (found) return found;
    }
    return { file, line: 1, column: 1 };
  };
  return { file, text, value, warnings: [], locate, locateKey: locate, locateText: locate };
}

function valuesIn(text: string, file: string): unknown {
  try {
    return plain(parse(text, { integersAsBigInt: true }));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = 'this is no TOML'] = error.message.split('\n');
    const message = `${first.replace(/^Invalid TOML document: /, '')} (TOML)`;
    throw new KplayError([{ message, at: { file, line: error.line, column: error.column }, source: text }]);
  }
}

/** A float without a fraction stays one, as in YAML; whole numbers beyond those of JavaScript stay exact. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'number') return float(value);
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** The place of each table and each key that begins a line, by its whole path. */
function keyLines(text: string, file: string): ReadonlyMap<string, Location> {
  const found = new Map<string, Location>();
  let table: readonly string[] = [];
  text.split('\n').forEach((line, index) => {
    const header = /^(\s*)\[\[?\s*([^\]]+?)\s*\]/.exec(line);
    const key = /^(\s*)((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/.exec(line);
    const [, indent = '', written] = header ?? key ?? [];
    if (written === undefined) return;
    const names = [...written.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    const path = header ? names : [...table, ...names];
    if (header) table = names;
    const at = { file, line: index + 1, column: indent.length + 1 };
    for (let length = 1; length <= path.length; length++) {
      const name = JSON.stringify(path.slice(0, length));
      if (!found.has(name)) found.set(name, at);
    }
  });
  return found;
}
