/** Packages of Alpine, for `package`. */
import {
  bringer,
  satisfies,
  type Versions,
  versionEffects,
  wishes,
  wouldBeInstalled,
} from '../../target/packages/names.ts';
import { quote } from '../../target/quote.ts';
import type { ReadableTarget, Target } from '../../target/target.ts';
import type { Result } from '../definition.ts';

export interface ApkWish {
  readonly names: readonly string[];
  readonly state: 'present' | 'latest' | 'absent';
  readonly updateCache: boolean;
}

export async function probeApk(wish: ApkWish, target: ReadableTarget): Promise<{ readonly packages: Versions }> {
  const names = wishes(wish.names).map((one) => one.name);
  const installed = await target.packages(names);
  return { packages: Object.fromEntries(names.map((name) => [name, installed.get(name) ?? null])) };
}

/** What is latest only apk's index knows: an installed package is asked for as it is. */
export function wantedOfApk(wish: ApkWish, packages: Versions): Versions {
  const entries = wishes(wish.names).map((one): [string, string | null] => {
    const installed = packages[one.name] ?? null;
    if (wish.state === 'absent') return [one.name, null];
    return [one.name, satisfies(one, installed) ? installed : (one.version ?? wouldBeInstalled)];
  });
  return Object.fromEntries(entries);
}

export async function applyApk(wish: ApkWish, before: Versions, after: Versions, target: Target): Promise<Result> {
  const moved = wishes(wish.names).filter((one) => before[one.name] !== after[one.name]);
  const names = moved.map((one) => one.name);
  const update = wish.updateCache || wish.state === 'latest' ? 'apk update -q && ' : '';
  const words = moved.map((one) => quote(one.text)).join(' ');
  const absent = wish.state === 'absent';
  const completed = await target.mutate({
    summary: `apk ${absent ? 'del' : 'add'} ${names.join(' ')}`,
    script: absent ? `apk del ${words}` : `${update}apk add${wish.state === 'latest' ? ' -u' : ''} --wait 60 ${words}`,
    effects: versionEffects(Object.fromEntries(names.map((name) => [name, after[name] ?? null]))),
    ...(absent ? {} : { brings: bringer(names) }),
  });
  return { stdout: completed.stdout.toString(), stderr: completed.stderr.toString() };
}
