/** The user's own commands: what command and shell have in common. */
import { isUtf8 } from 'node:buffer';
import { ModuleFailure } from '../target/failure.ts';
import type { Command, Completed, ReadableTarget, Target } from '../target/target.ts';
import type { ArgsLiteral } from './arguments.ts';
import type { Result } from './definition.ts';
import { isGlob, matchesSomething } from './glob.ts';

export const commandArgs = {
  chdir: { type: 'path', description: 'the directory to run it in' },
  creates: {
    type: 'path',
    description: 'a path, or a pattern with wildcards: when something is there, the command is not run',
  },
  removes: {
    type: 'path',
    description: 'a path, or a pattern with wildcards: when nothing is there, the command is not run',
  },
  stdin: { description: 'text for its standard input' },
  stdin_add_newline: { type: 'bool', default: true, description: 'end stdin with a newline' },
  strip_empty_ends: { type: 'bool', default: true, description: 'cut line ends off the end of stdout and stderr' },
} as const satisfies ArgsLiteral;

export interface CommandArgs {
  readonly chdir?: string | undefined;
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly stdin?: string | undefined;
  readonly stdin_add_newline: boolean;
  readonly strip_empty_ends: boolean;
}

export const commandReturns = {
  cmd: 'what was run',
  rc: 'its exit code; 128 and more for a signal; of a command without a shell 2 where the program is not there',
  stdout: 'what it printed, and stdout_lines the same as a list',
  stderr: 'what it complained of, and stderr_lines the same as a list',
  start: 'when it began, in UTC',
  end: 'when it ended',
  delta: 'how long it took',
  msg: 'why it failed, or was not run',
} as const;

/** Runs a command unless `creates` or `removes` settles it. Failing is a result. */
export async function runCommand(
  target: Target,
  args: CommandArgs,
  cmd: string | readonly string[],
  command: Command,
): Promise<Result> {
  const reason = await settledBy(args, target);
  if (reason !== undefined) {
    const stdout = `skipped, since ${reason}`;
    return {
      changed: false,
      rc: 0,
      cmd,
      stdout,
      stdout_lines: [stdout],
      stderr: '',
      stderr_lines: [],
      ...{ start: null, end: null, delta: null },
      msg: `Did not run command since ${reason}`,
    };
  }
  const { stdin, stdin_add_newline: newline, chdir } = args;
  const input = stdin !== undefined && newline && !stdin.endsWith('\n') ? `${stdin}\n` : stdin;
  return commandResult(
    cmd,
    await target.run({ ...command, chdir, stdin: input, ...promised(args) }),
    args.strip_empty_ends,
  );
}

async function settledBy(
  { creates, removes, chdir }: CommandArgs,
  target: ReadableTarget,
): Promise<string | undefined> {
  const [made, left] = await Promise.all([
    creates === undefined ? false : matchesSomething(target, creates, chdir),
    removes === undefined ? true : matchesSomething(target, removes, chdir),
  ]);
  if (made) return `'${creates}' exists`;
  return left ? undefined : `'${removes}' does not exist`;
}

/** What a finished command came to, in Ansible's words. */
export function commandResult(cmd: string | readonly string[], completed: Completed, strip: boolean): Result {
  const { code, start, end, seconds } = completed;
  const [stdout, stderr] = [text(completed.stdout, strip), text(completed.stderr, strip)];
  const warnings = [
    completed.truncated && 'the output was too long and is cut in the middle',
    !isUtf8(completed.stdout) && 'stdout is not UTF-8: its bytes are in stdout_base64',
  ].filter((warning) => typeof warning === 'string');
  return {
    changed: true,
    cmd,
    rc: code,
    stdout,
    stdout_lines: lines(stdout),
    stderr,
    stderr_lines: lines(stderr),
    start: stamp(start),
    end: stamp(end),
    delta: duration(seconds),
    ...(!isUtf8(completed.stdout) && { stdout_base64: completed.stdout.toString('base64') }),
    ...(warnings.length > 0 && { warnings }),
    ...((code !== 0 || completed.timedOut) && { failed: true, msg: failureText(completed) }),
    ...(code === 0 && !completed.timedOut && { msg: '' }),
  };
}

function text(output: Buffer, strip: boolean): string {
  const whole = output.toString('utf8');
  return strip ? whole.replace(/[\r\n]+$/, '') : whole;
}

/** The lines of an output, as results list them. */
export function lines(output: string): readonly string[] {
  if (output === '') return [];
  return output.replace(/\r?\n$/, '').split(/\r\n|\n|\r/);
}

// signal(7), the numbers all of Linux's common architectures share.
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

function failureText({ code, timedOut }: Completed): string {
  if (timedOut) return 'timed out';
  const signal = signals[code - 128];
  if (signal === undefined) return 'non-zero return code';
  return `killed by ${signal}${signal === 'SIGKILL' ? ' (when memory ran out, dmesg on the host says so)' : ''}`;
}

/** `2024-01-01 10:00:00.123000` */
function stamp(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d{3})Z$/, '$1000');
}

/** `0:00:01.500000`, as Python prints a duration. */
function duration(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  // Rounded as a whole, so that 1.9999999 carries into the seconds.
  const micros = Math.round(seconds * 1e6);
  const whole = Math.floor(micros / 1e6);
  const micro = String(micros % 1e6).padStart(6, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${micro}`;
}

/** @throws ModuleFailure when there is nothing to run. */
export function needed<T extends { readonly length: number }>(command: T | undefined): T {
  if (command === undefined || command.length === 0) throw new ModuleFailure('no command given');
  return command;
}

/** `creates` and `removes` that name one path: what will be so afterwards. */
function promised({ creates, removes }: CommandArgs): Pick<Command, 'makes' | 'takesAway'> {
  return {
    ...(creates !== undefined && !isGlob(creates) && { makes: creates }),
    ...(removes !== undefined && !isGlob(removes) && { takesAway: removes }),
  };
}
