/** How hosts of a batch move: in step, or each on its own. */
import { type Gate, gate } from '../connection/gate.ts';

/** Lets the work of one host at a task begin when its turn has come. */
export type Pace = (task: object, throttle: number) => Gate;

/** In step it is the task that limits how many hosts are at work. */
export const inStep: Pace = () => (work) => work();

/** Hosts on their own: at most `forks` tasks at the same time, and of a throttled task no more than it says. */
export function onTheirOwn(forks: number): Pace {
  const all = gate(forks);
  const throttled = new Map<object, Gate>();
  return (task, throttle) => {
    if (throttle <= 0) return all;
    const few = throttled.get(task) ?? gate(throttle);
    throttled.set(task, few);
    return (work) => few(() => all(work));
  };
}
