/** What k8s does to objects: applies, patches or deletes them, and what the server will then answer. */
import { ModuleFailure } from '../../target/failure.ts';
import {
  appliedKind,
  identityOf,
  type KubernetesObject,
  kubectlCommand,
  listedKind,
  objectKind,
  objectLabel,
  objectLines,
  patchedKind,
  patchScript,
} from '../../target/queries/kubernetes.ts';
import { type Effect, effect } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import type { Target } from '../../target/target.ts';
import { accessOf } from './arguments.ts';
import { applyOptions, isSelection, type K8sArgs, mergeTypes, selectionOf } from './k8s-arguments.ts';
import type { Trouble } from './outcome.ts';
import { awaitReady } from './readiness.ts';

/** One object of the task. */
export interface Subject {
  readonly manifest: KubernetesObject;
  readonly live: KubernetesObject | undefined;
  /** What the server would make of it; for one whose namespace or kind the task itself brings, the manifest. */
  readonly next: KubernetesObject | undefined;
  /** What the API says against it, where errors are no reason to stop. */
  readonly error?: string;
  /** Its labels are not those that are selected. */
  readonly isLeftOut?: boolean;
}

/** Moves the objects to what is asked for. */
export async function act(args: K8sArgs, subjects: readonly Subject[], target: Target): Promise<void> {
  if (subjects.length === 0) return;
  if (args.state === 'absent') await remove(args, subjects, target);
  else if (args.state === 'patched') for (const subject of subjects) await patch(args, subject, target);
  else for (const stage of stages(subjects)) await applyAll(args, stage, target);
}

/** The same, each for itself, and then waited for: what fails does not keep the others. Answers what did. */
export async function actOneByOne(
  args: K8sArgs,
  subjects: readonly Subject[],
  awaited: readonly Subject[],
  target: Target,
): Promise<ReadonlyMap<Subject, Trouble>> {
  const troubles = new Map<Subject, Trouble>();
  const attempt = async (subject: Subject, isChanged: boolean, doing: Promise<void>) => {
    await doing.catch((error: unknown) => {
      if (!(error instanceof ModuleFailure)) throw error;
      troubles.set(subject, { msg: error.message, isChanged });
    });
  };
  for (const subject of stages(subjects).flat()) await attempt(subject, false, act(args, [subject], target));
  for (const subject of awaited.filter((one) => !troubles.has(one)))
    await attempt(subject, true, awaitReady([subject.manifest], accessOf(args), args, target));
  return troubles;
}

/** True for an object that has only been predicted, and that will have been waited for. */
export const isAwaited = (object: KubernetesObject): boolean => awaited.has(object);

const awaited = new WeakSet<KubernetesObject>();

/** Namespaces and definitions of kinds come before what needs them; kinds have to be established before there is anything of them. */
function stages(subjects: readonly Subject[]): readonly (readonly Subject[])[] {
  const of = (kind: string) => subjects.filter(({ manifest }) => manifest.kind === kind);
  const [namespaces, kinds] = [of('Namespace'), of('CustomResourceDefinition')];
  const rest = subjects.filter((subject) => !namespaces.includes(subject) && !kinds.includes(subject));
  const all = kinds.length === 0 ? [[...namespaces, ...rest]] : [[...namespaces, ...kinds], rest];
  return all.filter((stage) => stage.length > 0);
}

async function applyAll(args: K8sArgs, subjects: readonly Subject[], target: Target): Promise<void> {
  const manifests = subjects.map(({ manifest }) => manifest);
  const kubectl = kubectlCommand(accessOf(args));
  const definitions = manifests.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const established = definitions.map(({ metadata }) => quote(`crd/${metadata.name}`)).join(' ');
  await target.mutate({
    summary: `kubectl apply ${named(manifests)}`,
    script: `${kubectl} apply -f - -o name ${applyOptions(args).map(quote).join(' ')} || exit 1${
      established && `\n${kubectl} wait --for=condition=Established --timeout=60s ${established} </dev/null`
    }`,
    stdin: objectLines(manifests),
    touches: [],
    effects: subjects.flatMap((subject) => effectsOf(args, subject, subject.next)),
  });
}

async function patch(args: K8sArgs, subject: Subject, target: Target): Promise<void> {
  const key = { access: accessOf(args), object: subject.manifest, types: mergeTypes(args) };
  await target.mutate({
    summary: `kubectl patch ${objectLabel(subject.manifest)}`,
    script: `exec 3>/dev/null\n${patchScript(key, '$(cat)')}\n[ "$code" -eq 0 ] || { printf '%s\\n' "$err" >&2; exit 1; }`,
    stdin: objectLines([subject.manifest]),
    touches: [],
    effects: effectsOf(args, subject, subject.next),
  });
}

async function remove(args: K8sArgs, subjects: readonly Subject[], target: Target): Promise<void> {
  const manifests = subjects.map(({ manifest }) => identityOf(manifest)).reverse();
  const { propagationPolicy: cascade = 'Background', gracePeriodSeconds: grace } = args.delete_options ?? {};
  const options = [
    '--ignore-not-found',
    `--cascade=${cascade.toLowerCase()}`,
    ...(grace === undefined ? [] : [`--grace-period=${grace}`]),
    ...(args.wait ? ['--wait=true', `--timeout=${args.wait_timeout}s`] : ['--wait=false']),
  ];
  await target.mutate({
    summary: `kubectl delete ${named(manifests)}`,
    script: `${kubectlCommand(accessOf(args))} delete -f - -o name ${options.join(' ')}`,
    stdin: objectLines(manifests),
    touches: [],
    effects: [
      ...subjects.map((subject) =>
        effect(objectKind, { access: accessOf(args), object: identityOf(subject.manifest) }, undefined),
      ),
      ...(isSelection(args) ? [effect(listedKind, selectionOf(args), [])] : []),
    ],
  });
}

/** What the server will answer from now on. */
function effectsOf(args: K8sArgs, { manifest }: Subject, next: KubernetesObject | undefined): readonly Effect[] {
  const access = accessOf(args);
  if (next === undefined) return [];
  if (args.wait) awaited.add(next);
  const there = effect(objectKind, { access, object: identityOf(manifest) }, next);
  return args.state === 'patched'
    ? [there, effect(patchedKind, { access, object: manifest, types: mergeTypes(args) }, next)]
    : [there, effect(appliedKind, { access, object: manifest, options: applyOptions(args) }, next)];
}

function named(objects: readonly KubernetesObject[]): string {
  const labels = objects.map(objectLabel);
  return labels.length <= 3 ? labels.join(', ') : `${labels.slice(0, 2).join(', ')} and ${labels.length - 2} more`;
}
