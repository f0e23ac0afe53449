/** What a template wrote: one value as it is, several joined to text. */

import { toText } from '../python/text.ts';
import { Nothing } from '../python/types.ts';
import type { Session } from './session.ts';

/**
 * Adds what an expression gave. Text is made of it at once, since a list may change afterwards; only what may turn out to be
 * all that the template wrote is kept as it is.
 */
export function write(session: Session, out: unknown[], piece: unknown): void {
  if (out.length === 0) {
    out.push(piece);
    return;
  }
  if (out.length === 1 && typeof out[0] !== 'string') out[0] = pieceText(session, out[0]);
  out.push(typeof piece === 'string' ? piece : pieceText(session, piece));
}

/** A template which wrote exactly one value is that value; otherwise its text. */
export function written(session: Session, pieces: readonly unknown[]): unknown {
  if (pieces.length === 1) return pieces[0];
  return writtenText(session, pieces);
}

/** The text of all pieces; None is empty there. */
export function writtenText(session: Session, pieces: readonly unknown[]): string {
  let text = '';
  for (const piece of pieces) {
    text += typeof piece === 'string' ? piece : pieceText(session, piece);
    if (text.length > 65536) session.meter.characters(text.length);
  }
  return text;
}

function pieceText(session: Session, piece: unknown): string {
  if (piece instanceof Nothing) return '';
  const value = session.resolve(piece);
  return value === null ? '' : toText(value);
}
