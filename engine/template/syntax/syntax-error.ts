/** A template which does not parse. */
import { TemplateError } from '../errors.ts';
import type { Position } from './nodes.ts';

/** Throws, at a place in the template. */
export function syntaxError(message: string, at: Position, hint?: string): never {
  throw new TemplateError(message, { position: { line: at.lineno, column: at.colno }, hint });
}
