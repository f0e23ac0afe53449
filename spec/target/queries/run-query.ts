import { execFileSync } from 'node:child_process';
import type { QueryKind } from '../../../engine/target/query.ts';

/** Asks the machine that runs the specs, by the shells that hosts have. */
export function askHere<K, V>(
  kind: QueryKind<K, V>,
  keys: readonly K[],
  shell: readonly string[] = ['/bin/sh'],
): readonly V[] {
  const [program, ...options] = shell as [string, ...string[]];
  const stdout = execFileSync(program, [...options, '-c', kind.script(keys)], { maxBuffer: 1 << 26 });
  return kind.parse(stdout, keys);
}

/** The shells of this machine that a host may have as /bin/sh. */
export const shells: readonly (readonly string[])[] = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([name]) => {
    try {
      execFileSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  },
);
