/** `test` and `[`: commands that do nothing but look, so that they can be asked as questions are. */
import { commandScript } from '../command-script.ts';
import { domains, type QueryKind } from '../query.ts';
import type { Command } from '../target.ts';

export interface Tested {
  readonly code: number;
  /** All it ever writes are complaints. */
  readonly stderr: Buffer;
}

/** Whether a command is a plain `test` or `[`. With an environment, folder or stdin of its own it is run like any other. */
export function isTest(command: Pick<Command, 'argv'>): boolean {
  const own = Object.keys(command).filter((name) => command[name as 'argv'] !== undefined);
  const [program] = command.argv ?? [];
  return own.every((name) => name === 'argv') && (program === 'test' || program === '[');
}

/** What a test says, by its words. Whatever changes on the host may change it. */
export const testKind: QueryKind<readonly string[], Tested> = {
  name: 'test',
  domains,
  id: (argv) => JSON.stringify(argv),
  script: (asked) =>
    asked.map((argv) => `(\n${commandScript({ argv })}\n) </dev/null 2>&1; printf '\\036%s\\036' $?`).join('\n'),
  parse(stdout, asked) {
    const parts = stdout.toString('latin1').split('\x1e');
    return asked.map((_, index) => ({
      code: Number(parts[2 * index + 1]),
      stderr: Buffer.from(parts[2 * index] ?? '', 'latin1'),
    }));
  },
};
