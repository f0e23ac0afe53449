/** What a container is, as far as a task says something about it, and what it shall be. */
import { ModuleFailure } from '../../target/failure.ts';
import { familiar, type Inspection } from '../../target/queries/docker.ts';
import type { ReadableTarget } from '../../target/target.ts';
import { isPlain } from '../convert.ts';
import { refuseElsewhere } from './access.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { containerOptions, optionsLabel } from './container-options.ts';
import { at, imageReference, inspected, plannedImage } from './docker.ts';
import { mapOf, pairs } from './option-kinds.ts';

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
  readonly paused: boolean;
  /** What docker's own checks say of it; undefined where it has none. */
  readonly healthy: boolean;
  /** What `env_file` holds. */
  readonly envFile: Readonly<Record<string, string>> | undefined;
  /** What docker says of both; never asked for. */
  readonly container: Inspection | undefined;
  readonly image: Inspection | undefined;
  /** The image that the container is compared by. */
  readonly base: Inspection | undefined;
}

/** What docker will say of it. One that is only planned is inspected by what it was asked to be. */
export function plannedContainer(
  name: string,
  configuration: Configuration | null | undefined,
  running: boolean,
  before: Inspection | undefined,
  more: Readonly<Record<string, unknown>> = {},
): Inspection {
  const kept = configuration ? { Name: `/${name}`, planned: configuration } : before;
  return { ...kept, State: { Running: running, Status: running ? 'running' : 'exited', ...more } };
}

export async function probeContainer(args: ContainerArgs, target: ReadableTarget): Promise<ContainerState> {
  const isMade = args.image !== undefined && args.state !== 'absent';
  refuseElsewhere(args);
  if (!args.networks_cli_compatible && (args.networks ?? []).length > 0)
    throw new ModuleFailure(
      'networks_cli_compatible: false adds the default network to those that are named: name it in networks',
    );
  if (!args.detach && (args.state === 'healthy' || args.paused === true))
    throw new ModuleFailure('detach: false waits for the end: leave out state: healthy and paused');
  const [container, image, envFile] = await Promise.all([
    inspected(target, 'container', args.name),
    isMade ? inspected(target, 'image', imageReference(args.image)) : undefined,
    isMade && args.env_file !== undefined ? environmentIn(args.env_file, target) : undefined,
  ]);
  const current = args.image_comparison === 'current-image' ? String(at(container, 'Image') ?? '') : '';
  return {
    base: (isMade && current !== '' ? await inspected(target, 'image', current) : undefined) ?? image,
    configuration: container === undefined ? null : actual(withEnvironment(args, envFile), container),
    running: at(container, 'State', 'Running') === true,
    restarted: false,
    recreated: false,
    pulled: false,
    paused: at(container, 'State', 'Paused') === true,
    healthy: at(container, 'State', 'Health', 'Status') === 'healthy',
    envFile,
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
  refuseLabels(args, state);
  const exists = state.container !== undefined;
  const runs = args.state === 'started' || args.state === 'healthy';
  return {
    configuration: compared(args, state, wanted(withEnvironment(args, state.envFile), state)),
    ...(args.state !== 'present' && { running: runs }),
    ...(runs && args.paused !== undefined && { paused: args.paused }),
    ...(args.state === 'healthy' && { healthy: true }),
    ...(args.recreate && exists && { recreated: true }),
    ...(args.restart && runs && state.running && { restarted: true }),
    ...(args.pull === 'always' && args.image !== undefined && { pulled: true }),
  };
}

/** The task with what its `env_file` says, where `env` does not say otherwise. */
export function withEnvironment(args: ContainerArgs, envFile: ContainerState['envFile']): ContainerArgs {
  return envFile === undefined ? args : { ...args, env: { ...envFile, ...args.env } };
}

async function environmentIn(path: string, target: ReadableTarget): Promise<Readonly<Record<string, string>>> {
  const text = (await target.readFile(path))?.toString('utf8');
  if (text === undefined) throw new ModuleFailure(`env_file: there is no file ${path} on the host`);
  return pairs(text.split('\n').filter((line) => /^[^#\s=]+=/.test(line)));
}

/** What is wanted, as far as `comparisons` lets a difference count. @throws ModuleFailure for a word that is none. */
function compared(
  { comparisons = {}, image_name_mismatch: mismatch }: ContainerArgs,
  { configuration }: ContainerState,
  wanted: Configuration,
): Configuration {
  const words = ['strict', 'ignore', 'allow_more_present'];
  const wrong = Object.entries(comparisons).find(([, how]) => !words.includes(String(how)));
  if (wrong) throw new ModuleFailure(`comparisons: ${wrong[0]} is ${words.join(', ')}, not "${wrong[1]}"`);
  if (configuration === null) return wanted;
  const entries = Object.keys({ ...configuration, ...wanted }).flatMap((name) => {
    const [value, found] = [wanted[name], configuration[name]];
    const idOf = (image: unknown) => String(image).split(' ').at(-1);
    const sameImage = name === 'image' && mismatch === 'ignore' && idOf(value) === idOf(found);
    const how = sameImage ? 'ignore' : (comparisons[name] ?? (name === 'image' ? 'strict' : comparisons['*']));
    if (how === 'ignore') return found === undefined ? [] : [[name, found] as const];
    if (how === 'allow_more_present' && Array.isArray(value) && Array.isArray(found))
      return [[name, value.every((one) => found.includes(one)) ? found : value] as const];
    if (how === 'allow_more_present' && isPlain(value) && isPlain(found))
      return [[name, { ...found, ...value }] as const];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** @throws ModuleFailure for labels that the image brings along unasked, where that is said to matter. */
function refuseLabels(args: ContainerArgs, { image }: ContainerState): void {
  const { labels, comparisons = {}, image_label_mismatch: mismatch } = args;
  if (mismatch !== 'fail' || labels === undefined || (comparisons['labels'] ?? comparisons['*']) !== 'strict') return;
  const unasked = Object.keys(mapOf(at(image, 'Config', 'Labels'))).filter((name) => !Object.hasOwn(labels, name));
  if (unasked.length > 0)
    throw new ModuleFailure(
      `the image ${args.image} has labels that the task does not name: ${unasked.sort().join(', ')}; image_label_mismatch: ignore keeps them`,
    );
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

function wanted(args: ContainerArgs, { image, base }: ContainerState): Configuration {
  const entries = askedFor(args).map((name) => [name, containerOptions[name]!.wanted(args, base)] as const);
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
