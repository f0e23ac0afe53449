/** Statements which bring in other templates: `include`, `import`, `extends`, and the blocks which an `extends` fills. */
import { type Source, TemplateError, within } from '../errors.ts';
import { withoutLastLineEnd } from '../line-ends.ts';
import { toText } from '../python/text.ts';
import { Callable, Instance } from '../python/types.ts';
import type { Block, Body, Expression, Extends, FromImport, Import, Include } from '../syntax/nodes.ts';
import { compileExpression, located } from './expressions.ts';
import { type Execute, Frame, type Template } from './frame.ts';
import { itemsOf } from './native.ts';
import { write, written } from './output.ts';

/** Writes a whole template: its own text, or that of the template it extends. */
export function executeTemplate(execute: Execute, frame: Frame, out: unknown[]): void {
  const before = out.length;
  execute(frame, out);
  const { parent } = frame.template;
  if (!parent) return;
  out.length = before;
  frame.template.parent = undefined;
  parent(frame, out);
}

export function newTemplate(isolated = false, source?: Source): Template {
  return { blocks: new Map(), isolated, source };
}

/** Finds the template which an expression names; undefined when there is none. */
function load(
  frame: Frame,
  value: unknown,
): { readonly name: string; readonly execute: (frame: Frame, out: unknown[]) => void } | undefined {
  const known = frame.session.resolve(value);
  const names = Array.isArray(known) ? (itemsOf(known) ?? []) : [known];
  const { load: find } = frame.session.environment;
  if (!find) throw new TemplateError('other templates cannot be loaded here');
  for (const candidate of names) {
    const name = toText(candidate);
    const found = find(name);
    if (found) return { name, execute: (inner, out) => inFile(found, inner, out) };
  }
  return undefined;
}

function inFile(found: { readonly text: string; readonly file: string }, frame: Frame, out: unknown[]): void {
  const source = { text: found.text, at: { file: found.file, line: 1, column: 1 } };
  frame.template.source = source;
  within(source, () => {
    const execute = frame.session.engine.compile(withoutLastLineEnd(found.text));
    frame.session.meter.deeper(() => executeTemplate(execute, frame, out));
  });
}

function mustLoad(frame: Frame, value: unknown) {
  const found = load(frame, value);
  if (!found) throw new TemplateError(`template not found: ${toText(frame.session.resolve(value))}`);
  return found;
}

export function compileInclude(node: Include): Execute {
  const template = compileExpression(node.template);
  const execute = located(node, (frame: Frame) => {
    const value = template(frame);
    const found = node.ignoreMissing ? load(frame, value) : mustLoad(frame, value);
    const out: unknown[] = [];
    const context = newTemplate(!node.withContext || frame.template.isolated);
    found?.execute(new Frame(frame.session, context, node.withContext ? frame : undefined), out);
    return out;
  });
  return (frame, out) => {
    for (const piece of execute(frame)) write(frame.session, out, piece);
  };
}

function compileModule(
  template: Expression,
  node: Import | FromImport,
): (frame: Frame) => ReadonlyMap<string, unknown> {
  const name = compileExpression(template);
  return located(node, (frame) => {
    const inner = new Frame(frame.session, newTemplate(!node.withContext), node.withContext ? frame : undefined);
    mustLoad(frame, name(frame)).execute(inner, []);
    return inner.own();
  });
}

export function compileImport(node: Import): Execute {
  const load = compileModule(node.template, node);
  return (frame) => {
    const names = load(frame);
    frame.set(node.target, new Instance('template', (name) => names.get(name)));
  };
}

export function compileFromImport(node: FromImport): Execute {
  const load = compileModule(node.template, node);
  const bind = located(node, (frame: Frame) => {
    const names = load(frame);
    for (const { name, alias } of node.names) {
      const value = names.get(name);
      if (value === undefined) throw new TemplateError(`the imported template has no "${name}"`);
      frame.set(alias, value);
    }
  });
  return (frame) => bind(frame);
}

/** A block is written where it stands, unless a template which extends this one has defined it anew. */
export function compileBlock(node: Block, compileBody: (body: Body) => Execute): Execute {
  const body = compileBody(node.body);
  return (frame, out) => {
    const { blocks, source } = frame.template;
    const definitions = blocks.get(node.name) ?? [];
    const definition: Execute = (inner, pieces) => {
      const own = new Frame(inner.session, { ...inner.template, source }, inner);
      within(source, () => body(own, pieces));
    };
    blocks.set(node.name, [...definitions, definition]);
    if (frame.template.parent) return;
    writeBlock(blocks.get(node.name)!, 0, frame, out);
  };
}

function writeBlock(definitions: readonly Execute[], index: number, frame: Frame, out: unknown[]): void {
  const inner = frame.inner();
  inner.set(
    'super',
    new Callable('super', () => {
      if (index + 1 >= definitions.length) throw new TemplateError('there is no parent block for super()');
      const pieces: unknown[] = [];
      writeBlock(definitions, index + 1, frame, pieces);
      return written(frame.session, pieces);
    }),
  );
  definitions[index]!(inner, out);
}

export function compileExtends(node: Extends): Execute {
  const template = compileExpression(node.template);
  const find = located(node, (frame: Frame) => mustLoad(frame, template(frame)));
  return (frame) => {
    if (frame.template.parent)
      throw new TemplateError('a template can extend only one other', {
        position: { line: node.lineno, column: node.colno },
      });
    const found = find(frame);
    frame.template.parent = (inner, out) => found.execute(inner, out);
  };
}
