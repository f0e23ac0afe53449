import { ModuleFailure } from '../target/failure.ts';

/** What a task asks for that its module does not do: whether it does, and what it is, with what to do instead. */
type Refusal = readonly [asked: boolean, what: string];

/** @throws ModuleFailure naming all that is asked for and not done. */
export function refuse(module: string, refusals: readonly Refusal[]): void {
  const found = refusals.flatMap(([asked, what]) => (asked ? [what] : []));
  if (found.length > 0) throw new ModuleFailure(`${module} does not know ${found.join('; ')}`);
}
