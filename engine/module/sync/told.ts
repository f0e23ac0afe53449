/** How a transfer is told of: rsync's lines of itemized changes, and diffs. */
import type { ReadableTarget } from '../../target/target.ts';
import { attributeDiff, contentDiff, shownLimit } from '../content-diff.ts';
import type { Diff } from '../definition.ts';
import { orUnknown } from '../unknown.ts';
import { isUnknown } from '../values.ts';
import type { Place } from './place.ts';
import { isRewritten, type Step } from './send.ts';
import type { Source } from './source.ts';

/** One line as `rsync --itemize-changes` writes it: what is done to what, and which of its attributes differ. */
export function itemized(step: Step, pulled: boolean): string {
  return lineOf(step, pulled ? '>' : '<').replace(
    /(?!\t)\p{Cc}/gu,
    (sign) => `\\#${sign.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

function lineOf({ item, before, after }: Step, sent: '<' | '>'): string {
  if (after.type === 'absent') return `*deleting   ${item.name}`;
  const letter = after.type === 'link' ? 'L' : after.type === 'directory' ? 'd' : 'f';
  const name = after.type === 'link' ? `${item.name} -> ${after.linkTarget}` : item.name;
  if (before.type !== after.type) return `${letter === 'f' ? sent : 'c'}${letter}+++++++++ ${name}`;
  const relinked = before.linkTarget !== after.linkTarget;
  const done = isRewritten({ before, after }) ? sent : relinked ? 'c' : '.';
  const differs = (field: keyof Place, sign: string) => (before[field] === after[field] ? '.' : sign);
  const signs = [
    relinked || before.checksum !== after.checksum ? 'c' : '.',
    differs('size', 's'),
    differs('mtime', 't'),
    differs('mode', 'p'),
    differs('owner', 'o'),
    differs('group', 'g'),
  ];
  return `${done}${letter}${signs.join('')}... ${name}`;
}

/** What `--diff` shows of one place: its content, or what it is, and its attributes. */
export async function stepDiffs(
  { item: { path, source }, before, after }: Step,
  target: ReadableTarget,
  from: Source,
): Promise<readonly Diff[]> {
  const headers = { beforeHeader: path, afterHeader: path };
  const diffs: Diff[] = [];
  if (source && isRewritten({ before, after })) {
    const old = before.type === 'file' ? await readSmall(target, path, before.size ?? 0) : undefined;
    const content = await from.content(source);
    diffs.push(await contentDiff(path, old, source.whole, content));
  } else if (before.type !== after.type || before.linkTarget !== after.linkTarget) {
    diffs.push({ ...headers, before: described(before), after: described(after) });
  }
  if (before.type !== after.type) return diffs;
  const attributes = attributeDiff(path, before, after);
  const time = ({ mtime }: Place) =>
    before.mtime === after.mtime || mtime === undefined
      ? ''
      : `mtime: ${new Date(mtime * 1000).toISOString().replace('.000Z', 'Z')}\n`;
  const [was, will] = [attributes.before + time(before), attributes.after + time(after)];
  return was + will === '' ? diffs : [...diffs, { ...headers, before: was, after: will }];
}

/** The content where it is small enough to be shown; otherwise a buffer of that size with nothing in it to show. */
async function readSmall(target: ReadableTarget, path: string, size: number): Promise<Buffer | undefined> {
  if (size > shownLimit) return Buffer.alloc(size);
  const content = await orUnknown(target.readFile(path));
  return isUnknown(content) ? Buffer.from(`(not known yet: ${content.reason})\n`) : content;
}

const described = ({ type, linkTarget }: Place) =>
  type === 'absent' ? '' : `${type}${linkTarget === undefined ? '' : ` to ${linkTarget}`}\n`;
