/** `--step`: a person says of each task whether it is run. */
import { exitCodes, KplayError } from '../errors.ts';
import type { CliOptions } from './options.ts';
import { ask, type Terminal } from './secret-input.ts';

/** Asks of a task: `y` runs it, `n` leaves it out, `c` runs it and all that follow. Throws KplayError at once where nobody can be asked. */
export function steps(
  { input }: Pick<CliOptions, 'input'>,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): (task: string) => Promise<boolean> {
  if (!input || !terminal.input.isTTY)
    throw new KplayError([{ message: '--step asks before each task, and this is no terminal' }], {
      exitCode: exitCodes.usage,
    });
  let goOn = false;
  // tasks of hosts on their own may come at the same time: one question after the other
  let before: Promise<unknown> = Promise.resolve();
  const decide = async (task: string): Promise<boolean> => {
    if (goOn) return true;
    const answer = await ask(`Perform task: ${task} (N)o/(y)es/(c)ontinue`, terminal, { mayAsk: input, echo: true });
    goOn = /^c/i.test(answer.trim());
    return goOn || /^y/i.test(answer.trim());
  };
  return (task) => {
    const asked = before.then(() => decide(task));
    before = asked.catch(() => {});
    return asked;
  };
}
