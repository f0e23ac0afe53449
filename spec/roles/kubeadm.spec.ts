/** kubeadm's configuration as the documents give it, beside what the role makes of the same hosts: each difference has its reason. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseYaml } from '../../engine/source/yaml.ts';
import { type Mapping, readMapping } from './read-roles.ts';

const folder = 'spec/fixtures/roles/kubeadm';

/** What the document says and the role does not, by place: why. */
const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'document-002.yaml': {
    cgroupDriver: 'S2.E4: no field of ClusterConfiguration; KubeletConfiguration says it',
    controlPlaneEndpoint: 'S2.E2: the load balancer has a port of its own',
    imageRepository: 'a variable',
    'networking.podSubnet': 'S2.E6: host bits, and a network of docker',
    'networking.serviceSubnet': 'S2.E6: a network of docker',
  },
  'document-003.yaml': {
    apiVersion: 'v1alpha2 is read by no version in use',
    kind: 'MasterConfiguration became ClusterConfiguration and InitConfiguration',
    kubernetesVersion: 'the newest version the lab proves, not 1.11',
    'api.controlPlaneEndpoint': 'S2.E2; a field of ClusterConfiguration itself',
    apiServerCertSANs: 'apiServer.certSANs, with 127.0.0.1 and every control plane',
    'etcd.local.extraArgs.listen-client-urls': 'kubeadm says the same by itself',
    'etcd.local.extraArgs.advertise-client-urls': 'kubeadm says the same by itself',
    'etcd.local.extraArgs.listen-peer-urls': 'kubeadm says the same by itself',
    'etcd.local.extraArgs.initial-advertise-peer-urls': 'kubeadm says the same by itself',
    'etcd.local.extraArgs.initial-cluster': 'a join asks the cluster for its members',
    'etcd.local.serverCertSANs': 'kubeadm adds name and address by itself',
    'etcd.local.peerCertSANs': 'kubeadm adds name and address by itself',
    'networking.podSubnet': 'S0.E9: no network of hosts; a variable',
  },
};

const corrected: Readonly<Record<string, string>> = {
  'document-002.yaml': 'v1.20/m01/kubeadm.yaml.golden',
  'document-003.yaml': 's3/cp0/kubeadm.yaml.golden',
};

for (const [document, why] of Object.entries(reasons)) {
  describe(`the configuration of ${document}`, () => {
    const faithful = leaves(documentsOf(document)[0]!);
    const cluster = leaves(documentsOf(corrected[document]!).find(({ kind }) => kind === 'ClusterConfiguration')!);

    it('differs from what the role makes of the same hosts for known reasons alone', () => {
      const differing = Object.keys(faithful).filter((place) => faithful[place] !== cluster[place]);
      expect(differing.sort()).to.deep.equal(Object.keys(why).sort());
    });
  });
}

describe('the configuration of S4.6 and S4.7', () => {
  const [, cluster] = documentsOf('v1.28/m01/kubeadm.yaml.golden');

  it('has what kubeadm init is told by flags, but for the port of the load balancer (S4.E4)', () => {
    expect(leaves(cluster!)).to.include({
      controlPlaneEndpoint: '"127.0.0.1:6444"',
      'networking.serviceSubnet': '"10.96.0.0/12"',
      'networking.podSubnet': '"10.244.0.0/16"',
    });
  });

  it("has the document's one addition to kubeadm's own flags as a patch of each host, not for all (S4.E5)", () => {
    const manifest = readFileSync('spec/fixtures/roles/s4-local/kube-apiserver.yaml.document', 'utf8');
    const flags = manifest.match(/--\S+/g) ?? [];
    expect(flags).to.have.length(28);
    expect(flags.at(-1)).to.equal('--bind-address=10.0.0.11');
    expect(String(readMapping('roles/kubeadm/vars/main.yml')['kubeadm_host_patches'])).to.match(
      /'kube-apiserver0\+json\.json': \[\{'op': 'add', .*'--bind-address=' ~ kubeadm_bind_address/,
    );
    expect(JSON.stringify(cluster)).not.to.include('bind-address');
  });
});

describe("kubeadm's configuration", () => {
  const versions = ['1.13', '1.15', '1.20', '1.22', '1.24', '1.28', '1.31', '1.34'];
  const apis = ['v1beta1', 'v1beta2', 'v1beta2', 'v1beta3', 'v1beta3', 'v1beta3', 'v1beta4', 'v1beta4'];

  it('is written in the API of the version, one document of each kind', () => {
    const seen = versions.map((version) => documentsOf(`v${version}/m01/kubeadm.yaml.golden`));
    expect(seen.map(([init]) => init!['apiVersion'])).to.deep.equal(apis.map((api) => `kubeadm.k8s.io/${api}`));
    for (const documents of seen)
      expect(documents.map(({ kind }) => kind)).to.deep.equal([
        'InitConfiguration',
        'ClusterConfiguration',
        'KubeletConfiguration',
        'KubeProxyConfiguration',
      ]);
  });

  it('has flags as a list from v1beta4 on, and as a mapping before', () => {
    for (const [index, version] of versions.entries()) {
      const [, cluster] = documentsOf(`v${version}/m01/kubeadm.yaml.golden`);
      const { extraArgs } = cluster!['apiServer'] as Mapping;
      expect(Array.isArray(extraArgs), version).to.equal(apis[index] === 'v1beta4');
    }
  });

  it('has no secret in it', () => {
    for (const version of versions)
      for (const host of ['m01', 'm02'])
        expect(read(`v${version}/${host}/kubeadm.yaml.golden`)).not.to.match(/token:|certificateKey/);
  });
});

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

function documentsOf(path: string): readonly Mapping[] {
  return read(path)
    .split(/^---\n/m)
    .map((text) => parseYaml(text, path).value as Mapping | null)
    .filter((one): one is Mapping => one !== null);
}

/** Each value by its place, as `networking.podSubnet`; a list is one value. */
function leaves(value: Mapping, above = ''): Readonly<Record<string, string>> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, one]) =>
      typeof one === 'object' && one !== null && !Array.isArray(one)
        ? leaves(one as Mapping, `${above}${key}.`)
        : { [above + key]: JSON.stringify(one) },
    ),
  );
}
