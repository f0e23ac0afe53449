/** When an object is ready: by a condition that is asked for, or by what ready means for its kind. */
import { setTimeout as pause } from 'node:timers/promises';
import { ModuleFailure } from '../../target/failure.ts';
import {
  type Access,
  identityOf,
  isAbout,
  type KubernetesObject,
  kubectlCommand,
  objectLabel,
  objectLines,
  objectsIn,
} from '../../target/queries/kubernetes.ts';
import type { Target } from '../../target/target.ts';
import { orUnknown } from '../unknown.ts';
import { isUnknown } from '../values.ts';
import type { WaitArgs } from './arguments.ts';

type Condition = NonNullable<WaitArgs['wait_condition']>;
type Status = Readonly<Record<string, unknown>>;

/** Undefined when it is ready, otherwise why not. */
export function unready(object: KubernetesObject | undefined, condition: Condition | undefined): string | undefined {
  if (object === undefined) return 'is not there';
  const status = (object['status'] ?? {}) as Status;
  if (condition) return conditionUnmet(status, condition);
  const rule = rules[object.kind];
  return rule?.(status, (object['spec'] ?? {}) as Status, Number(object.metadata['generation'] ?? 0));
}

/** Milliseconds until the second look. Each rest is half as long again as the one before, up to `wait_sleep`. */
const firstRest = 250;

/**
 * Looks again and again until nothing is waited for. `look` tells what it found and why that will not do yet.
 * @returns what was found in the end, and whether the time was over before.
 */
export async function lookUntil<Found extends { readonly waiting: readonly string[] }>(
  look: () => Promise<Found>,
  { wait_timeout: timeout, wait_sleep: sleep }: Pick<WaitArgs, 'wait_timeout' | 'wait_sleep'>,
): Promise<{ readonly found: Found; readonly isLate: boolean }> {
  const start = Date.now();
  for (let rest = firstRest; ; rest *= 1.5) {
    const found = await look();
    if (found.waiting.length === 0) return { found, isLate: false };
    const left = timeout * 1000 - (Date.now() - start);
    if (left <= 0) return { found, isLate: true };
    await pause(Math.min(rest, sleep * 1000, left));
  }
}

/**
 * Looks until all objects are ready.
 * @throws ModuleFailure with each one that is not, once the time is over.
 */
export async function awaitReady(
  objects: readonly KubernetesObject[],
  access: Access,
  args: WaitArgs,
  target: Target,
): Promise<void> {
  const { found, isLate } = await lookUntil(async () => {
    const looked = await orUnknown(look(objects, access, target));
    if (isUnknown(looked)) return { waiting: [] }; // what has not been done yet cannot be waited for
    return { waiting: typeof looked === 'string' ? [looked] : reasons(objects, looked, args.wait_condition) };
  }, args);
  if (isLate) throw new ModuleFailure(`after ${args.wait_timeout} s ${found.waiting.join('; ')}`);
}

/** The objects that are there, or why that cannot be told now: an apiserver that restarts is no reason to give up. */
async function look(objects: readonly KubernetesObject[], access: Access, target: Target) {
  const { code, stdout, stderr } = await target.observe({
    script: `${kubectlCommand(access)} --request-timeout=30s get -f - --ignore-not-found -o json`,
    stdin: objectLines(objects.map(identityOf)),
    outputLimit: 64 * 1024 * 1024,
  });
  return code === 0 ? objectsIn(stdout.toString('utf8')) : stderr.toString('utf8').trim();
}

function reasons(
  objects: readonly KubernetesObject[],
  found: readonly KubernetesObject[],
  condition: Condition | undefined,
): readonly string[] {
  return objects.flatMap((object) => {
    const why = unready(
      found.find((one) => isAbout(one, object)),
      condition,
    );
    return why === undefined ? [] : `${objectLabel(object)} ${why}`;
  });
}

function conditionUnmet(status: Status, { type, status: wanted, reason }: Condition): string | undefined {
  const conditions = (status['conditions'] ?? []) as readonly Readonly<Record<string, string>>[];
  const found = conditions.find((one) => one['type'] === type);
  const value = typeof wanted === 'boolean' ? (wanted ? 'True' : 'False') : String(wanted);
  const asked = reason === undefined ? value : `${value} (${reason})`;
  if (found?.['status'] === value && (reason === undefined || found['reason'] === reason)) return undefined;
  return found
    ? `has ${type} ${found['status']}${found['reason'] ? ` (${found['reason']})` : ''}, not ${asked}`
    : `has no condition ${type}`;
}

type Rule = (status: Status, spec: Status, generation: number) => string | undefined;

const numberIn = (status: Status, name: string): number => Number(status[name] ?? 0);
const observed = (status: Status, generation: number): boolean => numberIn(status, 'observedGeneration') >= generation;

/** Kinds of which being there is not enough. */
const rules: Readonly<Record<string, Rule>> = {
  Deployment(status, spec, generation) {
    const wanted = Number(spec['replicas'] ?? 1);
    const [available, updated] = [numberIn(status, 'availableReplicas'), numberIn(status, 'updatedReplicas')];
    const done = available >= wanted && updated >= wanted && numberIn(status, 'replicas') === wanted;
    return observed(status, generation) && done ? undefined : `has ${available} of ${wanted} replicas available`;
  },
  StatefulSet(status, spec, generation) {
    const wanted = Number(spec['replicas'] ?? 1);
    const ready = numberIn(status, 'readyReplicas');
    return observed(status, generation) && ready === wanted ? undefined : `has ${ready} of ${wanted} replicas ready`;
  },
  DaemonSet(status, _, generation) {
    const wanted = numberIn(status, 'desiredNumberScheduled');
    const [ready, updated] = [numberIn(status, 'numberReady'), numberIn(status, 'updatedNumberScheduled')];
    const done = ready >= wanted && updated >= wanted;
    return observed(status, generation) && done ? undefined : `has ${ready} of ${wanted} pods ready`;
  },
  Pod(status) {
    if (status['phase'] === 'Succeeded') return undefined;
    const containers = (status['containerStatuses'] ?? []) as readonly { readonly ready?: boolean }[];
    return containers.length > 0 && containers.every(({ ready }) => ready === true)
      ? undefined
      : `is ${status['phase'] ?? 'pending'}, not ready`;
  },
  CustomResourceDefinition: (status) => conditionUnmet(status, { type: 'Established', status: 'True' }),
};
