import { renderValue } from '../template/render.ts';
import type { PlayRun } from './context.ts';
import { hostEnvironment } from './environment.ts';

/** `max_fail_percentage`: the percentage, when more of the batch than that is gone or lost; undefined when the play may go on. */
export function exceededMaxFail(play: PlayRun): number | undefined {
  const written = play.variables.play.play.maxFailPercentage;
  if (written === undefined) return undefined;
  const most = Number(renderValue(written.value, hostEnvironment(play.run, play.batch[0]!, play), written.at));
  const failed = play.batch.filter((host) => host.gone !== undefined || play.lost.has(host)).length;
  return (failed / play.batch.length) * 100 > most ? most : undefined;
}
