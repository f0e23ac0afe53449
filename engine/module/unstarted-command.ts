import { literalPattern } from '../source/literal-pattern.ts';
import type { Result } from './definition.ts';

/** What a shell says of a program that it cannot start, and the number and words that the system has for that. */
const reasons: readonly (readonly [code: number, said: string, errno: number, words: string])[] = [
  [127, '(?:command )?not found|No such file or directory', 2, 'No such file or directory'],
  [126, 'Permission denied', 13, 'Permission denied'],
];

/** How a shell begins what it says: with its own name, or that of the script it runs, which with `async` is a job's. */
const speaker = '\\S*sh|.*/j[\\d.-]+/script';

/**
 * The result of a command whose program could not be started, as the system puts it: `rc` is 2 where there is none, 13 where it
 * must not be run, and nothing has changed. A program that ran, and ended with the shell's 126 or 127 itself, keeps its result.
 */
export function asUnstarted(result: Result, program: string): Result {
  const { rc, stdout, stderr } = result;
  const reason = reasons.find(
    ([code, said]) =>
      rc === code &&
      stdout === '' &&
      typeof stderr === 'string' &&
      new RegExp(`^(?:${speaker}): (?:[\\w ]+: )*${literalPattern(program)}: (?:${said})$`).test(stderr),
  );
  if (!reason) return result;
  const [, , errno, words] = reason;
  return {
    ...result,
    changed: false,
    rc: errno,
    stderr: '',
    stderr_lines: [],
    msg: `[Errno ${errno}] ${words}: ${program}`,
  };
}
