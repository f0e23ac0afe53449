import { quote } from '../connection/quote.ts';
import type { Command } from './target.ts';

/** The shell text that runs a user's command: environment, folder and stdin set, nothing of it parsed by the framing shell. */
export function commandScript(command: Command): string {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(command.environment ?? {}))
    lines.push(`export ${variable(name)}=${quote(value)}`);
  if (command.chdir !== undefined) lines.push(`cd ${quote(command.chdir)} || exit 1`);
  const run = command.argv
    ? command.argv.map(quote).join(' ')
    : command.executable
      ? `${quote(command.executable)} -c ${quote(command.script ?? '')}`
      : `(\n${command.script ?? ''}\n)`;
  lines.push(command.stdin === undefined ? run : `${run} <<'${endOf(command.stdin)}'\n${feed(command.stdin)}`);
  return lines.join('\n');
}

function variable(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new Error(`"${name}" cannot be the name of an environment variable`);
  return name;
}

// A here-document is private to the shell: what is fed this way appears in no process list.
function feed(stdin: Buffer | string): string {
  const text = stdin.toString();
  return `${text}${text.endsWith('\n') ? '' : '\n'}${endOf(stdin)}`;
}

function endOf(stdin: Buffer | string): string {
  let end = 'KPLAY_STDIN';
  while (stdin.includes(end)) end += '_';
  return end;
}
