import { createDecipheriv, randomBytes } from 'node:crypto';
import { defineModule } from '../module/definition.ts';
import { configArgs, kubeconfigArg } from '../module/kubeadm/arguments.ts';
import { type Document, withDocument, withValue } from '../module/kubeadm/documents.ts';
import { seconds } from '../module/kubeadm/duration.ts';
import { runKubeadm } from '../module/kubeadm/run.ts';
import { Unknown } from '../module/values.ts';
import { ModuleFailure } from '../target/failure.ts';
import { apiKind } from '../target/queries/kubeadm.ts';
import { effect } from '../target/query.ts';
import type { ReadableTarget } from '../target/target.ts';

interface State {
  /** `expiring`: they are there, but not for long enough. `locked`: another key opens them. */
  readonly certificates: 'absent' | 'expiring' | 'locked' | 'uploaded';
}

const kubeSystem = '/api/v1/namespaces/kube-system/secrets';

export default defineModule({
  summary: 'Leaves the authorities of a cluster in it, encrypted, for a host that is going to join as a control plane.',
  description: [
    'They live there for two hours. Without certificate_key they are uploaded anew in each run, under a new key.',
    'Needs kubeadm and kubectl on the host, which must be a control plane.',
  ],
  args: {
    ...kubeconfigArg,
    config: { ...configArgs.config, required: true },
    certificate_key: { secret: true, description: 'the key they are encrypted with, 64 hex digits' },
    min_life: { default: '15m', description: 'uploaded anew when they have less life than this left' },
  },
  returns: {
    certificate_key: 'the key that opens them; hidden in reports',
    rc: 'the exit code of kubeadm',
    stdout: 'what kubeadm said',
  },
  examples:
    '- kubeadm_upload_certs:\n    config: "{{ kubeadm_documents }}"\n  register: uploaded\n  delegate_to: "{{ groups[\'kube_control_plane\'][0] }}"\n',

  async probe({ args, target, controller }): Promise<State> {
    if (args.certificate_key === undefined) return { certificates: 'absent' };
    controller.secret(args.certificate_key);
    if (!/^[0-9a-f]{64}$/.test(args.certificate_key))
      throw new ModuleFailure('certificate_key is not 64 hex digits, as 32 random bytes are');
    const answer = await target.query(apiKind, { kubeconfig: args.kubeconfig, path: `${kubeSystem}/kubeadm-certs` });
    if (answer.kind === 'silent') throw new ModuleFailure(`the API did not tell about certificates: ${answer.reason}`);
    if (answer.kind === 'missing') return { certificates: 'absent' };
    const { data, metadata } = answer.object as unknown as UploadedCerts;
    if (!opens(args.certificate_key, data?.['ca.crt'])) return { certificates: 'locked' };
    const left = await secondsLeft(target, args.kubeconfig, metadata?.ownerReferences?.[0]?.name);
    return { certificates: left < seconds(args.min_life) ? 'expiring' : 'uploaded' };
  },

  desired: () => ({ certificates: 'uploaded' as const }),

  async apply({ args, target, controller }) {
    const key = args.certificate_key ?? randomBytes(32).toString('hex');
    controller.secret(key);
    const result = await runKubeadm(target, controller, {
      words: [
        'init',
        'phase',
        'upload-certs',
        '--upload-certs',
        '--skip-certificate-key-print',
        `--kubeconfig=${args.kubeconfig}`,
      ],
      config: withDocument(args.config, 'InitConfiguration', (document: Document) =>
        withValue(document, ['certificateKey'], key),
      ),
      effects: [
        effect(
          apiKind,
          { kubeconfig: args.kubeconfig, path: `${kubeSystem}/kubeadm-certs` },
          new Unknown('kubeadm encrypts the certificates'),
        ),
      ],
      advice: `The authorities are read from /etc/kubernetes/pki on ${target.host}, and its kube-apiserver must answer.`,
    });
    return { ...result, certificate_key: key };
  },

  returned: ({ args }) => ({ certificate_key: args.certificate_key }),
});

interface UploadedCerts {
  readonly data?: Readonly<Record<string, string>>;
  readonly metadata?: { readonly ownerReferences?: readonly { readonly name: string }[] };
}

/** kubeadm encrypts each file by AES-256-GCM: the nonce first, the tag last. */
function opens(key: string, file: string | undefined): boolean {
  const bytes = Buffer.from(file ?? '', 'base64');
  if (bytes.length < 28) return false;
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  decipher.update(bytes.subarray(12, -16));
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

/** Their life is that of a bootstrap token that owns them, and ends with it. */
async function secondsLeft(target: ReadableTarget, kubeconfig: string, owner: string | undefined): Promise<number> {
  if (owner === undefined) return Number.POSITIVE_INFINITY;
  const answer = await target.query(apiKind, { kubeconfig, path: `${kubeSystem}/${owner}` });
  if (answer.kind !== 'found') return 0;
  const { expiration = '' } = (answer.object['data'] ?? {}) as { readonly expiration?: string };
  return (Date.parse(Buffer.from(expiration, 'base64').toString()) - Date.now()) / 1000;
}
