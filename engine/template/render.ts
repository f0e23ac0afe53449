/** The doors of the room: values and files rendered, expressions evaluated. */
import type { Location } from '../errors.ts';
import type { Environment } from './environment.ts';
import { placed, TemplateError, UndefinedError } from './errors.ts';
import { compiledExpression, compiledTemplate } from './evaluate/compile.ts';
import { Frame } from './evaluate/frame.ts';
import { Meter } from './evaluate/meter.ts';
import { executeTemplate, newTemplate } from './evaluate/other-templates.ts';
import { written, writtenText } from './evaluate/output.ts';
import { isTemplate, trusted } from './evaluate/raw.ts';
import { type Engine, Session } from './evaluate/session.ts';
import { Forced } from './evaluate/unknown.ts';
import { filters } from './filters/filters.ts';
import { endedLike, withoutLastLineEnd } from './line-ends.ts';
import { pureLookups } from './lookups.ts';
import { isTrue } from './python/truth.ts';
import { Nothing, Undefined } from './python/types.ts';
import { templateFile, yamlScalar } from './syntax/parse.ts';
import { tests } from './tests/tests.ts';
import { Raw, Unknown } from './values.ts';

export type { Budget, Environment, FilterFunction, LookupFunction, TestFunction } from './environment.ts';
export { isTemplate, trusted } from './evaluate/raw.ts';
export { toText } from './python/text.ts';

/** How the text of a template file is read. */
export interface TextOptions {
  readonly file: string;
  /** Drop the newline after a block tag; true unless told otherwise, as for Ansible's template module. */
  readonly trimBlocks?: boolean | undefined;
  /** Drop the blanks before a block tag which begins a line; false unless told otherwise. */
  readonly lstripBlocks?: boolean | undefined;
  readonly delimiters?: Readonly<Partial<Delimiters>> | undefined;
  /** True unless told otherwise. */
  readonly keepTrailingNewline?: boolean | undefined;
  /** The line end of the template's own text in the result; '\n' unless told otherwise. */
  readonly newline?: string | undefined;
}

export interface Delimiters {
  readonly blockStart: string;
  readonly blockEnd: string;
  readonly variableStart: string;
  readonly variableEnd: string;
  readonly commentStart: string;
  readonly commentEnd: string;
}

const engine: Engine = {
  filters,
  tests,
  lookups: pureLookups,
  render: renderInside,
  compile: (text) => compiledTemplate(text, templateFile).execute,
};

/**
 * A value of the user's own files, rendered to the depth: every text in it is a template. One which is exactly one
 * `{{ expression }}` keeps its type, any other becomes text. The result is plain data; something unknown may be left in it.
 * Throws a `TemplateError`.
 */
export function renderValue(raw: unknown, environment: Environment, at?: Location): unknown {
  if (typeof raw === 'string')
    return isTemplate(raw) ? atDoor(environment, at, raw, (session) => session.plain(session.text(raw, at))) : raw;
  if (typeof raw !== 'object') return raw;
  const lazy = raw instanceof Raw ? raw : trusted(raw, at);
  return atDoor(environment, at, undefined, (session) => session.plain(lazy));
}

/** A bare expression, as a `when` holds it. The result is plain data. Throws a `TemplateError`. */
export function evaluateExpression(source: string, environment: Environment, at?: Location): unknown {
  if (/^\s*\{[{%]/.test(source)) return renderValue(source.trim(), environment, at);
  return atDoor(environment, at, source, (session) => {
    const value = compiledExpression(source)(new Frame(session, newTemplate()));
    return session.plain(value instanceof Nothing ? '' : value);
  });
}

/** The text of a template file. Throws a `TemplateError` with the place in that file. */
export function renderText(source: string, environment: Environment, options: TextOptions): string | Unknown {
  const { delimiters, newline = '\n' } = options;
  const lexer = {
    ...templateFile,
    trimBlocks: options.trimBlocks ?? true,
    lstripBlocks: options.lstripBlocks ?? false,
    newline,
    ...(delimiters ? { tags: delimiters as Readonly<Record<string, string>> } : {}),
  };
  const text = withoutLastLineEnd(source);
  const at = { file: options.file, line: 1, column: 1 };
  return atDoor(environment, at, source, (session) => {
    const out: unknown[] = ['']; // so that no single value is kept as it is
    const template = newTemplate(false, { text: source, at });
    executeTemplate(compiledTemplate(text, lexer).execute, new Frame(session, template), out);
    const given = writtenText(session, out);
    return options.keepTrailingNewline === false ? given : endedLike(source, given, newline);
  }) as string | Unknown;
}

/** Python's truth of a value. Throws for what is unknown: ask `isUnknown` first. */
export function truthy(value: unknown): boolean {
  if (value instanceof Unknown) throw new TemplateError(`this is not known yet: ${value.reason}`);
  return isTrue(value);
}

/** Runs one rendering, and makes its outcome presentable: unknown as a value, errors with their place. */
function atDoor(
  environment: Environment,
  at: Location | undefined,
  source: string | undefined,
  body: (session: Session) => unknown,
): unknown {
  try {
    return body(new Session(environment, new Meter(environment.budget), engine));
  } catch (error) {
    if (error instanceof Forced) return error.unknown;
    if (error instanceof RangeError) throw new TemplateError(rangeMessage(error), { at, cause: error });
    throw error instanceof TemplateError && source !== undefined ? placed(error, source, at) : error;
  }
}

function rangeMessage(error: RangeError): string {
  return error.message.includes('call stack') ? 'this is nested too deeply' : `this is too large: ${error.message}`;
}

/** Renders a text of the user's within a rendering: a variable which is a template itself. */
function renderInside(session: Session, text: string, at: Location | undefined): unknown {
  try {
    const source = text.endsWith('\n') ? withoutLastLineEnd(text) : text;
    const compiled = compiledTemplate(source, yamlScalar);
    const frame = new Frame(session, newTemplate());
    const single = source === text ? compiled.single : undefined;
    const value = single
      ? single(frame)
      : session.known(writtenBy(compiled.execute, frame, compiled.single !== undefined, text));
    if (value instanceof Nothing) return '';
    if (value instanceof Undefined) return placedUndefined(value, text, at);
    return session.force(value);
  } catch (error) {
    if (error instanceof Forced) return error.unknown;
    if (!(error instanceof TemplateError)) throw error;
    const located = placed(error, text, at);
    return located instanceof UndefinedError ? asUndefined(located) : rethrow(located);
  }
}

function rethrow(error: TemplateError): never {
  throw error;
}

/** `source` is the whole text; `asText` is set when a single value has a line end behind it. */
function writtenBy(
  execute: Parameters<typeof executeTemplate>[0],
  frame: Frame,
  asText: boolean,
  source: string,
): unknown {
  const out: unknown[] = asText ? [''] : [];
  executeTemplate(execute, frame, out);
  const value = written(frame.session, out);
  return typeof value === 'string' ? endedLike(source, value) : value;
}

/** So that `default` and `is defined` of a variable whose template uses something undefined work as for an absent one. */
function asUndefined(error: UndefinedError): Undefined {
  const value = new Undefined(error.message, error.variable, error.hint);
  value.at = error.at;
  value.position = error.position;
  return value;
}

function placedUndefined(value: Undefined, text: string, at: Location | undefined): Undefined {
  if (!at || value.at) return value;
  const error = new UndefinedError(value.message, {
    variable: value.variable,
    hint: value.hint,
    position: value.position,
  });
  return asUndefined(placed(error, text, at) as UndefinedError);
}
