import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { isPlain } from '../module/convert.ts';
import { defineModule } from '../module/definition.ts';
import { accessArgs, accessOf, keepProxySecret } from '../module/kubernetes/arguments.ts';
import { ModuleFailure } from '../target/failure.ts';
import { type KubernetesObject, kubectlCommand, objectKind } from '../target/queries/kubernetes.ts';
import { nodePodsKind } from '../target/queries/node-pods.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface DrainState {
  /** New pods may come to the node. */
  readonly schedulable: boolean;
  /** Names of the pods that are to go, sorted; only asked for when they are. */
  readonly pods?: readonly string[];
  /** The node, and all its pods; never asked for. */
  readonly node: KubernetesObject;
  readonly all: readonly KubernetesObject[];
}

const args = {
  name: { required: true, description: 'the node' },
  state: {
    choices: ['cordon', 'drain', 'uncordon'],
    default: 'drain',
    description: 'cordon: no new pods; drain: and those that are there go; uncordon: pods may come again',
  },
  pod_selectors: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['label_selectors'],
    description: 'drain only pods with these labels',
  },
  delete_options: {
    type: 'dict',
    options: {
      ignore_daemonsets: {
        type: 'bool',
        default: false,
        description: 'leave pods of DaemonSets; otherwise they are an error',
      },
      delete_emptydir_data: { type: 'bool', default: false, description: 'pods with data in emptyDir may go' },
      force: { type: 'bool', default: false, description: 'pods that nobody makes again may go' },
      terminate_grace_period: { type: 'int', description: 'seconds a pod has to end; what it says itself unless told' },
      wait_timeout: { type: 'int', description: 'seconds to wait for the pods to go; for ever unless told' },
      wait_sleep: { type: 'int', default: 5, description: 'taken and ignored: kubectl waits' },
      disable_eviction: { type: 'bool', default: false, description: 'delete pods, whatever disruption budgets say' },
    },
    description: 'how pods are made to go',
  },
  ...accessArgs,
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Keeps new pods from a node, drains it, or lets pods come again, by kubectl on the host.',
  description: ['Pods that must not go unasked are named before anything is done, under --check as well.'],
  args,
  returns: { result: 'what was done to the node' },
  examples: `- name: Drain the node before its maintenance
  k8s_drain:
    name: node1
    kubeconfig: /etc/kubernetes/admin.conf
    delete_options:
      ignore_daemonsets: true
      delete_emptydir_data: true
      wait_timeout: 300
`,

  async probe({ args, target, controller }): Promise<DrainState> {
    keepProxySecret(args, controller);
    const access = accessOf(args);
    const [node, all] = await Promise.all([
      target.query(objectKind, { access, object: nodeNamed(args.name) }),
      args.state === 'drain' ? target.query(nodePodsKind, podsKey(args)) : [],
    ]);
    if (node === undefined) throw new ModuleFailure(`there is no node ${args.name}`);
    const spec = isPlain(node['spec']) ? node['spec'] : {};
    return {
      schedulable: spec['unschedulable'] !== true,
      ...(args.state === 'drain' && { pods: all.filter(goes).map(nameOf).sort() }),
      ...{ node, all },
    };
  },

  desired({ args, state }) {
    if (args.state !== 'drain') return { schedulable: args.state === 'uncordon' };
    refuseUnasked(args, state.all);
    return { schedulable: false, pods: [] };
  },

  async apply({ args, state, wanted, target }) {
    const { unschedulable: _, ...spec } = isPlain(state.node['spec']) ? state.node['spec'] : {};
    const node = { ...state.node, spec: { ...spec, ...(!wanted.schedulable && { unschedulable: true }) } };
    const access = accessOf(args);
    const options = args.state === 'drain' ? drainOptions(args) : [];
    await target.mutate({
      summary: `kubectl ${args.state} ${args.name}`,
      script: `${kubectlCommand(access)} ${[args.state, args.name, ...options].map(quote).join(' ')} </dev/null >/dev/null`,
      touches: [],
      effects: [
        effect(objectKind, { access, object: nodeNamed(args.name) }, node),
        ...(args.state === 'drain'
          ? [
              effect(
                nodePodsKind,
                podsKey(args),
                state.all.filter((pod) => !goes(pod)),
              ),
            ]
          : []),
      ],
    });
  },

  returned({ args, state, changed }) {
    const done = { cordon: 'cordoned', drain: 'drained', uncordon: 'uncordoned' }[args.state];
    const gone = changed && (state.pods?.length ?? 0) > 0 ? `: ${state.pods?.join(', ')}` : '';
    return { result: `node ${args.name} ${changed ? '' : 'was already '}${done}${gone}` };
  },

  preview({ args, state, wanted }) {
    const text = ({ schedulable, pods = [] }: Pick<DrainState, 'schedulable' | 'pods'>) =>
      [`schedulable: ${schedulable}\n`, ...pods.map((pod) => `pod: ${pod}\n`)].join('');
    const header = `node ${args.name}`;
    const after = { schedulable: wanted.schedulable ?? state.schedulable, pods: wanted.pods ?? [] };
    return [{ beforeHeader: header, afterHeader: header, before: text(state), after: text(after) }];
  },
});

const nodeNamed = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
const podsKey = (args: Args) => ({
  access: accessOf(args),
  node: args.name,
  ...(args.pod_selectors.length > 0 && { selector: args.pod_selectors.join(',') }),
});
const nameOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace}/${metadata.name}`;

function ownerOf({ metadata }: KubernetesObject): string | undefined {
  const owners = metadata['ownerReferences'];
  const found = (Array.isArray(owners) ? owners : []).find((one) => isPlain(one) && one['controller'] === true);
  return isPlain(found) ? String(found['kind']) : undefined;
}

/** Static pods are the kubelet's own, and those of DaemonSets come again at once. */
function goes(pod: KubernetesObject): boolean {
  const annotations = pod.metadata['annotations'];
  const isStatic = isPlain(annotations) && 'kubernetes.io/config.mirror' in annotations;
  return !isStatic && ownerOf(pod) !== 'DaemonSet';
}

const hasEnded = (pod: KubernetesObject): boolean =>
  isPlain(pod['status']) && ['Succeeded', 'Failed'].includes(String(pod['status']['phase']));

function hasEmptyDir({ spec }: KubernetesObject): boolean {
  const volumes = isPlain(spec) ? spec['volumes'] : undefined;
  return Array.isArray(volumes) && volumes.some((one) => isPlain(one) && one['emptyDir'] !== undefined);
}

/** @throws ModuleFailure naming the pods that kubectl would refuse to touch. */
function refuseUnasked({ name, delete_options: options }: Args, all: readonly KubernetesObject[]): void {
  const running = all.filter((pod) => !hasEnded(pod));
  const going = running.filter(goes);
  const found: readonly (readonly [boolean, string, readonly KubernetesObject[]])[] = [
    [options?.ignore_daemonsets ?? false, 'ignore_daemonsets', running.filter((pod) => ownerOf(pod) === 'DaemonSet')],
    [options?.delete_emptydir_data ?? false, 'delete_emptydir_data', going.filter(hasEmptyDir)],
    [options?.force ?? false, 'force', going.filter((pod) => ownerOf(pod) === undefined)],
  ];
  const refused = found.flatMap(([allowed, option, pods]) =>
    allowed || pods.length === 0
      ? []
      : [`${pods.map(nameOf).sort().join(', ')} (${option} in delete_options lets that be)`],
  );
  if (refused.length > 0) throw new ModuleFailure(`node ${name} is not drained because of ${refused.join('; ')}`);
}

function drainOptions({ delete_options: options, pod_selectors: selectors }: Args): readonly string[] {
  const { terminate_grace_period: grace, wait_timeout: timeout } = options ?? {};
  return [
    ...(options?.ignore_daemonsets ? ['--ignore-daemonsets'] : []),
    ...(options?.delete_emptydir_data ? ['--delete-emptydir-data'] : []),
    ...(options?.force ? ['--force'] : []),
    ...(options?.disable_eviction ? ['--disable-eviction'] : []),
    ...(grace === undefined ? [] : [`--grace-period=${grace}`]),
    ...(timeout === undefined ? [] : [`--timeout=${timeout}s`]),
    ...(selectors.length === 0 ? [] : [`--pod-selector=${selectors.join(',')}`]),
  ];
}
