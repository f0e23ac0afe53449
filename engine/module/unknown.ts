/** Reading on where something is not known yet. */
import { UnknownState } from '../target/failure.ts';
import { Unknown } from '../template/values.ts';

/** The answer, or the unknown that stands for it; for a probe that can tell what is needed without it. */
export async function orUnknown<T>(answer: Promise<T>): Promise<T | Unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UnknownState) return new Unknown(error.reason);
    throw error;
  }
}
