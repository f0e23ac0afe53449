import type { Location, Problem } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { walkPlay } from '../plan/walk.ts';

/** Keywords that are understood and not carried out yet: said before the run, so that nobody relies on them. */
export function notYet(plan: Plan): readonly Problem[] {
  const problems: Problem[] = [];
  const warn = (at: Location, message: string) => void problems.push({ at, message, rule: 'unsupported' });
  for (const play of plan.plays) {
    const { strategy } = play.play;
    if (strategy?.value === 'debug') warn(strategy.at, 'strategy "debug" has no debugger here: the play runs linear');
    // what is written around several statements is told once
    const written = new Set([...walkPlay(play)].flatMap((statement) => statement.inherited.debugger ?? []));
    for (const { at } of written) warn(at, 'debugger is not supported: it is ignored');
  }
  return problems;
}
