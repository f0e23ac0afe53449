/** What a template wrote: one value as it is, several joined to text. */
import { Nothing } from '../python/types.ts';
import { toText } from '../python/text.ts';
import type { Session } from './session.ts';

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
