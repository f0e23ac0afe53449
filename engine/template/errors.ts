/** What may be wrong with a template: its syntax, a name it uses, or what it does. */
import type { Location, Problem } from '../errors.ts';

/** A place inside the text of a template, 0-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

interface Details {
  readonly at?: Location | undefined;
  readonly variable?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: Place | undefined;
  readonly cause?: unknown;
}

/** A template which cannot be parsed or evaluated. `message` is free of the position. */
export class TemplateError extends Error {
  /** The place in the user's file. */
  readonly at: Location | undefined;
  /** The variable which is not defined, where that is the trouble. */
  readonly variable: string | undefined;
  readonly hint: string | undefined;
  /** The place inside the template's text, set by the innermost expression which failed. */
  position: Place | undefined;

  constructor(message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TemplateError';
    this.at = details.at;
    this.variable = details.variable;
    this.hint = details.hint;
    this.position = details.position;
  }
}

/** Thrown by an ability which must not be used for now: no rendering goes on without it, `errors='ignore'` or not. */
export class Withheld extends Error {}

/** A variable, key or attribute which does not exist was used. */
export class UndefinedError extends TemplateError {
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.name = 'UndefinedError';
  }
}

/** The error as a problem of the user's, to be shown among others. */
export function asProblem(error: TemplateError): Problem {
  return { message: error.message, at: error.at, hint: error.hint };
}

/** A template file, or a scalar of YAML: its text, and where that begins. */
export interface Source {
  readonly text: string;
  readonly at: Location;
}

/** Does what stands in this source, so that what is wrong with it is placed there, whoever asked for it. */
export function within<T>(source: Source | undefined, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw source && error instanceof TemplateError ? placed(error, source.text, source.at) : error;
  }
}

/** Where a place of a template is in the user's files: exact in a template file, the whole scalar in YAML. */
export function placed(error: TemplateError, source: string, at: Location | undefined): TemplateError {
  if (error.at || !at) return error;
  const whole = at.line === 1 && at.column === 1; // a template file; a scalar's own escapes and folding hide the place inside it
  const position = error.position;
  const inside = whole && position ? { file: at.file, line: position.line + 1, column: position.column + 1 } : at;
  const message = `${error.message}, in \`${excerpt(source, position)}\``;
  const Kind = error instanceof UndefinedError ? UndefinedError : TemplateError;
  return new Kind(message, { at: inside, variable: error.variable, hint: error.hint, position, cause: error.cause });
}

/** The tag of a template which holds a place, or the line, or as much of it as can be read at a glance. */
function excerpt(source: string, position: Place | undefined): string {
  const lines = source.trimEnd().split('\n');
  const line = lines[position?.line ?? 0] ?? lines[0] ?? '';
  const column = position?.column ?? 0;
  const start = Math.max(line.lastIndexOf('{{', column), line.lastIndexOf('{%', column), 0);
  const end = line.slice(column).search(/[}%]\}/);
  const tag = end < 0 ? line.slice(start) : line.slice(start, column + end + 2);
  return tag.length > 100 ? `${tag.slice(0, 99)}…` : tag.trim();
}
