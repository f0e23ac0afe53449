/** What comes when everything is in its place: owners of links, permissions of new directories, times. */

import { posix } from 'node:path';
import { predicted, statEffects } from '../../target/effects.ts';
import { statKind } from '../../target/files.ts';
import { octalMode } from '../../target/octal-mode.ts';
import { type Effect, effect } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import { changedAttributes } from '../attributes.ts';
import { touchStamp } from '../file-times.ts';
import type { Sending, Step } from './send.ts';

/** Finishes the steps in `changed`, and the directories of the transfer that they lie in. */
export async function finish(
  changed: readonly Step[],
  all: readonly Step[],
  { target, wishes }: Sending,
): Promise<void> {
  const moved = new Set(changed.flatMap(({ item }) => [item.path, posix.dirname(item.path)]));
  const meant = all.filter(
    ({ item, after }) => item.source !== undefined && after.type !== 'absent' && moved.has(item.path),
  );
  for (let from = 0; from < meant.length; from += mostInOne) {
    const some = meant.slice(from, from + mostInOne);
    const script = [...ownersOfLinks(some), ...permissions(some), ...(wishes.times ? times(some) : [])];
    if (script.length === 0) continue;
    await target.mutate({
      summary: `set times below ${wishes.dest}`,
      script: script.map((line) => `${line} || exit 1`).join('\n'),
      touches: ['files'],
      effects: some.flatMap(effectsOf),
    });
  }
}

const mostInOne = 1000;
const mostOfOneCommand = 200;

function* times(steps: readonly Step[]): Generator<string> {
  const byTime = new Map<number, string[]>();
  for (const { item, after } of steps) {
    if (after.mtime === undefined) continue;
    const paths = byTime.get(after.mtime) ?? [];
    byTime.set(after.mtime, paths);
    paths.push(quote(item.path));
  }
  for (const [time, paths] of byTime)
    for (let from = 0; from < paths.length; from += mostOfOneCommand)
      yield `TZ=UTC0 touch -c -m -t ${touchStamp(time)} -- ${paths.slice(from, from + mostOfOneCommand).join(' ')}`;
}

function ownersOfLinks(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ item, before, after }) => {
    if (after.type !== 'link') return [];
    const made = before.type !== 'link' || before.linkTarget !== after.linkTarget;
    const { owner, group } = made ? after : changedAttributes(before, after);
    const whom = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
    return whom === '' ? [] : [`chown -h ${quote(whom)} ${quote(item.path)}`];
  });
}

/** A directory that nobody may write to is made so last. Five digits take set-id bits away as well, which a directory inherits. */
function permissions(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ item, before, after: { type, mode } }) =>
    type === 'directory' && mode !== undefined && (before.type !== type || before.mode !== mode)
      ? [`chmod 0${mode} ${quote(item.path)}`]
      : [],
  );
}

function effectsOf({ item, after }: Step): readonly Effect[] {
  const { type, owner, group, size = 0, linkTarget = '', mtime } = after;
  if (type === 'absent') return [];
  const mode = after.mode ?? octalMode(Number.parseInt(item.source?.mode ?? '0', 8) & ~usualUmask);
  const state = predicted(type, { mode, owner, group, size, ...(type === 'link' && { linkTarget }) });
  if (type === 'link') return [effect(statKind, { path: item.path, follow: false }, { ...state, mode: '0777' })];
  return statEffects(item.path, { ...state, ...(mtime !== undefined && { mtime }) });
}

const usualUmask = 0o022;
