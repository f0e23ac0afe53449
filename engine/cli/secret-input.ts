import { readFileSync } from 'node:fs';
import { exitCodes, KplayError } from '../errors.ts';

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** Asks on the terminal without an echo. Throws KplayError where nobody can be asked. */
export async function askSecret(question: string, { input, output }: Terminal, mayAsk: boolean): Promise<string> {
  if (!mayAsk || !input.isTTY) {
    throw new KplayError(
      [
        {
          message: `cannot ask for "${question}": this is no terminal`,
          hint: 'give the password by a file, or run without --no-input',
        },
      ],
      { exitCode: exitCodes.usage },
    );
  }
  output.write(`${question}: `);
  input.setRawMode(true);
  input.resume();
  let typed = '';
  try {
    for await (const chunk of input) {
      for (const char of String(chunk)) {
        if (char === '\r' || char === '\n') return typed;
        if (char === '\u0003') throw new KplayError([{ message: 'interrupted' }], { exitCode: exitCodes.interrupted });
        typed = char === '\u007f' ? typed.slice(0, -1) : typed + char;
      }
    }
    return typed;
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

/** The first line of a password file. */
export function readPasswordFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/)[0] ?? '';
  } catch (error) {
    throw new KplayError([{ message: `cannot read the password file ${path}: ${(error as Error).message}` }], {
      cause: error,
      exitCode: exitCodes.usage,
    });
  }
}
