/** Mistakes of a template which show before anything runs. */
import type { Location, Problem } from '../errors.ts';
import { closest } from '../source/suggest.ts';
import { asProblem, placed, TemplateError } from './errors.ts';
import { shortName } from './evaluate/names.ts';
import { filters, lentFilters } from './filters/filters.ts';
import { lentLookups, pureLookups } from './lookups.ts';
import type { Position } from './syntax/nodes.ts';
import { parseEither, type SourceKind } from './syntax/parse.ts';
import { walk } from './syntax/walk.ts';
import { lentTests, tests } from './tests/tests.ts';

/** Errors of syntax, filters and tests which do not exist, and lookups, too, where that is asked for. */
export function checkSyntax(
  source: string,
  kind: SourceKind,
  at?: Location,
  { lookups = false }: { readonly lookups?: boolean } = {},
): readonly Problem[] {
  const tree = parseEither(source, kind);
  if (tree instanceof TemplateError) return [asProblem(placed(tree, source, at))];
  const problems: Problem[] = [];
  const check = (what: string, name: string, known: readonly string[], node: Position) => {
    const short = shortName(name);
    if (known.includes(short)) return;
    const near = closest(short, known);
    const hint = near === undefined ? undefined : `Did you mean "${near}"?`;
    const error = new TemplateError(`there is no ${what} "${name}"`, {
      hint,
      position: { line: node.lineno, column: node.colno },
    });
    problems.push(asProblem(placed(error, source, at)));
  };
  walk(tree, (node) => {
    if (lookups && node.typename === 'FunCall') {
      const [name] = node.args.positional;
      const looks = node.name.typename === 'Symbol' && ['lookup', 'query', 'q'].includes(node.name.value);
      if (looks && name?.typename === 'Literal' && typeof name.value === 'string')
        check('lookup', name.value, lookupNames, name);
    }
    if (node.typename === 'Is') check('test', node.name, testNames, node);
    if (node.typename !== 'Filter') return;
    check('filter', node.name, filterNames, node);
    const named = namedInside(node.name);
    const argument = named && node.args.positional[named.index];
    if (argument?.typename === 'Literal' && typeof argument.value === 'string') {
      check(named!.what, argument.value, named!.what === 'filter' ? filterNames : testNames, argument);
    }
  });
  return problems.sort(
    (left, right) => (left.at?.line ?? 0) - (right.at?.line ?? 0) || (left.at?.column ?? 0) - (right.at?.column ?? 0),
  );
}

const filterNames = [...Object.keys(filters), ...lentFilters];
export const lookupNames: readonly string[] = [...Object.keys(pureLookups), ...lentLookups];
const testNames = [...Object.keys(tests), ...lentTests];

/** Filters which take the name of a filter or test. */
function namedInside(filter: string): { readonly what: 'filter' | 'test'; readonly index: number } | undefined {
  if (filter === 'map') return { what: 'filter', index: 0 };
  if (filter === 'select' || filter === 'reject') return { what: 'test', index: 0 };
  return filter === 'selectattr' || filter === 'rejectattr' ? { what: 'test', index: 1 } : undefined;
}
