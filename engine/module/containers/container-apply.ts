/** Moves a container to where a task wants it. */
import { absent, dockerKinds } from '../../target/queries/docker.ts';
import { effect } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import type { Mutation, Target } from '../../target/target.ts';
import type { Change, Result } from '../definition.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { environmentFile } from './container-options.ts';
import { runToEnd } from './container-run.ts';
import { awaitingHealth, creation, docker, removal, replacement, stopping } from './container-script.ts';
import { type ContainerState, plannedContainer, withEnvironment } from './container-state.ts';
import { imageReference, inspected, plannedImage } from './docker.ts';
import { atRegistry } from './registry.ts';

export async function applyContainer(
  given: ContainerArgs,
  state: ContainerState,
  change: Change<ContainerState>,
  target: Target,
): Promise<Result> {
  const args = withEnvironment(given, state.envFile);
  const { name } = args;
  if (change.configuration?.after === null) {
    await target.mutate({
      summary: `docker rm ${name}`,
      script: `${stopping(args, state)}\n${removal(args, name)}`,
      effects: [effect(dockerKinds.container, name, absent)],
    });
    return {};
  }
  const looks = args.image !== undefined && (change.pulled || state.image === undefined);
  const isNewer = looks && (await pull(args, state, target));
  const isRun = !args.detach && args.state === 'started' && begins(change, isNewer);
  const mutation = mutationOf(
    args,
    state,
    isRun ? { ...change, running: { before: false, after: false } } : change,
    isNewer,
  );
  if (mutation !== undefined) await target.mutate(mutation);
  if (isRun) return runToEnd(args, change.configuration?.after, state, target);
  const runs = change.running?.after ?? state.running;
  const paused = args.paused === true && runs && (mutation !== undefined || change.paused !== undefined);
  const follows = [
    ...(args.state === 'healthy' ? [awaitingHealth(args)] : []),
    ...(paused
      ? [docker('pause', name)]
      : change.paused?.after === false && mutation === undefined
        ? [docker('unpause', name)]
        : []),
  ];
  if (follows.length > 0) {
    const configuration = change.configuration?.after ?? state.configuration;
    const more = { Paused: args.paused === true, ...(args.state === 'healthy' && { Health: { Status: 'healthy' } }) };
    const value = plannedContainer(name, configuration, true, state.container, more);
    await target.mutate({
      summary: `docker ${paused ? 'pause' : change.paused === undefined ? 'wait for' : 'unpause'} ${name}`,
      script: follows.join('\n'),
      effects: [effect(dockerKinds.container, name, { state: 'present', value })],
      touches: ['containers'],
    });
  }
  return mutation === undefined && change.paused === undefined ? { changed: false } : {};
}

/** Something starts that does not run, or not so. */
const begins = ({ running, configuration, recreated }: Change<ContainerState>, isNewer: boolean): boolean =>
  running?.after === true || configuration !== undefined || recreated !== undefined || isNewer;

function mutationOf(
  args: ContainerArgs,
  state: ContainerState,
  change: Change<ContainerState>,
  isNewer: boolean,
): Mutation | undefined {
  const { name } = args;
  // One that is only asked to be there goes on running.
  const runs = change.running?.after ?? state.running;
  const value = plannedContainer(name, change.configuration?.after, runs, state.container);
  const effects = [effect(dockerKinds.container, name, { state: 'present', value })];
  const act = (verb: string, script: string) => ({ summary: `docker ${verb} ${name}`, script, effects });
  if (state.container === undefined) {
    const script = `${creation(args, name)}${runs ? `\n${docker('start', name)}` : ''}`;
    return { ...act('create', script), stdin: environmentFile(args) };
  }
  if (change.configuration || change.recreated || isNewer)
    return { ...act('recreate', replacement(args, state, runs)), stdin: environmentFile(args) };
  if (change.running && runs === state.running) return undefined;
  if (change.running) return runs ? act('start', docker('start', name)) : act('stop', stopping(args, state));
  return change.restarted && act('restart', docker('restart', name));
}

/** True when the name stands for another image than before. */
async function pull(args: ContainerArgs, { image }: ContainerState, target: Target): Promise<boolean> {
  const reference = imageReference(args.image ?? '');
  const foreseen = args.pull_check_mode_behavior === 'always' ? plannedImage : (image ?? plannedImage);
  await target.mutate({
    summary: `docker pull ${reference}`,
    script: atRegistry(`docker pull -q ${quote(reference)}`, reference),
    effects: [effect(dockerKinds.image, reference, { state: 'present', value: foreseen })],
    touches: ['containers'],
  });
  return (await inspected(target, 'image', reference))?.['Id'] !== image?.['Id'];
}
