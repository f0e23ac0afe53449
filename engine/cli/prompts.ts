import { exitCodes, KplayError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { Positioned } from '../playbook/ast.ts';
import { type CryptOptions, cryptPassword, fewestRounds } from '../template/filters/crypt.ts';
import { Unsafe } from '../template/values.ts';
import type { CliOptions } from './options.ts';
import { ask, type Terminal } from './secret-input.ts';

/** One entry of `vars_prompt`. */
interface Prompt {
  readonly name: string;
  readonly question: string;
  readonly default: unknown;
  /** What is typed is not seen. */
  readonly private: boolean;
  /** To be typed twice. */
  readonly confirm: boolean;
  /** Makes the answer the hash that is kept instead. */
  readonly hashed: ((answer: string) => string) | undefined;
  /** The answer is never a template. */
  readonly unsafe: boolean;
}

/** Answers to every play's `vars_prompt`, asked before the run; extra vars answer in advance. */
export async function answerPrompts(
  plan: Plan,
  extraVars: Readonly<Record<string, unknown>>,
  options: Pick<CliOptions, 'input'>,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<(play: number) => Readonly<Record<string, unknown>>> {
  const plays = plan.plays.map(({ play }) => play.varsPrompt.map(readPrompt));
  const answers: Record<string, unknown>[] = [];
  for (const prompts of plays) {
    const own: Record<string, unknown> = {};
    for (const prompt of prompts) {
      if (Object.hasOwn(extraVars, prompt.name)) continue;
      const given = await answerTo(prompt, terminal, options.input);
      const kept = prompt.hashed?.(String(given)) ?? given;
      own[prompt.name] = (prompt.unsafe || prompt.hashed) && typeof kept === 'string' ? new Unsafe(kept) : kept;
    }
    answers.push(own);
  }
  return (play) => answers[play] ?? {};
}

async function answerTo(prompt: Prompt, terminal: Terminal, mayAsk: boolean): Promise<unknown> {
  if ((!mayAsk || !terminal.input.isTTY) && prompt.default !== undefined) return prompt.default;
  const how = { mayAsk, echo: !prompt.private };
  for (;;) {
    const answer = await ask(prompt.question, terminal, how);
    if (!prompt.confirm || (await ask(`confirm ${prompt.question}`, terminal, how)) === answer)
      return answer === '' ? (prompt.default ?? '') : answer;
    terminal.output.write('The two answers differ: once more.\n');
  }
}

/** Throws KplayError where the answer could not be hashed as it is asked to be. */
function readPrompt({ value, at }: Positioned<Readonly<Record<string, unknown>>>): Prompt {
  const name = String(value['name']);
  const fallback = value['default'] ?? undefined;
  const silent = isYes(value['private'], true);
  const shown = silent || fallback === undefined ? '' : ` [${String(fallback)}]`;
  const { encrypt, salt, salt_size: saltSize } = value;
  const scheme = String(encrypt).replace(/_crypt$/, '');
  const hashed = (answer: string, more: CryptOptions = {}) =>
    cryptPassword(answer, scheme, {
      salt: salt == null ? undefined : String(salt),
      saltSize: saltSize == null ? undefined : Number(saltSize),
      ...more,
    });
  if (encrypt != null) refuseUnless(() => hashed('', { rounds: fewestRounds(scheme) }), at, name);
  return {
    name,
    question: `${String(value['prompt'] ?? name)}${shown}`,
    default: fallback,
    private: silent,
    confirm: isYes(value['confirm'], false),
    hashed: encrypt == null ? undefined : hashed,
    unsafe: isYes(value['unsafe'], false),
  };
}

function refuseUnless(works: () => unknown, at: Positioned['at'], name: string): void {
  try {
    works();
  } catch (error) {
    const message = `The answer to "${name}" cannot be encrypted: ${(error as Error).message}.`;
    throw new KplayError([{ message, at }], { cause: error, exitCode: exitCodes.usage });
  }
}

const isYes = (value: unknown, otherwise: boolean): boolean =>
  value == null ? otherwise : /^(true|yes|on|y|t|1)$/i.test(String(value));
