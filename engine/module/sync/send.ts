/** Brings the places of a transfer from what is to what should be; times come last, as every change in a directory moves its own. */

import { posix } from 'node:path';
import { octalMode } from '../../target/octal-mode.ts';
import type { Attributes, Target } from '../../target/target.ts';
import { changedAttributes } from '../attributes.ts';
import { byTheHandful, smallContent } from '../handful.ts';
import { finish } from './finish.ts';
import type { Item } from './items.ts';
import type { Place } from './place.ts';
import type { Source } from './source.ts';
import type { Wishes } from './wishes.ts';

/** A place of the transfer, with what is there and what should be; the two are equal where nothing is to be done. */
export interface Step {
  readonly item: Item;
  readonly before: Place;
  readonly after: Place;
}

export interface Sending {
  /** Where it goes. */
  readonly target: Target;
  readonly from: Source;
  readonly wishes: Wishes;
}

/** Does the steps in `changed`; `all` is the whole transfer. */
export async function send(changed: readonly Step[], all: readonly Step[], sending: Sending): Promise<void> {
  const { target } = sending;
  const removed = changed.filter(({ after }) => after.type === 'absent');
  const sent = changed.filter(({ after }) => after.type !== 'absent');
  const inTheWay = sent.filter(({ before, after }) => before.type !== 'absent' && before.type !== after.type);
  const isLarge = ({ after }: Step) => (after.size ?? 0) > smallContent;
  await byTheHandful(inTheWay, never, ({ item }) => target.remove(item.path));
  await byTheHandful(sent, isLarge, (step) => place(step, sending));
  await byTheHandful(outermost(removed, inTheWay), never, ({ item }) => target.remove(item.path));
  await finish(changed, all, sending);
}

const never = () => false;

/** Without those that go with another one. */
function outermost(removed: readonly Step[], gone: readonly Step[]): readonly Step[] {
  const paths = new Set([...removed, ...gone].map(({ item }) => item.path));
  return removed.filter(({ item }) => {
    for (let at = posix.dirname(item.path); at !== '/' && at !== '.'; at = posix.dirname(at))
      if (paths.has(at)) return false;
    return true;
  });
}

/** True where the content has to travel. */
export function isRewritten({ before, after }: Pick<Step, 'before' | 'after'>): boolean {
  const same = before.type === 'file' && before.size === after.size && before.checksum === after.checksum;
  return after.type === 'file' && !same;
}

async function place({ item, before, after }: Step, { target, from }: Sending): Promise<void> {
  const { path, source } = item;
  const fresh = before.type !== after.type;
  const mode = after.mode ?? (fresh && source ? underUmask(source.mode) : undefined);
  if (after.type === 'link') {
    if (fresh || before.linkTarget !== after.linkTarget)
      await target.makeLink(path, after.linkTarget ?? '', 'symbolic');
  } else if (source !== undefined && isRewritten({ before, after })) {
    const content = await from.content(source);
    await target.writeFile(path, content, defined({ mode, owner: after.owner, group: after.group }));
  } else if (fresh) {
    const meanwhile = after.mode === undefined ? mode : enterable(after.mode);
    await target.makeDirectory(path, defined({ mode: meanwhile, owner: after.owner, group: after.group }));
  } else {
    const asked = changedAttributes(before, after);
    if (Object.keys(asked).length > 0) await target.setAttributes(path, asked);
  }
}

/** For as long as things are put into it; what it shall be it becomes at the end. */
const enterable = (mode: string) => octalMode(Number.parseInt(mode, 8) | 0o700);

/** The permissions of the source less the umask of the host, as chmod reads them. */
function underUmask(mode: string): string {
  const bits = Number.parseInt(mode, 8);
  const missing = [...'ugo'].map((who, index) => {
    const letters = [...'rwx'].filter((_, bit) => ((bits >> (6 - 3 * index)) & (4 >> bit)) === 0).join('');
    return letters === '' ? '' : `,${who}-${letters}`;
  });
  return `=rwx${missing.join('')}`;
}

function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, one]) => one !== undefined));
}
