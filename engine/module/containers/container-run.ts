/** A container that is run to its end: `detach: false`. */
import { ModuleFailure } from '../../target/failure.ts';
import { absent, dockerKinds } from '../../target/queries/docker.ts';
import { effect } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import type { Target } from '../../target/target.ts';
import type { Result } from '../definition.ts';
import { isUnknown, Unknown } from '../values.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { docker } from './container-script.ts';
import { containerResult } from './container-shown.ts';
import { type Configuration, type ContainerState, plannedContainer } from './container-state.ts';
import { inspected } from './docker.ts';

/** True for what {@link runToEnd} tells: a status that is a number, or will be. */
export const isOfRun = ({ status }: Result): boolean => typeof status === 'number' || isUnknown(status);

/** Starts it, waits, and tells what it printed. @throws ModuleFailure where it ends with another status than 0. */
export async function runToEnd(
  { name, cleanup }: ContainerArgs,
  configuration: Configuration | null | undefined,
  state: ContainerState,
  target: Target,
): Promise<Result> {
  const value = plannedContainer(name, configuration ?? state.configuration, false, state.container);
  const { stdout } = await target.mutate({
    summary: `docker start --attach ${name}`,
    script: [
      `docker start --attach ${quote(name)} 2>&1 </dev/null; s=$?`,
      cleanup ? docker('rm', '-f', name) : ':',
      `printf '\\n%s' $s`,
    ].join('\n'),
    effects: [effect(dockerKinds.container, name, cleanup ? absent : { state: 'present', value })],
  });
  const [, output = '', code] = /^([\s\S]*)\n(\d+)$/.exec(stdout.toString('utf8')) ?? [];
  if (code === undefined) {
    const unknown = new Unknown(`the container ${name} is not run before the run`);
    return { container: unknown, status: unknown };
  }
  const found = containerResult(await inspected(target, 'container', name))['container'];
  const result = { container: { ...(found as object | undefined), Output: output }, status: Number(code) };
  if (code === '0') return result;
  throw new ModuleFailure(output.trim() || `container ${name} ended with status ${code}`, result);
}
