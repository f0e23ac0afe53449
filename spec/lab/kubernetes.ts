import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { debianMirrors } from './mirror.ts';
import { cache, checkout } from './paths.ts';
import type { Progress } from './progress.ts';

const root = join(cache, 'kubernetes');
/** Holds kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubectl, kubeadm, SHA256SUMS. */
const binaries = join(root, 'v1.20.2');

export const isKubernetesBuilt = (): boolean => existsSync(binaries);

/** Builds the Kubernetes binaries, once (about ten minutes of two cores), and returns their folder. */
export async function ensureKubernetes({ log, signal }: Progress): Promise<string> {
  if (isKubernetesBuilt()) return binaries;
  log('Kubernetes is not in the cache: building it from Debian source, once (about 10 minutes)');
  await mkdir(root, { recursive: true });
  const { packages } = await debianMirrors();
  await run(['nice', '-n', '10', 'bash', join(checkout, 'spec/lab/kubernetes-build.sh'), root, packages], {
    signal,
    onLine: (line) => {
      if (line.startsWith('step ')) log(line.slice('step '.length));
    },
  });
  return binaries;
}
