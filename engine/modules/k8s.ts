import { isDeepStrictEqual } from 'node:util';
import { defineModule, type Result } from '../module/definition.ts';
import { act, actOneByOne, isAwaited, type Subject } from '../module/kubernetes/apply.ts';
import { accessOf, keepProxySecret } from '../module/kubernetes/arguments.ts';
import { hidesNames, withoutFields } from '../module/kubernetes/hidden-fields.ts';
import { k8sArgs, refuseUnknown } from '../module/kubernetes/k8s-arguments.ts';
import { subjectsOf } from '../module/kubernetes/look.ts';
import { comparable, keepSecret, objectDiff } from '../module/kubernetes/objects.ts';
import { outcome, seen } from '../module/kubernetes/outcome.ts';
import { awaitReady, unready } from '../module/kubernetes/readiness.ts';
import { identityOf, type KubernetesObject, objectKind } from '../target/queries/kubernetes.ts';

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
    result: 'the object; of several objects, results with each as {result, method, changed, error}',
    method: 'create, apply, patch or delete, where something was done',
    error: 'with continue_on_error: {msg}, where it could not be done',
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
    keepProxySecret(args, controller);
    const subjects = await subjectsOf(args, controller, target);
    for (const { manifest, live } of subjects) {
      keepSecret(manifest, controller);
      keepSecret(live, controller);
    }
    const waiting = subjects.some(
      (subject) =>
        isMeant(subject) &&
        !(subject.live && isAwaited(subject.live)) &&
        unready(subject.live, args.wait_condition) !== undefined,
    );
    return {
      objects: subjects.map(({ live }) => comparable(live)),
      ready: args.state === 'absent' || !waiting,
      subjects,
    };
  },

  desired({ args, state }) {
    if (args.state === 'absent')
      return {
        objects: state.subjects.map(({ isLeftOut }, index) => (isLeftOut ? state.objects[index]! : null)),
      };
    const objects = state.subjects.map(({ live, next }) => comparable(next ?? live));
    const there = state.subjects.filter(({ next }) => next !== undefined);
    return { objects, ...(args.wait && there.length > 0 && { ready: true }) };
  },

  async apply({ args, state, wanted, change, target }): Promise<Result> {
    const differs = differing(state, wanted);
    const subjects = state.subjects.filter((_, index) => differs(index));
    const awaited = args.wait && args.state !== 'absent' ? state.subjects.filter(isMeant) : [];
    if (!args.continue_on_error) {
      await act(args, subjects, target);
      if (awaited.length > 0)
        await awaitReady(
          awaited.map(({ manifest }) => manifest),
          accessOf(args),
          args,
          target,
        );
      return change.objects ? {} : { changed: false };
    }
    const troubles = await actOneByOne(args, subjects, awaited, target);
    const changed = subjects.some((subject) => troubles.get(subject)?.isChanged !== false);
    return { ...outcome(args, state.subjects, differs, troubles), changed };
  },

  returned: ({ args, state, wanted, changed }) =>
    outcome(args, state.subjects, changed ? differing(state, wanted) : () => false),

  async after({ args, result, target }): Promise<Result> {
    const one = result['result'] as KubernetesObject & { readonly results?: readonly Result[] };
    if (args.state === 'absent' || one.results !== undefined || one.metadata === undefined) return {};
    if (hidesNames(args.hidden_fields)) return {};
    const live = await target.query(objectKind, { access: accessOf(args), object: identityOf(one) });
    return live ? { result: seen(args, live) } : {};
  },

  preview({ args, state, wanted }) {
    const part = (object: KubernetesObject) => withoutFields(object, args.hidden_fields);
    return state.objects.flatMap((before, index) => {
      const after = wanted.objects?.[index] ?? null;
      return isDeepStrictEqual(before, after) ? [] : [objectDiff(before, after, part)];
    });
  },
});

/** By the index of an object: whether it is to be changed. */
const differing = (state: K8sState, wanted: Partial<K8sState>) => (index: number) =>
  !isDeepStrictEqual(state.objects[index], wanted.objects?.[index]);

const isMeant = ({ isLeftOut, error }: Subject): boolean => !isLeftOut && error === undefined;
