/** The images that go with a version of Kubernetes, as `kubeadm config images list` of that version names them. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

const official = 'registry.k8s.io';
const mirror = 'registry.example/google_containers';

/** Version, pause, CoreDNS. */
const releases: readonly (readonly [string, string, string])[] = [
  ['1.18.20', 'pause:3.2', 'coredns:1.6.7'],
  ['1.19.16', 'pause:3.2', 'coredns:1.7.0'],
  ['1.20.2', 'pause:3.2', 'coredns:1.7.0'],
  ['1.21.14', 'pause:3.4.1', 'coredns/coredns:v1.8.0'],
  ['1.22.17', 'pause:3.5', 'coredns/coredns:v1.8.4'],
  ['1.23.17', 'pause:3.6', 'coredns/coredns:v1.8.6'],
  ['1.24.17', 'pause:3.7', 'coredns/coredns:v1.8.6'],
  ['1.25.16', 'pause:3.8', 'coredns/coredns:v1.9.3'],
  ['1.26.15', 'pause:3.9', 'coredns/coredns:v1.9.3'],
  ['1.27.16', 'pause:3.9', 'coredns/coredns:v1.10.1'],
  ['1.28.15', 'pause:3.9', 'coredns/coredns:v1.10.1'],
  ['1.29.10', 'pause:3.9', 'coredns/coredns:v1.11.1'],
  ['1.30.4', 'pause:3.9', 'coredns/coredns:v1.11.1'],
  ['1.30.6', 'pause:3.9', 'coredns/coredns:v1.11.3'],
  ['1.31.0', 'pause:3.10', 'coredns/coredns:v1.11.1'],
  ['1.31.2', 'pause:3.10', 'coredns/coredns:v1.11.3'],
  ['1.32.0', 'pause:3.10', 'coredns/coredns:v1.11.3'],
  ['1.33.0', 'pause:3.10', 'coredns/coredns:v1.12.0'],
  ['1.34.3', 'pause:3.10.1', 'coredns/coredns:v1.12.1'],
];

interface Images {
  readonly pause: string;
  readonly dns: string;
  readonly kubeadm: Readonly<Record<string, unknown>>;
}

describe('the images of a version', () => {
  let on: Stage;
  let images: ReadonlyMap<string, Images>;

  before(async () => {
    on = stage({ hosts: '[kube_control_plane]\nm1 ansible_connection=exec ansible_exec_command="/bin/sh"\n' });
    for (const role of ['cluster', 'kube-common', 'coredns', 'kubeadm'])
      cpSync(`roles/${role}`, join(on.folder, 'roles', role), { recursive: true });
    const asked = releases.flatMap(([version]) => [official, mirror].map((registry) => ({ version, registry })));
    const played = await on.play(`
- hosts: m1
  gather_facts: false
  tasks:
    - import_role: { name: coredns, tasks_from: validate }
    - import_role: { name: kubeadm, tasks_from: validate }
      when: false
    - name: images
      debug: { msg: { pause: "{{ kube_pause_image }}", dns: "{{ coredns_image }}", kubeadm: "{{ kubeadm_dns }}" } }
      loop: ${JSON.stringify(asked)}
      vars: { kube_version: "{{ item.version }}", kube_image_repository: "{{ item.registry }}" }
`);
    const { results } = played.result('images') as { readonly results: readonly { readonly msg: Images }[] };
    images = new Map(
      results.map(({ msg }, index) => [`${asked[index]!.registry}/${asked[index]!.version}`, msg] as const),
    );
  });
  after(() => on?.close());

  for (const [version, pause, dns] of releases)
    it(`${version} goes with ${pause} and ${dns}`, () => {
      expect(images.get(`${official}/${version}`)).to.include({
        pause: `${official}/${pause}`,
        dns: `${official}/${dns}`,
      });
      // kubeadm expects no folder for CoreDNS in a mirror
      expect(images.get(`${mirror}/${version}`)).to.include({
        pause: `${mirror}/${pause}`,
        dns: `${mirror}/${dns.replace('coredns/', '')}`,
      });
    });

  it('kubeadm is told the folder of CoreDNS where it takes another registry for its own: 1.21 to 1.24', () => {
    for (const [version] of releases) {
      const minor = Number(version.split('.')[1]);
      const told = minor >= 21 && minor < 25 ? { dns: { imageRepository: `${official}/coredns` } } : {};
      expect(images.get(`${official}/${version}`)!.kubeadm, version).to.deep.equal(told);
      expect(images.get(`${mirror}/${version}`)!.kubeadm, version).to.deep.equal({});
    }
  });
});
