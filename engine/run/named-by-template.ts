/** `action: "{{ module }} a=b"`: which module each host means, known when the task's turn has come. */
import type { PlannedTask } from '../plan/plan.ts';
import { bareModuleName } from '../playbook/arguments.ts';
import { renderValue, toText } from '../template/render.ts';
import { Unsafe } from '../template/values.ts';
import type { HostState, PlayRun } from './context.ts';
import { hostEnvironment } from './environment.ts';
import { messageOf } from './once.ts';

/** The task with its module named, and the hosts that mean it. A name that cannot be told, or is no module's, fails its hosts. */
export async function namedTasks(
  play: PlayRun,
  hosts: readonly HostState[],
  task: PlannedTask,
): Promise<readonly (readonly [PlannedTask, readonly HostState[]])[]> {
  const meant = new Map<string, HostState[]>();
  const failing: [PlannedTask, readonly HostState[]][] = [];
  const { modules } = play.run.options;
  const nameOf = async (host: HostState) => {
    const rendered = renderValue(task.module, hostEnvironment(play.run, host, play, task.lexical), task.args.at);
    const name = bareModuleName(toText(rendered).trim());
    await modules.load([name]);
    modules.get(name);
    return name;
  };
  for (const host of hosts) {
    try {
      const name = await nameOf(host);
      meant.set(name, [...(meant.get(name) ?? []), host]);
    } catch (error) {
      const values = { msg: new Unsafe(messageOf(error)) };
      failing.push([{ ...task, module: 'fail', args: { ...withoutText(task), values } }, [host]]);
    }
  }
  if (failing.length > 0) await modules.load(['fail']);
  return [...[...meant].map(([module, who]) => [{ ...task, module }, who] as const), ...failing];
}

function withoutText({ args: { at, locate, locateKey } }: PlannedTask) {
  return { at, locate, locateKey };
}
