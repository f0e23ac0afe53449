/** Statements compiled to closures which write into a list of pieces. */

import { TemplateError } from '../errors.ts';
import { Callable, typeName } from '../python/types.ts';
import type {
  Body,
  CallBlock,
  Filter,
  FilterBlock,
  If,
  Output,
  Set as SetNode,
  Statement,
  With,
} from '../syntax/nodes.ts';
import { compileArguments, type Evaluate } from './arguments.ts';
import { compileTarget } from './assign.ts';
import { compileExpression, compileTruth, located } from './expressions.ts';
import type { Execute, Frame } from './frame.ts';
import { compileFor } from './loop.ts';
import { compileMacro } from './macro.ts';
import { filterNamed } from './names.ts';
import { compileBlock, compileExtends, compileFromImport, compileImport, compileInclude } from './other-templates.ts';
import { write, written } from './output.ts';

/** Compiles what stands between two tags, or a whole template. */
export function compileBody(body: Body): Execute {
  const parts = body.children.map(compileStatement);
  if (parts.length === 1) return parts[0]!;
  return (frame, out) => {
    for (const part of parts) part(frame, out);
  };
}

function compileStatement(node: Statement): Execute {
  switch (node.typename) {
    case 'Output':
      return compileOutput(node);
    case 'NodeList':
      return compileBody(node);
    case 'If':
      return compileIf(node);
    case 'For':
      return compileFor(node, compileBody);
    case 'Set':
      return compileSet(node);
    case 'With':
      return compileWith(node);
    case 'Macro': {
      const make = compileMacro(node.name, node.params, node.body, compileBody);
      return (frame) => frame.set(node.name, make(frame));
    }
    case 'CallBlock':
      return compileCallBlock(node);
    case 'FilterBlock':
      return compileFilterBlock(node);
    case 'Block':
      return compileBlock(node, compileBody);
    case 'Extends':
      return compileExtends(node);
    case 'Include':
      return compileInclude(node);
    case 'Import':
      return compileImport(node);
    case 'FromImport':
      return compileFromImport(node);
  }
}

function compileOutput(node: Output): Execute {
  const [child] = node.children;
  if (!child) return () => {};
  if (child.typename === 'TemplateData') {
    const text = child.value;
    return text === '' ? () => {} : (frame, out) => write(frame.session, out, text);
  }
  const evaluate = compileExpression(child);
  return (frame, out) => write(frame.session, out, evaluate(frame));
}

function compileIf(node: If): Execute {
  const [cond, body] = [compileTruth(node.cond), compileBody(node.body)];
  const otherwise = node.else_ ? compileStatement(node.else_) : undefined;
  return (frame, out) => {
    if (cond(frame)) body(frame, out);
    else otherwise?.(frame, out);
  };
}

/** The text a body writes, sent through filters. */
function captured(body: Body, filters: readonly Filter[]): Evaluate {
  const execute = compileBody(body);
  const chain = filters.map((filter) => ({ filter, given: compileArguments(filter.args, compileExpression) }));
  return (frame) => {
    const out: unknown[] = [];
    execute(frame.inner(), out);
    let value = written(frame.session, out);
    for (const { filter, given } of chain) {
      value = located(filter, () => filterNamed(frame.session, filter.name)(frame.session, value, given(frame)))(frame);
    }
    return value;
  };
}

function compileSet(node: SetNode): Execute {
  const assign = compileTarget(node.target);
  const value = node.value ? compileExpression(node.value) : captured(node.body!, node.filters);
  return (frame) => assign(frame, value(frame));
}

function compileFilterBlock(node: FilterBlock): Execute {
  const value = captured(node.body, node.filters);
  return (frame, out) => write(frame.session, out, value(frame));
}

/** The values of `with` see the names outside it only. */
function compileWith(node: With): Execute {
  const bindings = node.bindings.map(({ target, value }) => [compileTarget(target), compileExpression(value)] as const);
  const body = compileBody(node.body);
  return (frame, out) => {
    const inner = frame.inner();
    for (const [assign, value] of bindings) assign(inner, value(frame));
    body(inner, out);
  };
}

function compileCallBlock(node: CallBlock): Execute {
  const makeCaller = compileMacro('caller', node.params, node.body, compileBody);
  const callee = compileExpression(node.call.name);
  const given = compileArguments(node.call.args, compileExpression);
  const evaluate = located(node.call, (frame: Frame) => {
    const macro = frame.session.known(callee(frame));
    if (!(macro instanceof Callable)) throw new TemplateError(`${typeName(macro)} cannot be called`);
    const { positional, named } = given(frame);
    return macro.call({ positional, named: { ...named, caller: makeCaller(frame) } });
  });
  return (frame, out) => write(frame.session, out, evaluate(frame));
}
