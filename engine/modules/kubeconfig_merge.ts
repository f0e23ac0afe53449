import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { defineModule } from '../module/definition.ts';
import { Unknown } from '../module/values.ts';
import { fileEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { kubePath } from '../target/queries/kubeadm.ts';
import { type Kubeconfig, kubeconfigKind } from '../target/queries/kubeconfig.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import { temporaryForScript } from '../target/scripts.ts';

/** `merged`: what `src` holds is in `dest`, under the same names. */
interface State {
  readonly clusters: 'merged' | 'missing' | 'differs';
  readonly users: State['clusters'];
  readonly contexts: State['clusters'];
  readonly current_context: string;
}

export default defineModule({
  summary: 'Keeps the clusters, users and contexts of one kubeconfig in another, beside what else that one holds.',
  description: [
    'Entries of the same name become those of src, unless they belong to another cluster: one with another authority, or a user that its',
    'contexts name. Those are refused. The current context stays, unless there is none or another is asked for.',
    'Needs kubectl on the host.',
  ],
  args: {
    src: { type: 'path', required: true, description: 'the kubeconfig to take from' },
    dest: {
      type: 'path',
      required: true,
      description: 'the kubeconfig to keep it in; made with its folder, for its owner alone',
    },
    current: { type: 'bool', default: false, description: "make src's current context that of dest" },
  },
  returns: { context: "src's current context" },
  examples: '- kubeconfig_merge:\n    src: /etc/kubernetes/admin.conf\n    dest: /root/.kube/config\n',

  async probe({ args, target }): Promise<State> {
    const [src, dest] = await Promise.all([
      target.query(kubeconfigKind, args.src),
      target.query(kubeconfigKind, args.dest),
    ]);
    if (src === undefined) {
      await target.readFile(args.src); // one that will be there is not known
      throw new ModuleFailure(`${args.src} does not exist`);
    }
    if (dest !== undefined) refuseStrangers(src, dest, args.dest);
    const wanted = dest?.['current-context'] && !args.current ? dest['current-context'] : src['current-context'];
    return {
      clusters: compared(src, dest, 'clusters'),
      users: compared(src, dest, 'users'),
      contexts: compared(src, dest, 'contexts'),
      current_context: (dest?.['current-context'] ?? '') === wanted ? 'as asked' : 'another',
    };
  },

  desired: () => ({ clusters: 'merged', users: 'merged', contexts: 'merged', current_context: 'as asked' }) as const,

  async apply({ args, target }) {
    const [src, dest] = [quote(args.src), quote(args.dest)];
    await target.mutate({
      summary: `merge ${args.src} into ${args.dest}`,
      script: [
        kubePath,
        'umask 077',
        `mkdir -p ${quote(posix.dirname(args.dest))} || exit 1`,
        temporaryForScript(args.dest),
        // Of two entries with one name kubectl takes that of the first file.
        `before=$([ -e ${dest} ] && kubectl --kubeconfig=${dest} config current-context 2>/dev/null)`,
        `KUBECONFIG=${src}:${dest} kubectl config view --raw --flatten > "$t" || exit 1`,
        args.current
          ? ''
          : `[ -z "$before" ] || kubectl --kubeconfig="$t" config use-context "$before" > /dev/null || exit 1`,
        `if [ -e ${dest} ]; then chown "$(stat -L -c %u:%g ${dest})" "$t" || exit 1; fi`,
        `mv -f "$t" ${dest}`,
      ]
        .filter(Boolean)
        .join('\n'),
      touches: ['files'],
      effects: [
        ...fileEffects(args.dest, { content: new Unknown(`${args.dest} is merged by the run`), mode: '0600' }),
        effect(kubeconfigKind, args.dest, new Unknown(`${args.dest} is merged by the run`)),
      ],
    });
  },
});

/** Whatever of another cluster would be replaced, as its entries have the same names: nobody could reach that one any more. */
function refuseStrangers(src: Kubeconfig, dest: Kubeconfig, path: string): void {
  for (const { name, cluster } of src.clusters ?? []) {
    const there = dest.clusters?.find((one) => one.name === name)?.cluster;
    if (there?.server === undefined || cluster?.server === undefined) continue;
    const [held, wanted] = [there, cluster].map((one) => one['certificate-authority-data'] ?? one.server);
    if (held !== wanted)
      throw new ModuleFailure(
        `${path} has a cluster ${name} that is another one, at ${there.server}: rename it there, or remove it by \`kubectl --kubeconfig=${path} config delete-cluster ${name}\``,
      );
  }
  const ours = new Set((src.clusters ?? []).map(({ name }) => name));
  for (const user of src.users ?? []) {
    const there = dest.users?.find(({ name }) => name === user.name);
    if (there === undefined || isDeepStrictEqual(there, user)) continue;
    const context = dest.contexts?.find(
      (one) => one.context?.user === user.name && !ours.has(one.context.cluster ?? ''),
    );
    if (context)
      throw new ModuleFailure(
        `${path} has a user ${user.name} for the context ${context.name} of another cluster: rename it there, or remove it by \`kubectl --kubeconfig=${path} config delete-context ${context.name}\``,
      );
  }
}

type Part = 'clusters' | 'users' | 'contexts';

function compared(src: Kubeconfig, dest: Kubeconfig | undefined, part: Part): State['clusters'] {
  const there = new Map((dest?.[part] ?? []).map((one) => [one.name, one]));
  const wanted = src[part] ?? [];
  if (wanted.some(({ name }) => !there.has(name))) return 'missing';
  return wanted.every((one) => isDeepStrictEqual(there.get(one.name), one)) ? 'merged' : 'differs';
}
