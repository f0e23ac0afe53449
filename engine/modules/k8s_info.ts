import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineAction } from '../module/definition.ts';
import { accessArgs, accessOf, hiddenFieldsArg, keepProxySecret, waitArgs } from '../module/kubernetes/arguments.ts';
import { withoutFields } from '../module/kubernetes/hidden-fields.ts';
import { keepSecret, shown } from '../module/kubernetes/objects.ts';
import { lookUntil, unready } from '../module/kubernetes/readiness.ts';
import { ModuleFailure } from '../target/failure.ts';
import {
  type KubernetesObject,
  kubectlCommand,
  objectLabel,
  objectsIn,
  qualifiedKind,
} from '../target/queries/kubernetes.ts';
import { quote } from '../target/quote.ts';
import type { Target } from '../target/target.ts';

const args = {
  kind: { required: true, description: 'the kind of object: Pod, Deployment, Node …' },
  api_version: {
    aliases: ['api', 'version'],
    description: 'its API: v1, apps/v1 …; the one the server prefers unless told',
  },
  name: { description: 'one object; all of them unless told' },
  namespace: { description: 'where to look; everywhere unless told' },
  label_selectors: { type: 'list', elements: 'str', default: [], description: 'labels they have: app=shop, !old' },
  field_selectors: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'fields they have: status.phase=Running',
  },
  hidden_fields: hiddenFieldsArg,
  ...accessArgs,
  ...waitArgs,
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineAction({
  summary: 'Tells what objects a Kubernetes API has, by kubectl on the host.',
  description: [
    'No object is no failure: resources is empty then. With wait, it is looked again until they are ready.',
  ],
  action: 'reads',
  args,
  returns: {
    resources: 'the objects, each as the server has it',
    api_found: 'false when the server does not know the kind',
  },
  examples: `- name: Wait for every node to be ready
  k8s_info:
    kubeconfig: /etc/kubernetes/admin.conf
    kind: Node
    wait: true
    wait_condition: { type: Ready }
`,

  async run({ args, target, controller }) {
    keepProxySecret(args, controller);
    const { found, isLate } = await lookUntil(async () => {
      const { objects, api_found, error } = await look(args, target);
      if (error !== undefined && !args.wait) throw new ModuleFailure(error);
      for (const object of objects) keepSecret(object, controller);
      const waiting = error !== undefined ? [error] : args.wait ? unmet(args, objects) : [];
      return {
        api_found,
        waiting,
        resources: objects.map((object) => withoutFields(shown(object), args.hidden_fields)),
      };
    }, args);
    const { api_found, resources, waiting } = found;
    if (isLate) throw new ModuleFailure(`after ${args.wait_timeout} s ${waiting.join('; ')}`, { resources });
    return { changed: false, api_found, resources };
  },
});

interface Look {
  readonly objects: readonly KubernetesObject[];
  /** Whether the server knows the kind. */
  readonly api_found: boolean;
  readonly error?: string;
}

async function look(args: Args, target: Target): Promise<Look> {
  const fields = [...args.field_selectors, ...(args.name === undefined ? [] : [`metadata.name=${args.name}`])];
  const words = [
    args.api_version === undefined ? args.kind : qualifiedKind({ apiVersion: args.api_version, kind: args.kind }),
    args.namespace === undefined ? '--all-namespaces' : `--namespace=${args.namespace}`,
    ...(args.label_selectors.length > 0 ? [`--selector=${args.label_selectors.join(',')}`] : []),
    ...(fields.length > 0 ? [`--field-selector=${fields.join(',')}`] : []),
  ];
  const { code, stdout, stderr, truncated } = await target.observe({
    script: `${kubectlCommand(accessOf(args))} --request-timeout=30s get -o json ${words.map(quote).join(' ')}`,
    outputLimit: 256 * 1024 * 1024,
  });
  if (truncated) throw new ModuleFailure('that is more than can be kept: select by labels or fields');
  if (code === 0) return { objects: objectsIn(stdout.toString('utf8')), api_found: true };
  const error = stderr.toString('utf8').trim() || `kubectl failed (exit ${code})`;
  const unknown = /doesn't have a resource type|no matches for kind/.test(error);
  return unknown ? { objects: [], api_found: false } : { objects: [], api_found: true, error };
}

function unmet({ kind, name, wait_condition: condition }: Args, found: readonly KubernetesObject[]): readonly string[] {
  if (found.length === 0) return [`there is no ${kind}${name === undefined ? '' : ` ${name}`}`];
  return found.flatMap((object) => {
    const why = unready(object, condition);
    return why === undefined ? [] : `${objectLabel(object)} ${why}`;
  });
}
