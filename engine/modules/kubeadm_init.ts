import { defineModule } from '../module/definition.ts';
import { adminKubeconfig, configArgs, phaseArgs } from '../module/kubeadm/arguments.ts';
import { type Document, withDocument, withValue } from '../module/kubeadm/documents.ts';
import { leftBehind, nodeEffects, nodeFiles } from '../module/kubeadm/node.ts';
import { patchesFlag, phaseFlags, runKubeadm } from '../module/kubeadm/run.ts';
import { ModuleFailure } from '../target/failure.ts';
import { type ApiKey, apiKind } from '../target/queries/kubeadm.ts';
import { effect } from '../target/query.ts';

interface State {
  /** `half done`: an earlier try did not come to its end. */
  readonly control_plane: 'absent' | 'half done' | 'initialized';
}

/** What the first and one of the last phases that talk to the API leave there. */
const traces: Readonly<Record<string, string>> = {
  'upload-config': '/api/v1/namespaces/kube-system/configmaps/kubeadm-config',
  'bootstrap-token': '/api/v1/namespaces/kube-public/configmaps/cluster-info',
};

const tracesOf = ({ skip_phases: skipped }: { readonly skip_phases: readonly string[] }): readonly ApiKey[] =>
  Object.entries(traces)
    .filter(([phase]) => !skipped.some((one) => one.split('/')[0] === phase))
    .map(([, path]) => ({ kubeconfig: adminKubeconfig, path }));

export default defineModule({
  summary: 'Makes a host the first control plane of a cluster, once, by kubeadm init.',
  description: [
    'A cluster that was initialized is left as it is, whatever the configuration says now; kubeadm upgrade changes it.',
    'An init that did not come to its end is run again: what is done is kept, and its remains are no preflight errors.',
    'Needs kubeadm and kubectl on the host, and a kubelet that systemd knows.',
  ],
  args: {
    ...configArgs,
    ...phaseArgs,
    upload_certs: {
      type: 'bool',
      default: false,
      description: 'leave the authorities in the cluster for two hours, encrypted, for further control planes',
    },
    certificate_key: {
      secret: true,
      description: 'the key they are encrypted with, 64 hex digits; kubeadm makes one unless told. Needs config',
    },
    token: { secret: true, description: 'a bootstrap token; kubeadm makes one unless told. Needs config' },
  },
  rules: {
    requiredOneOf: [['config', 'config_file']],
    mutuallyExclusive: [
      ['config', 'config_file'],
      ['config_file', 'certificate_key'],
      ['config_file', 'token'],
    ],
  },
  returns: {
    rc: 'the exit code of kubeadm',
    stdout: 'what kubeadm said, without secrets, and stdout_lines the same as a list',
  },
  examples:
    '- kubeadm_init:\n    config: "{{ kubeadm_documents }}"\n    upload_certs: true\n    patches: /etc/kubernetes/patches\n',

  async probe({ args, target }): Promise<State> {
    const files = await nodeFiles(target);
    if (!files.kubelet && !files.apiserver) return { control_plane: 'absent' };
    if (!files.admin && !files.apiserver)
      throw new ModuleFailure(
        `${target.host} is a worker of a cluster already: /etc/kubernetes/kubelet.conf is there, and no control plane. ` +
          'To make it a first control plane, take it out of that cluster and run kubeadm reset --force on it',
      );
    const answers = await Promise.all(tracesOf(args).map((key) => target.query(apiKind, key)));
    // A control plane that is down is one nevertheless: to init it again would not be the way to bring it up.
    const done = answers.some(({ kind }) => kind === 'silent')
      ? files.certified
      : answers.every(({ kind }) => kind === 'found');
    return { control_plane: done ? 'initialized' : 'half done' };
  },

  desired: () => ({ control_plane: 'initialized' as const }),

  async apply({ args, state, target, controller }) {
    const again = state.control_plane === 'half done';
    return runKubeadm(target, controller, {
      words: [
        'init',
        ...(args.upload_certs ? ['--upload-certs'] : []),
        ...(await patchesFlag(target, args.patches)),
        ...phaseFlags(args, again ? leftBehind : []),
      ],
      config: args.config && withSecrets(args.config, args),
      configFile: args.config_file,
      effects: [
        ...nodeEffects(true),
        ...tracesOf(args).map((key) => effect(apiKind, key, { kind: 'found' as const, object: {} })),
      ],
      advice:
        `journalctl -u kubelet and /var/log/pods on ${target.host} say why. Once that is mended, run this again: what is done is kept. ` +
        'To begin anew instead, run kubeadm reset --force on that host first.',
    });
  },
});

function withSecrets(
  documents: readonly Document[],
  {
    certificate_key: key,
    token,
  }: { readonly certificate_key?: string | undefined; readonly token?: string | undefined },
): readonly Document[] {
  if (key === undefined && token === undefined) return documents;
  return withDocument(documents, 'InitConfiguration', (document) => {
    const [first = {}, ...others] = (document['bootstrapTokens'] ?? []) as readonly Document[];
    const keyed = key === undefined ? document : withValue(document, ['certificateKey'], key);
    return token === undefined ? keyed : { ...keyed, bootstrapTokens: [{ ...first, token }, ...others] };
  });
}
