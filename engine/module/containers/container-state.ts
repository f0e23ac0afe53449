/** What a container is, as far as a task says something about it, and what it shall be. */
import { ModuleFailure } from '../../target/failure.ts';
import { familiar, type Inspection } from '../../target/queries/docker.ts';
import type { ReadableTarget } from '../../target/target.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { containerOptions, optionsLabel } from './container-options.ts';
import { at, imageReference, inspected, plannedImage } from './docker.ts';

/** Options by their names; those nobody ever asked for are left out. */
export type Configuration = Readonly<Record<string, unknown>>;

export interface ContainerState {
  /** null where there is no container. */
  readonly configuration: Configuration | null;
  readonly running: boolean;
  /** What is asked for every time: never so beforehand. */
  readonly restarted: boolean;
  readonly recreated: boolean;
  readonly pulled: boolean;
  /** What docker says of both; never asked for. */
  readonly container: Inspection | undefined;
  readonly image: Inspection | undefined;
}

/** What docker will say of it. One that is only planned is inspected by what it was asked to be. */
export function plannedContainer(
  name: string,
  configuration: Configuration | null | undefined,
  running: boolean,
  before: Inspection | undefined,
): Inspection {
  const kept = configuration ? { Name: `/${name}`, planned: configuration } : before;
  return { ...kept, State: { Running: running, Status: running ? 'running' : 'exited' } };
}

export async function probeContainer(args: ContainerArgs, target: ReadableTarget): Promise<ContainerState> {
  const isMade = args.image !== undefined && args.state !== 'absent';
  const [container, image] = await Promise.all([
    inspected(target, 'container', args.name),
    isMade ? inspected(target, 'image', imageReference(args.image)) : undefined,
  ]);
  return {
    configuration: container === undefined ? null : actual(args, container),
    running: at(container, 'State', 'Running') === true,
    restarted: false,
    recreated: false,
    pulled: false,
    container,
    image,
  };
}

/** @throws ModuleFailure where the image is missing and must not be pulled, or an option makes no sense. */
export function wantedOfContainer(args: ContainerArgs, state: ContainerState): Partial<ContainerState> {
  if (args.state === 'absent') return { configuration: null };
  if (args.image === undefined) refuseHalves(args, state);
  else if (state.image === undefined && args.pull === 'never')
    throw new ModuleFailure(`there is no image ${imageReference(args.image)} on the host, and pull is never`);
  const exists = state.container !== undefined;
  return {
    configuration: wanted(args, state.image),
    ...(args.state !== 'present' && { running: args.state === 'started' }),
    ...(args.recreate && exists && { recreated: true }),
    ...(args.restart && args.state === 'started' && state.running && { restarted: true }),
    ...(args.pull === 'always' && args.image !== undefined && { pulled: true }),
  };
}

/** Without its image a container can be started and stopped, but not made. */
function refuseHalves(args: ContainerArgs, { container }: ContainerState): void {
  if (container === undefined)
    throw new ModuleFailure(`there is no container ${args.name}: \`image\` says what to make it of`);
  const [option] = askedFor({ ...args, image: '', stop_timeout: undefined });
  if (option !== undefined || args.recreate)
    throw new ModuleFailure(
      `${option ?? 'recreate'} may mean to make ${args.name} anew: that needs \`image\`, and all else it shall be`,
    );
}

/** The names of the options that a task asks for, sorted; a task that does not name the image asks for none. */
export function askedFor(args: ContainerArgs): readonly string[] {
  if (args.image === undefined) return [];
  return Object.keys(containerOptions)
    .filter((name) => containerOptions[name]!.wanted(args, undefined) !== undefined)
    .sort();
}

function wanted(args: ContainerArgs, image: Inspection | undefined): Configuration {
  const entries = askedFor(args).map((name) => [name, containerOptions[name]!.wanted(args, image)] as const);
  return { ...(args.image !== undefined && imageShown(args.image, image)), ...Object.fromEntries(entries) };
}

function actual(args: ContainerArgs, container: Inspection): Configuration {
  if (args.image === undefined) return {};
  const planned = at(container, 'planned') as Configuration | undefined;
  if (planned !== undefined) return planned;
  const before = String(at(container, 'Config', 'Labels', optionsLabel) ?? '').split(',');
  const names = new Set([...askedFor(args), ...before.filter((name) => Object.hasOwn(containerOptions, name))]);
  const entries = [...names].sort().map((name) => [name, containerOptions[name]!.actual(container, args)] as const);
  const image = String(at(container, 'Config', 'Image') ?? '');
  return {
    ...imageShown(image, { Id: at(container, 'Image') }),
    ...Object.fromEntries(entries),
  };
}

/** An image by its name and by what the name stands for. */
function imageShown(name: string, image: Inspection = plannedImage): Configuration {
  const id = String(at(image, 'Id')).replace(/^sha256:(.{12}).*$/, '$1');
  return { image: `${familiar(imageReference(name))} ${id}` };
}
