/** PyYAML's `yaml.dump`, to the letter: files that Ansible's `to_yaml` and `to_nice_yaml` have written stay as they are. */
import { yamlFloat } from '../../source/float.ts';
import { TemplateError } from '../errors.ts';
import { Unsafe } from '../values.ts';
import { codePointOrder } from './compare.ts';
import { entriesOf, sizeOf } from './dicts.ts';
import { type Dict, Float, Instance, isDict, typeName } from './types.ts';
import { page } from './yaml-page.ts';
import { isSimpleKey, styleOf } from './yaml-styles.ts';

export interface YamlOptions {
  /** Blanks a level, 2 to 9; another number is 2. */
  readonly indent: number;
  /** The column after which text is folded; a negative number never folds, one that leaves no room is 80. */
  readonly width: number;
  /** Collections in brackets: always, never, or (null) those that hold nothing but plain scalars. */
  readonly flow: boolean | null;
  readonly sortKeys: boolean;
  /** The document begins with `---`, and ends with `...`. */
  readonly start?: boolean;
  readonly end?: boolean;
}

/** A collection, or a scalar as it is written; `isText` tells text from what only looks like it. */
type Node =
  | { readonly kind: 'scalar'; readonly text: string; readonly isText: boolean }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly flow: boolean }
  | { readonly kind: 'dict'; readonly items: readonly (readonly [Node, Node])[]; readonly flow: boolean };

/** Whose part a node is: an item of a list, a value of a dict, a key of one, or the document itself. */
type Role = 'document' | 'item' | 'value' | 'key';

/** A value as one YAML document, with a line feed at its end. Throws TemplateError for what YAML cannot hold. */
export function dumpYaml(value: unknown, options: YamlOptions): string {
  const step = options.indent >= 2 && options.indent <= 9 ? options.indent : 2;
  const roomless = options.width >= 0 && options.width <= step * 2;
  const width = options.width < 0 ? Number.POSITIVE_INFINITY : roomless ? 80 : options.width;
  const out = page(width);

  function write(node: Node, role: Role, indent: number, inFlow: boolean): void {
    if (node.kind === 'scalar') {
      const place = { inFlow, isKey: role === 'key' };
      const style = styleOf(node.text, node.isText, place);
      out.scalar(node.text, style, deeper(indent), role !== 'key');
    } else if (inFlow || node.flow || node.items.length === 0) writeFlow(node, indent);
    else if (node.kind === 'list') {
      const sameIndent = role === 'value' && !out.indention;
      writeList(node.items, sameIndent ? indent : indent < 0 ? 0 : indent + step);
    } else writeDict(node.items, indent < 0 ? 0 : indent + step);
  }
  /** The indent of what goes on in the lines after its first one. */
  const deeper = (indent: number) => (indent < 0 ? step : indent + step);

  function writeList(items: readonly Node[], indent: number): void {
    for (const item of items) {
      out.startLine(indent);
      out.mark('-', { blankBefore: true, isIndention: true });
      write(item, 'item', indent, false);
    }
  }

  function writeDict(items: readonly (readonly [Node, Node])[], indent: number): void {
    for (const [key, value] of items) {
      out.startLine(indent);
      if (isSimple(key)) {
        write(key, 'key', indent, false);
        out.mark(':');
      } else {
        out.mark('?', { blankBefore: true, isIndention: true });
        write(key, 'value', indent, false);
        out.startLine(indent);
        out.mark(':', { blankBefore: true, isIndention: true });
      }
      write(value, 'value', indent, false);
    }
  }

  function writeFlow(node: Node & { readonly kind: 'list' | 'dict' }, indent: number): void {
    const inside = deeper(indent);
    out.mark(node.kind === 'list' ? '[' : '{', { blankBefore: true, isBlank: true });
    for (const [index, item] of node.items.entries()) {
      if (index > 0) out.mark(',');
      if (out.column > width) out.startLine(inside);
      if (node.kind === 'list') write(item as Node, 'item', inside, true);
      else writePair(item as readonly [Node, Node], inside);
    }
    out.mark(node.kind === 'list' ? ']' : '}');
  }

  function writePair([key, value]: readonly [Node, Node], indent: number): void {
    if (isSimple(key)) {
      write(key, 'key', indent, true);
      out.mark(':');
    } else {
      out.mark('?', { blankBefore: true });
      write(key, 'value', indent, true);
      if (out.column > width) out.startLine(indent);
      out.mark(':', { blankBefore: true });
    }
    write(value, 'value', indent, true);
  }

  if (options.start) out.mark('---');
  write(nodeOf(value, options), 'document', -1, false);
  out.startLine(0);
  return options.end ? `${out.text}...\n` : out.text;
}

const isSimple = (key: Node): boolean => (key.kind === 'scalar' ? isSimpleKey(key.text) : key.items.length === 0);

function nodeOf(value: unknown, options: YamlOptions): Node {
  if (Array.isArray(value)) {
    const items = Array.from(value, (item) => nodeOf(item, options));
    return { kind: 'list', items, flow: options.flow ?? items.every(isScalar) };
  }
  if (!isDict(value)) return scalarOf(value);
  const entries = options.sortKeys && sizeOf(value) > 1 ? sorted(value) : entriesOf(value);
  const items = entries.map(([key, item]) => [nodeOf(key, options), nodeOf(item, options)] as const);
  return { kind: 'dict', items, flow: options.flow ?? items.every((pair) => pair.every(isScalar)) };
}

const isScalar = ({ kind }: Node): boolean => kind === 'scalar';

/** As Python sorts: keys that cannot be compared with each other stay in their order. */
function sorted(dict: Dict): readonly [unknown, unknown][] {
  const entries = entriesOf(dict);
  if (entries.every(([key]) => typeof key === 'string'))
    return entries.sort(([left], [right]) => codePointOrder(left as string, right as string));
  const number = (key: unknown) => (key instanceof Float ? key.value : Number(key));
  if (entries.every(([key]) => /^(number|bigint|boolean)$/.test(typeof key) || key instanceof Float))
    return entries.sort(([left], [right]) => number(left) - number(right));
  return entries;
}

function scalarOf(value: unknown): Node {
  const plain = (text: string): Node => ({ kind: 'scalar', text, isText: false });
  const words = (text: string): Node => ({ kind: 'scalar', text, isText: true });
  if (typeof value === 'string') return words(value);
  if (value === null || value === undefined) return plain('null');
  if (typeof value === 'boolean' || typeof value === 'bigint') return plain(String(value));
  if (typeof value === 'number') return plain(Number.isInteger(value) ? BigInt(value).toString() : yamlFloat(value));
  if (value instanceof Float) return plain(yamlFloat(value.value));
  if (value instanceof Unsafe) return words(value.text);
  if (value instanceof Instance && value.abilities.text !== undefined) return plain(value.abilities.text);
  if (value instanceof Date) return plain(value.toISOString());
  throw new TemplateError(`${typeName(value)} cannot be written as YAML`);
}
