/** Modification and access times of files. */

import { literalPattern } from '../source/literal-pattern.ts';
import { statEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { quote } from '../target/quote.ts';
import type { Target } from '../target/target.ts';

/**
 * The time a word asks for, in seconds since the epoch: undefined for `preserve`. `format` is strftime's, in the controller's
 * local time.
 * @throws ModuleFailure when the text is not of that format.
 */
export function timeWanted(word: string, format: string): number | 'now' | undefined {
  if (word === 'preserve') return undefined;
  if (word === 'now') return 'now';
  const names: string[] = [];
  const pattern = literalPattern(format).replace(/%([YmdHMS])/g, (_, name: string) => {
    names.push(name);
    return name === 'Y' ? '(\\d{4})' : '(\\d{2})';
  });
  const found = new RegExp(`^${pattern}$`).exec(word);
  if (!found) throw new ModuleFailure(`the time "${word}" is not of the format ${format}`);
  const part = (name: string, unlessGiven: number) => Number(found[names.indexOf(name) + 1] ?? unlessGiven);
  const date = new Date(part('Y', 1970), part('m', 1) - 1, part('d', 1), part('H', 0), part('M', 0), part('S', 0));
  return Math.floor(date.getTime() / 1000);
}

export interface Times {
  readonly modification_time?: number | 'now';
  readonly access_time?: number | 'now';
}

/** Sets the times given, in one script. */
export async function setTimes(target: Target, path: string, { modification_time, access_time }: Times): Promise<void> {
  const before = await target.stat(path, { follow: true });
  const now = Math.floor(Date.now() / 1000);
  const seconds = (time: number | 'now') => (time === 'now' ? now : time);
  const mtime = modification_time === undefined ? {} : { mtime: seconds(modification_time) };
  const atime = access_time === undefined ? {} : { atime: seconds(access_time) };
  const lines = [touch('-m', modification_time, path), touch('-a', access_time, path)];
  await target.mutate({
    summary: `touch ${path}`,
    script: lines.filter(Boolean).join(' && '),
    touches: ['files'],
    effects: before.exists ? statEffects(path, { ...before, ...mtime, ...atime }) : [],
  });
}

function touch(which: '-m' | '-a', time: number | 'now' | undefined, path: string): string {
  if (time === undefined) return '';
  if (time === 'now') return `touch -c ${which} -- ${quote(path)}`;
  return `TZ=UTC0 touch -c ${which} -t ${touchStamp(time)} -- ${quote(path)}`;
}

/** Seconds since the epoch as `touch -t` reads them in UTC. */
export function touchStamp(time: number): string {
  const digits = new Date(time * 1000).toISOString().replace(/[-T:Z]/g, '');
  return digits.replace(/(\d{2})\.\d+$/, '.$1');
}
