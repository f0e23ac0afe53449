/** How a change of a file is shown: its text before and after, or a word where there is no text to show. */
import type { Content } from '../target/content.ts';
import { contentBytes } from '../target/effects.ts';
import { isUnknown } from '../template/values.ts';
import type { Owned } from './attributes.ts';
import type { Diff } from './definition.ts';

/** Bytes up to which a file is shown. */
export const shownLimit = 100 * 1024;

/** The diff of a file's content. `source` says where the new content comes from. */
export async function contentDiff(
  path: string,
  before: Buffer | undefined,
  source: string,
  after: Content,
): Promise<Diff> {
  const headers = { beforeHeader: path, afterHeader: source };
  if (isUnknown(after)) return { ...headers, before: textOf(before), after: `(not known yet: ${after.reason})\n` };
  const large = !Buffer.isBuffer(after) && after.size > shownLimit;
  const bytes = large ? undefined : await contentBytes(after);
  const showable = Buffer.isBuffer(bytes) && isText(bytes) && (before === undefined || isText(before));
  if (showable) return { ...headers, before: textOf(before), after: bytes.toString('utf8') };
  const size = Buffer.isBuffer(after) ? after.length : after.size;
  return {
    ...headers,
    before: before === undefined ? '' : `${summary(before.length, before)}\n`,
    after: `${summary(size, bytes)}\n`,
  };
}

/** The diff of attributes, one line each. */
export function attributeDiff(path: string, before: Owned, after: Owned): Diff {
  const changed = (['mode', 'owner', 'group'] as const).filter(
    (name) => after[name] !== undefined && after[name] !== before[name],
  );
  const lines = (owned: Owned) => changed.map((name) => `${name}: ${owned[name] ?? '(none)'}\n`).join('');
  return { beforeHeader: path, afterHeader: path, before: lines(before), after: lines(after) };
}

function textOf(bytes: Buffer | undefined): string {
  if (bytes === undefined) return '';
  return isText(bytes) ? bytes.toString('utf8') : `${summary(bytes.length, bytes)}\n`;
}

function summary(size: number, bytes: unknown): string {
  return size <= shownLimit && Buffer.isBuffer(bytes) && bytes.includes(0)
    ? `(binary, ${size} bytes)`
    : `(${size} bytes)`;
}

function isText(bytes: Buffer): boolean {
  return bytes.length <= shownLimit && !bytes.includes(0);
}
