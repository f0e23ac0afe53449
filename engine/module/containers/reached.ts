/** What a container runtime answers, and what may be said where it does not. */
import { ModuleFailure, UnknownState } from '../../target/failure.ts';
import type { Answered } from '../../target/queries/docker.ts';
import type { ReadableTarget } from '../../target/target.ts';
import { orUnknown } from '../unknown.ts';
import { isUnknown } from '../values.ts';

/**
 * The object, `undefined` where there is none. A runtime whose package is still to come has nothing yet.
 * @throws ModuleFailure when the runtime is missing or does not run; UnknownState when it is only being started.
 */
export async function reached<T>(answer: Answered<T>, unit: string, target: ReadableTarget): Promise<T | undefined> {
  if (answer.state === 'present') return answer.value;
  if (answer.state === 'absent') return undefined;
  const { why } = answer;
  const state = await orUnknown(target.unit(unit)).catch((error: unknown) => {
    if (error instanceof ModuleFailure) return undefined; // no systemd: what the runtime says is all there is
    throw error;
  });
  if (isUnknown(state)) return undefined;
  if (state?.active === 'active') throw new UnknownState(`${unit} runs, but does not answer: ${why}`);
  throw new ModuleFailure(why);
}
