import { createHash } from 'node:crypto';
import { type Controller, defineModule } from '../module/definition.ts';
import { configArgs, phaseArgs } from '../module/kubeadm/arguments.ts';
import { type Document, valueIn, withDocument, withValue } from '../module/kubeadm/documents.ts';
import { kubeletConf, leftBehind, type NodeFiles, nodeEffects, nodeFiles } from '../module/kubeadm/node.ts';
import { patchesFlag, phaseFlags, runKubeadm } from '../module/kubeadm/run.ts';
import { readCertificate } from '../module/pki/certificate.ts';
import { isUnknown } from '../module/values.ts';
import { ModuleFailure } from '../target/failure.ts';
import { type ApiAnswer, type ApiKey, apiKind } from '../target/queries/kubeadm.ts';
import { effect } from '../target/query.ts';
import type { ReadableTarget } from '../target/target.ts';

interface State {
  /** `half done`: an earlier try did not come to its end. */
  readonly node: 'absent' | 'half done' | 'joined';
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export default defineModule({
  summary: 'Makes a host a node of a cluster, worker or further control plane, by kubeadm join.',
  description: [
    'The cluster is asked whether it has the node; a join that ended before its kubelet had a certificate is run again.',
    'A control plane that ended later may be half a member of etcd: that is an error which says what to do.',
    'Needs kubeadm and kubectl on the host, and a kubelet that systemd knows.',
  ],
  args: {
    ...configArgs,
    ...phaseArgs,
    control_plane: { type: 'bool', default: false, description: 'join as a control plane' },
    token: { secret: true, description: 'a bootstrap token of the cluster. Needs config' },
    certificate_key: {
      secret: true,
      description: 'the key to the authorities that were uploaded to the cluster. Needs config',
    },
    ca_cert: {
      type: 'path',
      description: 'the authority the cluster must have, a file on the controller. Needs config',
    },
  },
  rules: {
    requiredOneOf: [['config', 'config_file']],
    mutuallyExclusive: [
      ['config', 'config_file'],
      ['config_file', 'token'],
      ['config_file', 'certificate_key'],
      ['config_file', 'ca_cert'],
    ],
  },
  returns: {
    rc: 'the exit code of kubeadm',
    stdout: 'what kubeadm said, without secrets, and stdout_lines the same as a list',
  },
  examples:
    '- kubeadm_join:\n    config: "{{ kubeadm_join_documents }}"\n    token: "{{ kubeadm_made_token.token }}"\n    control_plane: true\n',

  async probe({ args, target }): Promise<State> {
    const files = await nodeFiles(target);
    const begun = files.kubelet || files.apiserver || files.bootstrap;
    if (!begun) return { node: 'absent' };
    // Without a certificate of the cluster's the kubelet never was a node.
    if (!files.kubelet || !files.certified) return { node: 'half done' };
    if (args.control_plane && !files.apiserver)
      throw new ModuleFailure(
        `${target.host} is a worker of a cluster already. To make it a control plane, drain it, remove its node, ` +
          'run kubeadm reset --force on it, and run this again',
      );
    return {
      node: judged(
        await target.query(apiKind, await ownNodeKey(target, args.config)),
        files,
        args.control_plane,
        target.host,
      ),
    };
  },

  desired: () => ({ node: 'joined' as const }),

  async apply({ args, state, target, controller }) {
    const again = state.node === 'half done';
    return runKubeadm(target, controller, {
      words: ['join', ...(await patchesFlag(target, args.patches)), ...phaseFlags(args, again ? leftBehind : [])],
      config: args.config && completed(args.config, args, await caCertHash(controller, args.ca_cert)),
      configFile: args.config_file,
      effects: [
        ...nodeEffects(args.control_plane),
        effect(apiKind, await ownNodeKey(target, args.config), { kind: 'found', object: joinedNode }),
      ],
      advice:
        `journalctl -u kubelet on ${target.host} says why. Once that is mended, run this again. Should it then say that the host is ` +
        'half joined, run kubeadm reset --force on it, look that etcd does not count it as a member, and run this once more.',
    });
  },
});

/** A node by what will be true of it. */
const joinedNode = { metadata: { labels: Object.fromEntries(controlPlaneLabels.map((label) => [label, ''])) } };

/** The host's own node, asked as its kubelet, which may read that one. */
async function ownNodeKey(target: ReadableTarget, documents: readonly Document[] | undefined): Promise<ApiKey> {
  const name =
    valueIn(documents ?? [], 'JoinConfiguration', 'nodeRegistration', 'name') ??
    (await target.facts(['platform']))['nodename'];
  return { kubeconfig: kubeletConf, path: `/api/v1/nodes/${String(name).toLowerCase()}` };
}

function judged(answer: ApiAnswer, files: NodeFiles, controlPlane: boolean, host: string): State['node'] {
  if (answer.kind === 'missing')
    throw new ModuleFailure(
      `${host} has joined a cluster, but that cluster has no such node any more. Run kubeadm reset --force on it, and run this again`,
    );
  // Nobody can be asked: the files tell as much as can be known.
  if (answer.kind === 'silent' || !controlPlane) return 'joined';
  const labels = valueIn([{ ...answer.object, kind: 'Node' }], 'Node', 'metadata', 'labels') as Document | undefined;
  if (files.apiserver && controlPlaneLabels.some((label) => labels?.[label] !== undefined)) return 'joined';
  throw new ModuleFailure(
    `${host} is half joined: its node is there, but no control plane was announced, and etcd may count it as a member that never ` +
      'started. Run kubeadm reset --force on it, remove that member if etcdctl member list shows it, and run this again',
  );
}

function completed(
  documents: readonly Document[],
  args: {
    readonly control_plane: boolean;
    readonly token?: string | undefined;
    readonly certificate_key?: string | undefined;
  },
  hash: string | undefined,
): readonly Document[] {
  return withDocument(documents, 'JoinConfiguration', (document) => {
    let joined = document;
    if (args.control_plane) joined = { ...joined, controlPlane: joined['controlPlane'] ?? {} };
    if (args.token !== undefined) joined = withValue(joined, ['discovery', 'bootstrapToken', 'token'], args.token);
    if (hash !== undefined) joined = withValue(joined, ['discovery', 'bootstrapToken', 'caCertHashes'], [hash]);
    if (args.certificate_key !== undefined)
      joined = withValue(joined, ['controlPlane', 'certificateKey'], args.certificate_key);
    return joined;
  });
}

/** As --discovery-token-ca-cert-hash has it: the host believes no other cluster. */
async function caCertHash(controller: Controller, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const file = await controller.file(path);
  const pem = Buffer.isBuffer(file) || isUnknown(file) ? file : await file.bytes();
  if (isUnknown(pem)) return undefined;
  const certificate = readCertificate(pem);
  if (certificate === undefined) throw new ModuleFailure(`${path} holds no certificate`);
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
