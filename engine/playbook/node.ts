/** A value of a document and the way to it: where the parser stands, so that every complaint can say where. */
import type { Location, Problem } from '../errors.ts';
import { Float } from '../source/float.ts';
import type { YamlDocument } from '../source/yaml.ts';
import type { Clause, LocateText, Positioned, VarsBlock } from './ast.ts';

export interface Node {
  readonly value: unknown;
  readonly document: YamlDocument;
  /** Everything found wrong so far, in this document and others read with it. */
  readonly problems: Problem[];
  readonly parent?: Node;
  readonly key?: string | number;
}

export function rootNode(document: YamlDocument, problems: Problem[]): Node {
  return { value: document.value, document, problems };
}

export function child(node: Node, key: string | number): Node {
  const { document, problems } = node;
  return { value: own(node.value, key), document, problems, parent: node, key };
}

/** The children of a list; none when it is not one. */
export function items(node: Node): readonly Node[] {
  return Array.isArray(node.value) ? node.value.map((_, index) => child(node, index)) : [];
}

/** The keys of a mapping; none when it is not one. */
export function keys(node: Node): readonly string[] {
  return isMapping(node.value) ? Object.keys(node.value) : [];
}

/** True when a mapping has the key and a value for it. */
export function has(node: Node, key: string): boolean {
  return own(node.value, key) != null;
}

function own(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}

/** A YAML mapping: not a list, nor a tagged scalar. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A list or a mapping. */
export function isCollection(value: unknown): boolean {
  return Array.isArray(value) || isMapping(value);
}

export function pathTo(node: Node): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Node | undefined = node; at?.key !== undefined; at = at.parent) path.push(at.key);
  return path.reverse();
}

/** Where a node's value stands; worked out when first looked at, since most never are. */
export function locationOf(node: Node): Location {
  return new LazyLocation(node, false);
}

export function keyLocationOf(node: Node): Location {
  return new LazyLocation(node, true);
}

/** A class because there are tens of thousands: accessors on one prototype weigh nothing. */
class LazyLocation implements Location {
  readonly file: string;
  readonly #node: Node;
  readonly #ofKey: boolean;
  #found: Location | undefined;

  constructor(node: Node, ofKey: boolean) {
    this.file = node.document.file;
    this.#node = node;
    this.#ofKey = ofKey;
  }

  get line(): number {
    return this.#resolved().line;
  }

  get column(): number {
    return this.#resolved().column;
  }

  toJSON(): Location {
    return { ...this.#resolved() };
  }

  #resolved(): Location {
    const { document } = this.#node;
    const path = pathTo(this.#node);
    this.#found ??= this.#ofKey ? document.locateKey(path) : document.locate(path);
    return this.#found;
  }
}

class Placed {
  readonly #node: Node;

  constructor(node: Node) {
    this.#node = node;
  }

  get at(): Location {
    return locationOf(this.#node);
  }

  locateText(path: readonly (string | number)[], offset: number): Location {
    return this.#node.document.locateText([...pathTo(this.#node), ...path], offset);
  }
}

class PlacedValue<T> extends Placed implements Positioned<T> {
  readonly value: T;

  constructor(node: Node, value: T) {
    super(node);
    this.value = value;
  }
}

class PlacedClause extends Placed implements Clause {
  readonly expression: string | boolean;

  constructor(node: Node, expression: string | boolean) {
    super(node);
    this.expression = expression;
  }
}

export function locateTextIn(node: Node): LocateText {
  return (path, offset) => node.document.locateText([...pathTo(node), ...path], offset);
}

/** The node's value, or what was made of it, with its place; the caller has checked the type. */
export function positioned<T = unknown>(node: Node, value: T = node.value as T): Positioned<T> {
  return new PlacedValue(node, value);
}

export function clause(node: Node, expression: string | boolean): Clause {
  return new PlacedClause(node, expression);
}

/** A mapping of variables. */
export function varsBlock(node: Node, values = isMapping(node.value) ? node.value : {}): VarsBlock {
  return {
    values,
    file: node.document.file,
    locate: (name) => (Object.hasOwn(values, name) ? locationOf(child(node, name)) : undefined),
    locateText: locateTextIn(node),
  };
}

export function complain(node: Node, message: string, hint?: string): void {
  node.problems.push({ message, at: locationOf(node), hint, source: node.document.text });
}

/** Complains about the name a value stands under rather than the value. */
export function complainOfKey(node: Node, message: string, hint?: string): void {
  node.problems.push({ message, at: keyLocationOf(node), hint, source: node.document.text });
}

/** A value in words, for `… must be a list, not …`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  if (value instanceof Float) return `number ${value}`;
  if (typeof value === 'object') return 'a tagged value';
  return `${typeof value === 'bigint' ? 'number' : typeof value} ${String(value)}`;
}
