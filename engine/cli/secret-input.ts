import { readFileSync } from 'node:fs';
import { exitCodes, KplayError } from '../errors.ts';

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** Asks on the terminal without an echo. Throws KplayError where nobody can be asked. */
export const askSecret = (question: string, terminal: Terminal, mayAsk: boolean): Promise<string> =>
  ask(question, terminal, { mayAsk, echo: false });

/** Asks on the terminal; with `echo`, what is typed is seen. Throws KplayError where nobody can be asked. */
export async function ask(
  question: string,
  { input, output }: Terminal,
  { mayAsk, echo }: { readonly mayAsk: boolean; readonly echo: boolean },
): Promise<string> {
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
  if (!echo) input.setRawMode(true);
  input.resume();
  let typed = '';
  try {
    // the terminal stays open for the next question, which may have been answered ahead
    for await (const chunk of input.iterator({ destroyOnReturn: false })) {
      const chars = [...String(chunk)];
      for (const [index, char] of chars.entries()) {
        if (char === '\r' || char === '\n') {
          const ahead = chars.slice(index + 1).join('');
          if (ahead !== '') input.unshift(Buffer.from(ahead));
          return typed;
        }
        if (char === '\u0003') throw new KplayError([{ message: 'interrupted' }], { exitCode: exitCodes.interrupted });
        typed = char === '\u007f' ? typed.slice(0, -1) : typed + char;
      }
    }
    return typed;
  } finally {
    if (!echo) {
      input.setRawMode(false);
      output.write('\n');
    }
    input.pause();
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
