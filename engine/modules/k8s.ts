import { isDeepStrictEqual } from 'node:util';
import { defineModule, type Result } from '../module/definition.ts';
import { act, isAwaited, type Subject } from '../module/kubernetes/apply.ts';
import { accessOf } from '../module/kubernetes/arguments.ts';
import { applyOptions, type K8sArgs, k8sArgs, mergeTypes, refuseUnknown } from '../module/kubernetes/k8s-arguments.ts';
import { manifestOf } from '../module/kubernetes/manifest.ts';
import { comparable, keepSecret, objectDiff, shown } from '../module/kubernetes/objects.ts';
import { awaitReady, unready } from '../module/kubernetes/readiness.ts';
import {
  appliedKind,
  identityOf,
  type KubernetesObject,
  objectKind,
  objectLabel,
  patchedKind,
} from '../target/queries/kubernetes.ts';
import type { ReadableTarget } from '../target/target.ts';

interface K8sState {
  /** Each object as it is compared, `null` where there is none. */
  readonly objects: readonly (KubernetesObject | null)[];
  /** Whether what is waited for is so; never asked for without `wait`. */
  readonly ready: boolean;
  readonly subjects: readonly Subject[];
}

export default defineModule({
  summary: 'Keeps objects of a Kubernetes API as a manifest says, by kubectl on the host.',
  description: [
    'What differs is found by a dry run on the server: admission, defaults and all. Nothing else counts as a change.',
    'Namespaces and definitions of custom resources are applied first. Manifests go over stdin; values of Secrets are never shown.',
  ],
  args: k8sArgs,
  rules: {
    mutuallyExclusive: [['definition', 'src', 'template']],
    requiredOneOf: [['definition', 'src', 'template', 'kind']],
  },
  returns: {
    result: 'the object; of several objects, results with each as {result, method, changed}',
    method: 'create, apply, patch or delete, where something was done',
  },
  examples: `- name: Make the namespace of the shop
  k8s:
    kubeconfig: /etc/kubernetes/admin.conf
    definition:
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop }
- name: Wait for the shop to run
  k8s:
    src: shop.yml
    namespace: shop
    wait: true
`,

  async probe({ args, target, controller }): Promise<K8sState> {
    refuseUnknown(args);
    const manifests = await manifestOf(args, controller);
    for (const manifest of manifests) keepSecret(manifest, controller);
    const subjects = await look(args, manifests, target);
    for (const { live } of subjects) keepSecret(live, controller);
    const gone = args.state === 'absent';
    const waiting = subjects.some(
      ({ live }) => !(live && isAwaited(live)) && unready(live, args.wait_condition) !== undefined,
    );
    return { objects: subjects.map(({ live }) => comparable(live)), ready: gone || !waiting, subjects };
  },

  desired({ args, state }) {
    if (args.state === 'absent') return { objects: state.subjects.map(() => null) };
    const objects = state.subjects.map(({ live, next }) => comparable(next ?? live));
    const there = state.subjects.filter(({ next }) => next !== undefined);
    return { objects, ...(args.wait && there.length > 0 && { ready: true }) };
  },

  async apply({ args, state, wanted, change, target }): Promise<Result> {
    const subjects = state.subjects.filter((_, index) => {
      return !isDeepStrictEqual(state.objects[index], wanted.objects?.[index]);
    });
    await act(args, subjects, target);
    const manifests = state.subjects.map(({ manifest }) => manifest);
    if (args.wait && args.state !== 'absent') await awaitReady(manifests, accessOf(args), args, target);
    return change.objects ? {} : { changed: false };
  },

  returned({ args, state, wanted, changed }) {
    const results = state.subjects.map(({ live, next }, index) => {
      const differs = changed && !isDeepStrictEqual(state.objects[index], wanted.objects?.[index]);
      const object = differs && args.state !== 'absent' ? next : live;
      return {
        result: object ? shown(object) : {},
        ...(differs && { method: methodOf(args, live) }),
        changed: differs,
      };
    });
    const skipped = args.state === 'patched' ? state.subjects.filter(({ live }) => live === undefined) : [];
    const warnings = skipped.map(({ manifest }) => `${objectLabel(manifest)} is not there, so it is not patched`);
    const [only, ...others] = results;
    return {
      ...(warnings.length > 0 && { warnings }),
      ...(only && others.length === 0
        ? { result: only.result, ...('method' in only && { method: only.method }) }
        : { result: { results } }),
    };
  },

  async after({ args, result, target }): Promise<Result> {
    const one = result['result'] as KubernetesObject & { readonly results?: readonly Result[] };
    if (args.state === 'absent' || one.results !== undefined || one.metadata === undefined) return {};
    const live = await target.query(objectKind, { access: accessOf(args), object: identityOf(one) });
    return live ? { result: shown(live) } : {};
  },

  preview({ state, wanted }) {
    return state.objects.flatMap((before, index) => {
      const after = wanted.objects?.[index] ?? null;
      return isDeepStrictEqual(before, after) ? [] : [objectDiff(before, after)];
    });
  },
});

/** The objects as they are, and as the server would make them: one round trip, unless the task brings their namespace or kind. */
async function look(
  args: K8sArgs,
  manifests: readonly KubernetesObject[],
  target: ReadableTarget,
): Promise<readonly Subject[]> {
  const access = accessOf(args);
  const lives = manifests.map((object) => target.query(objectKind, { access, object: identityOf(object) }));
  const next = async (object: KubernetesObject): Promise<KubernetesObject | undefined> => {
    if (args.state === 'absent') return undefined;
    if (args.state === 'patched') return target.query(patchedKind, { access, object, types: mergeTypes(args) });
    const needed = manifests.findIndex((other) => brings(other, object));
    if (needed >= 0 && (await lives[needed]) === undefined) return object;
    return target.query(appliedKind, { access, object, options: applyOptions(args) });
  };
  const [live, made] = await Promise.all([Promise.all(lives), Promise.all(manifests.map(next))]);
  return manifests.map((manifest, index) => ({ manifest, live: live[index], next: made[index] }));
}

/** Whether an object can only be once another one is: the namespace it is in, the definition of its kind. */
function brings({ kind, metadata, spec }: KubernetesObject, object: KubernetesObject): boolean {
  if (kind === 'Namespace') return object.metadata.namespace === metadata.name && object.kind !== 'Namespace';
  if (kind !== 'CustomResourceDefinition') return false;
  const { group, names } = (spec ?? {}) as { readonly group?: string; readonly names?: { readonly kind?: string } };
  return names?.kind === object.kind && object.apiVersion.startsWith(`${group}/`);
}

function methodOf({ state }: K8sArgs, live: KubernetesObject | undefined): string {
  if (state === 'absent') return 'delete';
  if (state === 'patched') return 'patch';
  return live === undefined ? 'create' : 'apply';
}
