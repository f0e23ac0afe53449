/** What kubeadm has made of a host, by its files and by what the API says. */
import { fileEffects } from '../../target/effects.ts';
import { unitKind } from '../../target/queries/units.ts';
import { type Effect, effect } from '../../target/query.ts';
import type { ReadableTarget } from '../../target/target.ts';
import { isUnknown, Unknown } from '../../template/values.ts';
import { orUnknown } from '../unknown.ts';

export const kubernetesFolder = '/etc/kubernetes';
export const kubeletConf = `${kubernetesFolder}/kubelet.conf`;
const apiserverManifest = `${kubernetesFolder}/manifests/kube-apiserver.yaml`;

export interface NodeFiles {
  /** The administrator's kubeconfig: only control planes have one. */
  readonly admin: boolean;
  /** The kubelet's own kubeconfig. */
  readonly kubelet: boolean;
  /** The kubelet has a certificate from the cluster: on a first master one of the last things that init does. */
  readonly certified: boolean;
  /** The kubeconfig a kubelet asks for that certificate with. */
  readonly bootstrap: boolean;
  /** The static pod of kube-apiserver. */
  readonly apiserver: boolean;
}

export async function nodeFiles(target: ReadableTarget): Promise<NodeFiles> {
  const there = async (path: string) => (await target.stat(path, { follow: true })).exists;
  const [admin, kubelet, bootstrap, apiserver, conf] = await Promise.all([
    there(`${kubernetesFolder}/admin.conf`),
    there(kubeletConf),
    there(`${kubernetesFolder}/bootstrap-kubelet.conf`),
    there(apiserverManifest),
    orUnknown(target.readFile(kubeletConf)),
  ]);
  const certified = isUnknown(conf) || (conf?.includes('kubelet-client-current.pem') ?? false);
  return { admin, kubelet, certified, bootstrap, apiserver };
}

/** What kubeadm's own checks complain of on a host where an earlier try left its files and processes. */
export const leftBehind: readonly string[] = [
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map(
    (name) => `FileAvailable--etc-kubernetes-manifests-${name}.yaml`,
  ),
  'FileAvailable--etc-kubernetes-bootstrap-kubelet.conf',
  'FileAvailable--etc-kubernetes-kubelet.conf',
  'FileAvailable--etc-kubernetes-pki-ca.crt',
  'DirAvailable--etc-kubernetes-manifests',
  'DirAvailable--var-lib-etcd',
  ...[6443, 10250, 10251, 10252, 10257, 10259, 2379, 2380].map((port) => `Port-${port}`),
];

/** The files of a node that kubeadm has made; their content is known after the run only. */
export function nodeEffects(controlPlane: boolean): readonly Effect[] {
  const made = (path: string, mode = '0600') =>
    fileEffects(`${kubernetesFolder}/${path}`, { content: new Unknown(`${path} is made by kubeadm`), mode });
  const unit = { name: 'kubelet.service', exists: true, active: 'active', fileState: 'enabled', needsReload: false };
  return [
    ...made('kubelet.conf'),
    ...(controlPlane
      ? [
          ...['admin.conf', 'controller-manager.conf', 'scheduler.conf'].flatMap((name) => made(name)),
          ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].flatMap((name) =>
            made(`manifests/${name}.yaml`),
          ),
        ]
      : []),
    effect(unitKind, 'system kubelet.service', { ...unit, properties: {} }),
  ];
}
