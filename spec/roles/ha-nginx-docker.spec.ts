/** The scripted installation of S1: what it does in which order, and what it refuses before it connects to anything. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, tail } from '../kplay.ts';
import { expectListing, itRefuses } from './small-playbooks.ts';

const packages = mkdtempSync(join(tmpdir(), 'kplay-packages-'));
const inventory = 'spec/fixtures/roles/s1/hosts';
const masters = ['m1', 'm2', 'm3'];

describe('ha-nginx-docker.yml', function () {
  this.timeout('60s');
  before(() => {
    pack('k8s-master-pkg', [
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kubectl',
      'etcd',
      'etcdctl',
    ]);
    pack('k8s-node-pkg', ['kubelet', 'kube-proxy']);
    mkdirSync(join(packages, 'images'));
  });
  after(() => rmSync(packages, { recursive: true, force: true }));

  it("follows the document's steps 1 to 8 in their order", async () => {
    const said = await kplay(['playbooks/ha-nginx-docker.yml', '-i', inventory, '--list-tasks']);
    expect(said.code, tail(said)).to.equal(0);
    const at = (words: RegExp) => said.stdout.search(words);
    const steps = [
      /preflight : Every host has its own address/,
      /kube-packages : The packages are what they should be/,
      /nginx-docker : Write the configuration of nginx with the addresses of the masters/,
      /nginx-docker : Start nginx in its container/,
      /play #\d+ \(etcd:kube_control_plane\)[\s\S]{0,999}docker : Install docker where it is absent/,
      /kube-packages : Unpack the packages' binaries on the host/,
      /etcd : Start etcd now and at boot/,
      /kube-apiserver : Start kube-apiserver now and at boot/,
      /kube-controller-manager : Start kube-controller-manager now and at boot/,
      /kube-scheduler : Start kube-scheduler now and at boot/,
      /containerd : Start containerd now and at boot/,
      /kubelet : Start the kubelet now and at boot/,
      /kube-proxy : Start kube-proxy now and at boot/,
      /verify : Verify the control plane/,
    ].map(at);
    expect(steps).not.to.include(-1);
    expect(steps).to.deep.equal([...steps].sort((a, b) => a - b));
  });

  it('lists the same tasks as ever', () => expectListing('ha-nginx-docker', inventory));

  const groups = { lb: ['l1'], kube_control_plane: masters, etcd: masters, kube_node: ['n1', 'n2'] };
  itRefuses('ha-nginx-docker', { groups, vars: { cluster_vip: '', cluster_packages_dir: packages } }, [
    {
      what: 'a missing tarball',
      vars: { kube_packages_node: 'k8s-node-pkg-2.tar.gz' },
      reason: /the package k8s-node-pkg-2\.tar\.gz is missing/,
    },
    {
      what: 'a checksum that does not fit',
      vars: { kube_packages_master_sha256: '0'.repeat(64) },
      reason: /k8s-master-pkg\.tar\.gz has the sha256 [0-9a-f]{64}, and should have 0{64}/,
    },
    {
      what: 'two load balancers without a virtual address (S1.E2)',
      groups: { ...groups, lb: ['l1', 'l2'] },
      reason: /the empty cluster_vip is not an IPv4 address/,
    },
    { what: 'an image without a tag (S1.E2)', vars: { nginx_docker_image: 'nginx' }, reason: /nginx names neither/ },
    {
      what: 'an image of a registry with a port, without a tag',
      vars: { nginx_docker_image: 'registry.example.org:5005/nginx' },
      reason: /names neither a version nor a digest/,
    },
    { what: 'the latest image', vars: { nginx_docker_image: 'nginx:latest' }, reason: /nginx:latest names neither/ },
    {
      what: 'a folder relative to wherever it is run (S1.E2)',
      vars: { nginx_docker_config_dir: 'conf.d' },
      reason: /conf\.d must be an absolute path/,
    },
    {
      what: 'an archive of the image that is not there',
      vars: { cluster_image_archives: join(packages, 'images') },
      reason: /nginx_1\.22\.1\.tar is missing on the controller/,
    },
    {
      what: 'Services on docker0 (S1.E4)',
      vars: { cluster_service_cidr: '172.17.0.0/16' },
      reason: /172\.17\.0\.0\/16 overlap/,
    },
    {
      what: 'an authority of the registry that is not there',
      vars: { registry_trust_domain: 'registry.example.org', registry_trust_ca_src: '/nonexistent/ca.crt' },
      reason: /\/nonexistent\/ca\.crt is no file on the controller/,
    },
  ]);
});

function pack(name: string, files: readonly string[]): void {
  const tree = join(packages, name);
  mkdirSync(tree);
  for (const file of files) writeFileSync(join(tree, file), file);
  const script = 'tar -czf "$0.tar.gz" -C "$0" . && sha256sum "$0.tar.gz" > "$0.tar.gz.sha256"';
  execFileSync('sh', ['-ec', script, tree]);
}
