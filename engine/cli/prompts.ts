import type { Plan } from '../plan/plan.ts';
import type { CliOptions } from './options.ts';
import { askSecret } from './secret-input.ts';

/** Answers to every play's `vars_prompt`, asked before the run; extra vars answer in advance. */
export async function answerPrompts(
  plan: Plan,
  extraVars: Readonly<Record<string, unknown>>,
  options: CliOptions,
): Promise<(play: number) => Readonly<Record<string, unknown>>> {
  const answers: Record<string, unknown>[] = [];
  for (const { play } of plan.plays) {
    const own: Record<string, unknown> = {};
    for (const { value } of play.varsPrompt) {
      const name = String(value['name']);
      if (Object.hasOwn(extraVars, name)) continue;
      const silent = !options.input || !process.stdin.isTTY;
      if (silent && value['default'] !== undefined) own[name] = value['default'];
      else
        own[name] =
          (await askSecret(
            String(value['prompt'] ?? name),
            { input: process.stdin, output: process.stderr },
            options.input,
          )) ||
          (value['default'] ?? '');
    }
    answers.push(own);
  }
  return (play) => answers[play] ?? {};
}
