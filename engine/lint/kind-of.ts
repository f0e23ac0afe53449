/** What kind of value an expression yields, as far as its outermost part tells. */
import { Float } from '../source/float.ts';
import { TemplateError } from '../template/errors.ts';
import type { Expression } from '../template/syntax/nodes.ts';
import { parseEither } from '../template/syntax/parse.ts';

export type Kind = 'boolean' | 'text' | 'a number' | 'a list' | 'a mapping' | 'nothing';

/** Answers for a name or an attribute; undefined where nothing can be said. */
export type KindOfName = (name: string) => Kind | undefined;

const filters: Readonly<Record<string, Kind>> = {
  ...all('boolean', 'bool'),
  ...all('a number', 'length count int float abs round sum'),
  ...all(
    'text',
    'string join lower upper capitalize title trim replace regex_replace basename dirname to_json to_yaml',
  ),
  ...all('text', 'to_nice_json to_nice_yaml b64encode b64decode quote hash checksum realpath'),
  ...all('a list', 'list map select selectattr reject rejectattr sort unique union intersect difference split flatten'),
  ...all('a list', 'dict2items regex_findall subelements zip'),
  ...all('a mapping', 'combine items2dict'),
};

function all(kind: Kind, names: string): Readonly<Record<string, Kind>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}

/** A kind the expression may have; of several the first that is no boolean. */
export function kindOf(source: string, kindOfName: KindOfName): Kind | undefined {
  const tree = parseEither(source, 'expression');
  return tree instanceof TemplateError || tree.typename === 'NodeList' ? undefined : kind(tree, kindOfName);
}

function kind(node: Expression, kindOfName: KindOfName): Kind | undefined {
  switch (node.typename) {
    case 'Literal':
      return kindOfValue(node.value);
    case 'Symbol':
      return kindOfName(node.value);
    case 'Array':
    case 'Group':
      return 'a list';
    case 'Dict':
      return 'a mapping';
    case 'Concat':
      return 'text';
    case 'Not':
    case 'Is':
    case 'Compare':
      return 'boolean';
    case 'Neg':
    case 'Pos':
      return 'a number';
    case 'And':
    case 'Or':
      return either(kind(node.left, kindOfName), kind(node.right, kindOfName));
    case 'InlineIf':
      return either(kind(node.body, kindOfName), node.else_ ? kind(node.else_, kindOfName) : undefined);
    case 'Filter': {
      const fallback = node.args.positional[0];
      if ((node.name === 'default' || node.name === 'd') && fallback && fallback.typename !== 'Splat')
        return either(node.input ? kind(node.input, kindOfName) : undefined, kind(fallback, kindOfName));
      return Object.hasOwn(filters, node.name) ? filters[node.name] : undefined;
    }
    default:
      return undefined;
  }
}

function either(one: Kind | undefined, other: Kind | undefined): Kind | undefined {
  return [one, other].find((each) => each !== undefined && each !== 'boolean') ?? one ?? other;
}

/** The kind of plain data. */
export function kindOfValue(value: unknown): Kind | undefined {
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return 'a number';
  if (Array.isArray(value)) return 'a list';
  return Object.getPrototypeOf(value) === Object.prototype ? 'a mapping' : undefined;
}
