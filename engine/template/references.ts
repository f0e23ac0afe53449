/** The names a template uses, and its mistakes of syntax, found without rendering it. */
import { closest } from '../source/suggest.ts';
import type { Location, Problem } from '../errors.ts';
import { asProblem, placed, TemplateError } from './errors.ts';
import { globalNames } from './evaluate/globals.ts';
import { shortName } from './evaluate/names.ts';
import { filters, lentFilters } from './filters/filters.ts';
import { covers, isDefault, type Path, pathOf, vouchedBy } from './guards.ts';
import type { AnyNode, Body, Expression, For, If, Parameter, Position, Target } from './syntax/nodes.ts';
import { parseExpression, parseTemplate, yamlScalar } from './syntax/parse.ts';
import { childNodes, walk } from './syntax/walk.ts';
import { lentTests, tests } from './tests.ts';

/** One use of a variable. */
export interface Reference {
  readonly name: string;
  /** The keys asked of it, as far as they are written out. */
  readonly path: readonly string[];
  /** Its absence is tolerated there: by `default`, or behind a condition which asks whether it is defined. */
  readonly guarded: boolean;
  /** 1-based: in the template when it is a file of its own, else where the YAML scalar is. */
  readonly line: number;
  readonly column: number;
}

type Kind = 'expression' | 'template';

/** The variables a text uses from outside; names it binds itself are left out. Nothing for a text which does not parse. */
export function references(source: string, kind: Kind, at?: Location): readonly Reference[] {
  const tree = parse(source, kind);
  if (tree instanceof TemplateError) return [];
  const found: Reference[] = [];
  const note = (path: Path, guarded: boolean, position: Position) => {
    const [name, ...keys] = path as [string, ...string[]];
    found.push({ name, path: keys, guarded, ...placeOf(position, at) });
  };
  new Walk(note).visit(tree, { guards: [], bound: new Set(globalNames) }, false);
  return found;
}

/** Mistakes which show before anything runs: of syntax, and filters and tests which do not exist. */
export function checkSyntax(source: string, kind: Kind, at?: Location): readonly Problem[] {
  const tree = parse(source, kind);
  if (tree instanceof TemplateError) return [asProblem(placed(tree, source, at))];
  const problems: Problem[] = [];
  const check = (what: string, name: string, known: readonly string[], node: Position) => {
    const short = shortName(name);
    if (known.includes(short)) return;
    const near = closest(short, known);
    const hint = near === undefined ? undefined : `Did you mean "${near}"?`;
    const error = new TemplateError(`there is no ${what} "${name}"`, { hint, position: { line: node.lineno, column: node.colno } });
    problems.push(asProblem(placed(error, source, at)));
  };
  walk(tree, (node) => {
    if (node.typename === 'Is') check('test', node.name, testNames, node);
    if (node.typename !== 'Filter') return;
    check('filter', node.name, filterNames, node);
    const named = namedInside(node.name);
    const argument = named && node.args.positional[named.index];
    if (argument?.typename === 'Literal' && typeof argument.value === 'string') {
      check(named!.what, argument.value, named!.what === 'filter' ? filterNames : testNames, argument);
    }
  });
  return problems.sort((left, right) => (left.at?.line ?? 0) - (right.at?.line ?? 0) || (left.at?.column ?? 0) - (right.at?.column ?? 0));
}

const filterNames = [...Object.keys(filters), ...lentFilters];
const testNames = [...Object.keys(tests), ...lentTests];

/** Filters which take the name of a filter or test. */
function namedInside(filter: string): { readonly what: 'filter' | 'test'; readonly index: number } | undefined {
  if (filter === 'map') return { what: 'filter', index: 0 };
  if (filter === 'select' || filter === 'reject') return { what: 'test', index: 0 };
  return filter === 'selectattr' || filter === 'rejectattr' ? { what: 'test', index: 1 } : undefined;
}

function parse(source: string, kind: Kind): Body | Expression | TemplateError {
  try {
    const braced = kind === 'expression' && /^\s*\{[{%]/.test(source);
    return kind === 'template' || braced ? parseTemplate(source, yamlScalar) : parseExpression(source);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

function placeOf({ lineno, colno }: Position, at: Location | undefined): { readonly line: number; readonly column: number } {
  if (at && (at.line !== 1 || at.column !== 1)) return { line: at.line, column: at.column };
  return { line: lineno + 1, column: colno + 1 };
}

/** What is known at one point of the text. */
interface Context {
  readonly guards: readonly Path[];
  /** Grows as the text binds names. */
  readonly bound: Set<string>;
}

class Walk {
  private readonly note: (path: Path, guarded: boolean, position: Position) => void;

  constructor(note: (path: Path, guarded: boolean, position: Position) => void) {
    this.note = note;
  }

  /** Visits a node; `tolerant` where undefined is tolerated. */
  visit(node: AnyNode, context: Context, tolerant: boolean): void {
    switch (node.typename) {
      case 'Symbol':
      case 'LookupVal':
        return this.visitPath(node, context, tolerant);
      case 'Filter':
        if (node.input) this.visit(node.input, context, isDefault(node.name));
        return this.visitAll(node.args, context);
      case 'Is':
        this.visit(node.input, context, node.name === 'defined' || node.name === 'undefined');
        return this.visitAll(node.args, context);
      case 'And':
      case 'Or':
        this.visit(node.left, context, false);
        return this.visit(node.right, vouched(context, node.left, node.typename === 'And'), tolerant);
      case 'InlineIf':
        this.visit(node.cond, context, false);
        this.visit(node.body, vouched(context, node.cond, true), tolerant);
        if (node.else_) this.visit(node.else_, vouched(context, node.cond, false), tolerant);
        return;
      case 'If':
        return this.visitIf(node, context);
      case 'For':
        return this.visitFor(node, context);
      case 'Set':
        if (node.value) this.visit(node.value, context, false);
        if (node.body) this.visit(node.body, inner(context), false);
        this.visitAll(node.filters, context);
        return bind(node.target, context.bound);
      case 'With': {
        const within = inner(context);
        for (const { value } of node.bindings) this.visit(value, context, false);
        for (const { target } of node.bindings) bind(target, within.bound);
        return this.visit(node.body, within, false);
      }
      case 'Macro':
        context.bound.add(node.name);
        return this.visitMacro(node.params, node.body, context);
      case 'CallBlock':
        this.visit(node.call, context, false);
        return this.visitMacro(node.params, node.body, context);
      case 'Import':
        this.visit(node.template, context, false);
        context.bound.add(node.target);
        return;
      case 'FromImport':
        this.visit(node.template, context, false);
        for (const { alias } of node.names) context.bound.add(alias);
        return;
      case 'Block':
        return this.visit(node.body, inner(context, ['super', 'self']), false);
      default:
        return this.visitAll(node, context);
    }
  }

  private visitAll(parent: object, context: Context): void {
    for (const child of childNodes(parent)) this.visit(child, context, false);
  }

  private visitPath(node: Extract<Expression, { typename: 'Symbol' | 'LookupVal' }>, context: Context, tolerant: boolean): void {
    const path = pathOf(node);
    let start: Expression = node;
    for (; start.typename === 'LookupVal'; start = start.target) {
      if (start.val.typename !== 'Literal') this.visit(start.val, context, false);
    }
    if (!path) return this.visit(start, context, tolerant);
    if (context.bound.has(path[0]!)) return;
    this.note(path, tolerant || context.guards.some((guard) => covers(guard, path)), start);
  }

  private visitIf(node: If, context: Context): void {
    this.visit(node.cond, context, false);
    this.visit(node.body, vouched(context, node.cond, true), false);
    if (node.else_) this.visit(node.else_, vouched(context, node.cond, false), false);
  }

  private visitFor(node: For, context: Context): void {
    this.visit(node.arr, context, false);
    const within = inner(context, ['loop']);
    bind(node.target, within.bound);
    const body = node.cond ? vouched(within, node.cond, true) : within;
    if (node.cond) this.visit(node.cond, within, false);
    this.visit(node.body, body, false);
    if (node.else_) this.visit(node.else_, inner(context), false);
  }

  private visitMacro(params: readonly Parameter[], body: Body, context: Context): void {
    const within = inner(context, ['caller', 'varargs', 'kwargs', ...params.map(({ name }) => name)]);
    for (const { fallback } of params) if (fallback) this.visit(fallback, within, false);
    this.visit(body, within, false);
  }
}

function inner({ guards, bound }: Context, names: readonly string[] = []): Context {
  return { guards, bound: new Set([...bound, ...names]) };
}

/** Names bound in an `if` stay bound after it, so the set is shared. */
function vouched({ guards, bound }: Context, cond: Expression, truth: boolean): Context {
  return { guards: [...guards, ...vouchedBy(cond, truth)], bound };
}

function bind(target: Target, bound: Set<string>): void {
  if (target.typename === 'Symbol') bound.add(target.value);
  if (target.typename === 'Group') for (const child of target.children) bind(child as Target, bound);
}
