/** YAML files as kplay reads them: values, and the place of each. */
import { KplayError, type Location, type Problem } from '../errors.ts';
import { readJson } from '../template/python/read-json.ts';
import { constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException } from './js-yaml.ts';
import { lineStarts, locationAt } from './lines.ts';
import { mayBeSeen } from './unseen.ts';
import { explainYamlFailure } from './yaml-mistakes.ts';
import { childOf, offsetInside, type Place, type Places, placesOf } from './yaml-places.ts';
import { schemaNoting } from './yaml-schema.ts';

export { type DumpOptions, dumpYaml } from './yaml-dump.ts';

/** The way from the root of a document to a node: mapping keys and list indexes. */
export type Pointer = readonly (string | number)[];

export interface YamlDocument {
  readonly file: string;
  readonly text: string;
  /**
   * Plain objects, arrays and scalars, a {@link Float} where a float has no fraction; {@link Unsafe} and {@link VaultScalar} where tagged.
   * Null for an empty document.
   */
  readonly value: unknown;
  /** Where a value begins (a quoted one at its quote); the nearest known ancestor when there is no such value. */
  locate(pointer: Pointer): Location;
  /** Where a mapping key stands; for a list item, the item. */
  locateKey(pointer: Pointer): Location;
  /** The place of one character of a text value, counted from 0 in the value as read; where it begins when that cannot be told. */
  locateText(pointer: Pointer, offset: number): Location;
  /** Keys written twice in one mapping: the last one holds. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads a file that holds one document. Positions are worked out only when first asked for. What is JSON is read as such, as Ansible
 * does: `1e3` is a number in it.
 * @throws KplayError for malformed text, several documents, an unknown tag, or aliases that multiply beyond reason
 */
export function parseYaml(text: string, file: string): YamlDocument {
  const document = oneDocument(text, file);
  return /^\s*[{[]/.test(text) ? { ...document, value: jsonIn(text) ?? document.value } : document;
}

function jsonIn(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

function oneDocument(text: string, file: string): YamlDocument {
  const documents = parseYamlAll(text, file);
  const second = documents[1];
  if (second) {
    const at = second.locate([]);
    throw new KplayError([
      {
        message: 'one document is expected, but another follows',
        at,
        hint: 'remove the --- between them',
        source: text,
      },
    ]);
  }
  return documents[0] ?? documentOf(text, file, null, [], []);
}

/** Reads a file that may hold several documents. Throws as {@link parseYaml} does. */
export function parseYamlAll(text: string, file: string): readonly YamlDocument[] {
  let events: Event[] = [];
  const repeated: { seen: boolean } = { seen: false };
  try {
    events = parseEvents(text, { filename: file });
    const values = constructFromEvents(events, {
      source: text,
      schema: schemaNoting(repeated),
      json: true,
      maxAliases,
    });
    if (events.some((event) => event.type === EVENT_ID.ALIAS)) values.forEach(refuseBomb);
    const parts = perDocument(events);
    return values.map((value, index) => {
      const part = parts[index] ?? [];
      const warnings = repeated.seen ? duplicateKeys(text, file, part) : [];
      return documentOf(text, file, value ?? null, part, warnings);
    });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new KplayError([problemOf(error, text, file, events)], { cause: error });
  }
}

/** The value of one document, for text that is in no file. Throws as {@link parseYaml} does. */
export function loadYamlValue(text: string): unknown {
  return oneDocument(text, '<text>').value;
}

/** The values of all documents, for text that is in no file. Throws as {@link parseYaml} does. */
export function loadYamlValues(text: string): readonly unknown[] {
  return parseYamlAll(text, '<text>').map((document) => document.value);
}

const maxAliases = 1000;
const maxValues = 1_000_000;

/** A few aliases of aliases can stand for billions of values; a value that holds itself stands for infinitely many. */
function refuseBomb(root: unknown): void {
  const sizes = new Map<object, number>();
  const sizeOf = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    sizes.set(value, Number.POSITIVE_INFINITY);
    const size = Object.values(value).reduce<number>((sum, part) => sum + sizeOf(part), 1);
    sizes.set(value, size);
    return size;
  };
  if (sizeOf(root) > maxValues)
    throw new YAMLException('the aliases of this document stand for too many values, or for themselves');
}

function documentOf(
  text: string,
  file: string,
  value: unknown,
  events: readonly Event[],
  warnings: readonly Problem[],
): YamlDocument {
  let tree: Places | undefined;
  let starts: readonly number[] | undefined;
  const at = (offset: number): Location => {
    starts ??= lineStarts(text);
    return locationAt(file, starts, offset);
  };
  const find = (pointer: Pointer): Place | undefined => {
    tree ??= placesOf(text, events);
    let place = tree.root;
    for (const step of pointer) {
      const child = place && childOf(place, String(step));
      if (!child) break;
      place = child;
    }
    return place;
  };
  return {
    file,
    text,
    value,
    warnings,
    locate: (pointer) => at(find(pointer)?.start ?? 0),
    locateKey: (pointer) => at(find(pointer)?.keyStart ?? 0),
    locateText: (pointer, offset) => {
      const place = find(pointer);
      return at((place?.scalar && offsetInside(text, place.scalar, offset)) ?? place?.start ?? 0);
    },
  };
}

function perDocument(events: readonly Event[]): Event[][] {
  const parts: Event[][] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) parts.push([]);
    else parts.at(-1)?.push(event);
  }
  return parts;
}

function duplicateKeys(text: string, file: string, events: readonly Event[]): Problem[] {
  const starts = lineStarts(text);
  return placesOf(text, events).duplicates.map(({ key, first, again }) => ({
    message: `the key "${key}" is written twice; the last one holds`,
    at: locationAt(file, starts, again),
    hint: `first in line ${locationAt(file, starts, first).line}`,
    source: text,
  }));
}

function problemOf(error: YAMLException, text: string, file: string, events: readonly Event[]): Problem {
  const starts = lineStarts(text);
  const complex = error.reason.includes('complex keys');
  const offset = complex
    ? perDocument(events)
        .map((part) => placesOf(text, part).complexKey)
        .find((key) => key !== undefined)
    : undefined;
  const { line, column } = locationAt(file, starts, offset ?? error.mark?.position ?? 0);
  const lines = text.split(/\r\n|\n|\r/);
  const mistake = explainYamlFailure({ reason: error.reason, lines, line, column });
  const at = { file, line: mistake.line, column: mistake.column };
  // what is wrong, and what to write instead, would be told in the file's own words
  if (!mayBeSeen(text)) return { message: 'this is not well-formed YAML', at, source: text };
  return { message: mistake.message, at, hint: mistake.hint, source: text };
}
