/** The table of flags whose use depends on the version, as the roles read it. */

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

interface Row {
  readonly version: string;
  readonly unknown: readonly string[];
  readonly refused: readonly string[];
  /** Flags of each unit file, as the template filters them. */
  readonly rendered: Readonly<Record<string, readonly string[]>>;
}

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'];
const versions = [
  ...['1.18.0', '1.19.16', '1.20.2', '1.22.17', '1.23.17', '1.24.0', '1.26.0', '1.27.16', '1.29.15'],
  ...['1.31.14', '1.34.3', '1.35.0'],
];

const apiserver = (...flags: readonly string[]) => flags.map((flag) => `kube-apiserver/${flag}`);
const both = (...flags: readonly string[]) =>
  ['kube-controller-manager', 'kube-scheduler'].flatMap((component) => flags.map((flag) => `${component}/${flag}`));

describe('the flags of the Kubernetes components', () => {
  let on: Stage;
  let rows: ReadonlyMap<string, Row>;

  before(async () => {
    on = stage({ hosts: inventory });
    for (const role of ['cluster', 'kube-common', ...components]) {
      cpSync(`roles/${role}`, join(on.folder, 'roles', role), { recursive: true });
    }
    const table = (component: string, flags: string) => `
      - name: ${component}
        debug:
          msg:
            version: "{{ item }}"
            unknown: "{{ kube_common_unknown_flags }}"
            refused: "{{ kube_common_refused_flags }}"
            rendered: "{{ ${flags} | list | map('regex_replace', '^', '${component}/') | difference(kube_common_unknown_flags) }}"
        loop: ${JSON.stringify(versions)}
        vars: { kube_version: "{{ item }}" }`;
    const played = await on.play(
      components
        .map(
          (component) => `
- hosts: h1
  gather_facts: false
  tasks:
      - import_role: { name: ${component}, tasks_from: validate }${table(component, `${component.replaceAll('-', '_')}_flags`)}`,
        )
        .join('\n'),
    );
    const found = new Map<string, Row>();
    for (const component of components) {
      const { results } = played.result(component) as {
        readonly results: readonly { readonly msg: Omit<Row, 'rendered'> & { readonly rendered: readonly string[] } }[];
      };
      for (const { msg } of results) {
        found.set(msg.version, {
          ...msg,
          rendered: { ...found.get(msg.version)?.rendered, [component]: msg.rendered },
        });
      }
    }
    rows = found;
  });
  after(() => on?.close());

  const row = (version: string): Row => {
    const found = rows.get(version);
    if (!found) throw new Error(`no row for ${version}`);
    return found;
  };

  /** First version that no longer knows the flag, and one before it that does. */
  for (const { flags, before, until } of [
    {
      flags: apiserver('insecure-port', 'insecure-bind-address', 'address', 'port', 'enable-swagger-ui'),
      before: '1.23.17',
      until: '1.24.0',
    },
    { flags: apiserver('kubelet-https'), before: '1.20.2', until: '1.22.17' },
    { flags: apiserver('basic-auth-file'), before: '1.18.0', until: '1.19.16' },
    { flags: both('address', 'port'), before: '1.23.17', until: '1.24.0' },
    {
      flags: [...apiserver('logtostderr', 'log-dir'), ...both('logtostderr', 'log-dir')],
      before: '1.24.0',
      until: '1.26.0',
    },
    { flags: ['kube-controller-manager/pod-eviction-timeout'], before: '1.26.0', until: '1.27.16' },
    { flags: ['kubelet/network-plugin', 'kubelet/cni-bin-dir'], before: '1.23.17', until: '1.24.0' },
    { flags: ['kubelet/container-runtime'], before: '1.26.0', until: '1.27.16' },
    { flags: ['kubelet/pod-infra-container-image'], before: '1.34.3', until: '1.35.0' },
  ]) {
    it(`${flags.join(', ')} ended before ${until}`, () => {
      expect(row(before).unknown).to.not.include.any.members(flags);
      expect(row(until).unknown).to.include.members(flags);
      expect(row('1.35.0').unknown).to.include.members(flags);
    });
  }

  it('goaway-chance is known from 1.18', () => {
    for (const version of versions)
      expect(row(version).unknown, version).to.not.include('kube-apiserver/goaway-chance');
  });

  it('etcd-quorum-read is unknown to every version these roles render for', () => {
    for (const version of versions) expect(row(version).unknown, version).to.include('kube-apiserver/etcd-quorum-read');
  });

  it('up to 1.23 the ports without authentication are closed by name, from 1.24 they are not mentioned', () => {
    const closing = [...apiserver('insecure-port'), ...both('port')];
    for (const version of versions) {
      const all = Object.values(row(version).rendered).flat();
      if (Number(version.split('.')[1]) < 24) expect(all, version).to.include.members(closing);
      else expect(all, version).to.not.include.any.members(closing);
    }
  });

  it('no version gets a flag it does not know', () => {
    for (const version of versions) {
      const { rendered, unknown } = row(version);
      expect(Object.values(rendered).flat(), version).to.not.include.any.members([...unknown]);
    }
  });

  it('a kubelet is told its runtime by flags up to 1.26, and by its configuration file from 1.27', () => {
    for (const version of versions) {
      const { kubelet } = row(version).rendered;
      if (Number(version.split('.')[1]) < 27)
        expect(kubelet, version).to.include.members([
          'kubelet/container-runtime',
          'kubelet/container-runtime-endpoint',
        ]);
      else expect(kubelet?.join(), version).to.not.match(/container-runtime/);
    }
  });

  it('a node is told by no flag where the API is, or who may command it', () => {
    const own = [
      'kubelet/api-servers',
      'kubelet/anonymous-auth',
      'kubelet/authorization-mode',
      'kubelet/read-only-port',
    ];
    for (const version of versions) {
      expect(row(version).refused, version).to.include.members([...own, 'kube-proxy/master']);
      expect(Object.values(row(version).rendered).flat(), version).to.not.include.any.members([
        ...own,
        'kube-proxy/master',
      ]);
    }
  });

  it('every version gets what 1.20 made obligatory for service accounts', () => {
    const wanted = apiserver('service-account-issuer', 'service-account-key-file', 'service-account-signing-key-file');
    for (const version of versions) expect(row(version).rendered['kube-apiserver'], version).to.include.members(wanted);
  });

  it('what opens the cluster is refused in every version, and never rendered but to close it', () => {
    const opening = [
      ...apiserver(
        'insecure-port',
        'insecure-bind-address',
        'address',
        'port',
        'basic-auth-file',
        'token-auth-file',
        'cors-allowed-origins',
      ),
      ...both('master', 'address', 'port'),
    ];
    for (const version of versions) {
      expect(row(version).refused, version).to.include.members(opening);
      const closing = new Set([...apiserver('insecure-port'), ...both('port')]);
      const rendered = Object.values(row(version).rendered)
        .flat()
        .filter((flag) => !closing.has(flag));
      expect(rendered, version).to.not.include.any.members(opening);
    }
  });
});

const inventory = `[kube_control_plane]
h1 ansible_host=10.0.0.51
[etcd:children]
kube_control_plane
[lb:children]
kube_control_plane
[kube_node:children]
kube_control_plane
[all:vars]
cluster_vip=10.0.0.50/24
ansible_connection=exec
ansible_exec_command="/bin/sh"
`;
