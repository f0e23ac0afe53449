/** The walk through a syntax tree which tells the names it uses from those it binds. */
import { globalNames } from './evaluate/globals.ts';
import { covers, isDefault, type Path, pathOf, vouchedBy } from './guards.ts';
import type { AnyNode, Body, Expression, For, If, Parameter, Position, Target } from './syntax/nodes.ts';
import { childNodes } from './syntax/walk.ts';

/** Told of every use of a name from outside; `guarded` where its absence is tolerated. */
export type Note = (path: Path, guarded: boolean, position: Position) => void;

/** Goes through a whole tree. */
export function noteNames(tree: AnyNode, note: Note): void {
  new Walk(note).visit(tree, { guards: [], bound: new Set(globalNames) }, false);
}

/** What is known at one point of the text. */
interface Context {
  readonly guards: readonly Path[];
  /** Grows as the text binds names. */
  readonly bound: Set<string>;
}

class Walk {
  private readonly note: Note;

  constructor(note: Note) {
    this.note = note;
  }

  /** Visits a node; `tolerant` where undefined is tolerated. */
  visit(node: AnyNode, context: Context, tolerant: boolean): void {
    switch (node.typename) {
      case 'Symbol':
      case 'LookupVal':
        this.visitPath(node, context, tolerant);
        return;
      case 'Filter':
        if (node.input) this.visit(node.input, context, isDefault(node.name));
        this.visitAll(node.args, context);
        return;
      case 'Is':
        this.visit(node.input, context, node.name === 'defined' || node.name === 'undefined');
        this.visitAll(node.args, context);
        return;
      case 'And':
      case 'Or':
        this.visit(node.left, context, false);
        this.visit(node.right, vouched(context, node.left, node.typename === 'And'), tolerant);
        return;
      case 'InlineIf':
        this.visit(node.cond, context, false);
        this.visit(node.body, vouched(context, node.cond, true), tolerant);
        if (node.else_) this.visit(node.else_, vouched(context, node.cond, false), tolerant);
        return;
      case 'If':
        this.visitIf(node, context);
        return;
      case 'For':
        this.visitFor(node, context);
        return;
      case 'Set':
        if (node.value) this.visit(node.value, context, false);
        if (node.body) this.visit(node.body, inner(context), false);
        this.visitAll(node.filters, context);
        bind(node.target, context.bound);
        return;
      case 'With': {
        const within = inner(context);
        for (const { value } of node.bindings) this.visit(value, context, false);
        for (const { target } of node.bindings) bind(target, within.bound);
        this.visit(node.body, within, false);
        return;
      }
      case 'Macro':
        context.bound.add(node.name);
        this.visitMacro(node.params, node.body, context);
        return;
      case 'CallBlock':
        this.visit(node.call, context, false);
        this.visitMacro(node.params, node.body, context);
        return;
      case 'Import':
        this.visit(node.template, context, false);
        context.bound.add(node.target);
        return;
      case 'FromImport':
        this.visit(node.template, context, false);
        for (const { alias } of node.names) context.bound.add(alias);
        return;
      case 'Block':
        this.visit(node.body, inner(context, ['super', 'self']), false);
        return;
      default:
        this.visitAll(node, context);
        return;
    }
  }

  private visitAll(parent: object, context: Context): void {
    for (const child of childNodes(parent)) this.visit(child, context, false);
  }

  private visitPath(
    node: Extract<Expression, { typename: 'Symbol' | 'LookupVal' }>,
    context: Context,
    tolerant: boolean,
  ): void {
    const path = pathOf(node);
    let start: Expression = node;
    for (; start.typename === 'LookupVal'; start = start.target) {
      if (start.val.typename !== 'Literal') this.visit(start.val, context, false);
    }
    if (!path) this.visit(start, context, tolerant);
    else if (!context.bound.has(path[0]!))
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
