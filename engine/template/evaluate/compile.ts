/** Compiled templates, kept by their text: a text is parsed once. */
import { TemplateError } from '../errors.ts';
import type { LexerOptions } from '../syntax/lexer.ts';
import { parseExpression, parseTemplate, yamlScalar } from '../syntax/parse.ts';
import type { Evaluate } from './arguments.ts';
import { compileExpression } from './expressions.ts';
import type { Execute } from './frame.ts';
import { compileBody } from './statements.ts';

export interface CompiledTemplate {
  readonly execute: Execute;
  /** Set when the template is exactly one `{{ expression }}`. */
  readonly single: Evaluate | undefined;
}

const most = 20_000;

class Cache<Compiled> {
  private readonly entries = new Map<string, Compiled | TemplateError>();

  get(source: string, compile: () => Compiled): Compiled {
    let entry = this.entries.get(source);
    if (entry === undefined) {
      entry = attempt(compile);
      if (this.entries.size >= most) this.entries.clear();
      this.entries.set(source, entry);
    }
    if (entry instanceof TemplateError) throw entry;
    return entry;
  }
}

/** A syntax error is remembered like any other outcome. */
function attempt<Compiled>(compile: () => Compiled): Compiled | TemplateError {
  try {
    return compile();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    if (error instanceof RangeError) return new TemplateError('this is nested too deeply');
    throw error;
  }
}

const expressions = new Cache<Evaluate>();
const scalars = new Cache<CompiledTemplate>();
const files = new Map<string, Cache<CompiledTemplate>>();

/** A bare expression. Throws a `TemplateError` when it does not parse. */
export function compiledExpression(source: string): Evaluate {
  return expressions.get(source, () => compileExpression(parseExpression(source)));
}

/** A text with tags. Throws a `TemplateError` when it does not parse. */
export function compiledTemplate(source: string, options: LexerOptions): CompiledTemplate {
  return cacheFor(options).get(source, () => {
    const body = parseTemplate(source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source, options);
    const only = body.children.length === 1 ? body.children[0] : undefined;
    const child = only?.typename === 'Output' ? only.children[0] : undefined;
    const single = child && child.typename !== 'TemplateData' ? compileExpression(child) : undefined;
    return { execute: compileBody(body), single };
  });
}

function cacheFor(options: LexerOptions): Cache<CompiledTemplate> {
  if (options === yamlScalar) return scalars;
  const key = JSON.stringify(options);
  let cache = files.get(key);
  if (!cache) {
    cache = new Cache();
    files.set(key, cache);
  }
  return cache;
}
