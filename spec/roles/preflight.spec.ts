/** The checks alone: those of the whole cluster, or of the groups one asks for. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';
import { readMapping, readYaml, tasksOf } from './read-roles.ts';
import { expectListing, itRefuses } from './small-playbooks.ts';

const m = ['m1', 'm2', 'm3'];

describe('preflight.yml', function () {
  this.timeout('30s');

  it('lists the checks, and nothing else', () => expectListing('preflight', 'spec/fixtures/roles/s0/hosts'));

  it('has no task that could change a host', () => {
    const asking =
      'assert stat command getent wait_for arp_probe vrrp_adverts import_role import_tasks include_tasks'.split(' ');
    const reading = new Set<string | undefined>([...asking, undefined]);
    const checks = [...tasksOf('preflight'), ...['etcd', 'keepalived', 'kube-common'].flatMap(validation)];
    for (const { module, task, file } of checks) {
      expect(reading.has(module), `${file}: ${task['name']}`).to.equal(true);
      if (module === 'command') expect(task['changed_when'], file).to.equal(false);
    }
  });

  it('checks exactly what ha-external-etcd.yml checks', () => {
    const rolesOf = (playbook: string) =>
      (readYaml(`playbooks/${playbook}.yml`) as readonly Readonly<Record<string, unknown>>[])
        .slice(0, 2)
        .flatMap((play) => [play['tasks'] ?? [], play['roles'] ?? []].flat())
        .map((one) => (typeof one === 'object' && one !== null && 'import_role' in one ? one.import_role : one));
    expect(rolesOf('preflight')).to.deep.equal(rolesOf('ha-external-etcd'));
  });

  itRefuses(
    'preflight',
    { groups: { etcd: m, kube_control_plane: m, lb: m }, vars: { cluster_vip: '192.0.2.100/24' } },
    [
      {
        what: 'an inventory without load balancers',
        groups: { etcd: m, kube_control_plane: m },
        reason: /the groups etcd, kube_control_plane, lb must have hosts/,
      },
      { what: 'no virtual address', vars: { cluster_vip: '' }, reason: /the empty cluster_vip is not an IPv4 address/ },
      {
        what: 'one port for both',
        vars: { cluster_api_lb_port: 6443 },
        reason: /cluster_api_port and cluster_api_lb_port are the same/,
      },
      {
        what: 'pods inside the Service network',
        vars: { cluster_pod_cidr: '10.100.0.0/16' },
        reason: /10\.96\.0\.0\/12 and 10\.100\.0\.0\/16 overlap/,
      },
      {
        what: 'a version without a table',
        vars: { kube_version: '1.99.0' },
        reason: /kube_version is 1\.99\.0/,
      },
      {
        what: 'nonpreempt with a weight',
        vars: { keepalived_mode: 'nonpreempt', keepalived_weight: -20 },
        reason: /keepalived_mode=nonpreempt with keepalived_weight=-20 never fails over/,
      },
    ],
  );

  describe('with a folder of binaries', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kplay-binaries-'));
    after(() => rmSync(folder, { recursive: true }));
    const masters = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'];
    for (const name of masters) writeFileSync(join(folder, name), name);
    const sha256 = createHash('sha256').update('kubectl').digest('hex');
    const wrong = sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));

    itRefuses(
      'preflight',
      {
        groups: { etcd: m, kube_control_plane: m, lb: m },
        vars: { cluster_vip: '192.0.2.100/24', kube_binary_source: folder, kube_binary_sha256: { kubectl: sha256 } },
      },
      [
        {
          what: 'a folder that lacks a binary of the nodes',
          groups: { etcd: m, kube_control_plane: m, lb: m, kube_node: ['n1'] },
          reason: /kube_binary_source=\S+ has no kubelet, which these hosts need/,
        },
        {
          what: 'a folder that is not there',
          vars: { kube_binary_source: '/nonexistent' },
          reason: /kube_binary_source=\/nonexistent has no kube-apiserver/,
        },
        {
          what: 'a binary with another checksum',
          vars: { kube_binary_sha256: { kubectl: wrong } },
          reason: new RegExp(`kubectl has the checksum ${sha256}, and kube_binary_sha256 says\\s+${wrong}`),
        },
      ],
    );
  });

  describe('how it times the disk of etcd', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kplay-fsync-'));
    after(() => rmSync(folder, { recursive: true }));
    const measure = (path: string) =>
      Number(
        execFileSync(
          'sh',
          ['-c', String(readMapping('roles/preflight/vars/main.yml')['preflight_fsync']), 'sh', path],
          {
            env: { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}` },
          },
        ),
      );

    it('writes where the folder will be, and leaves nothing', () => {
      expect(measure(join(folder, 'var/lib/etcd')))
        .to.be.greaterThan(0)
        .and.lessThan(10);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it('takes what 198 of 200 writes do not exceed', () => {
      const slower = '#!/bin/sh\nfor word; do case $word in seek=*) n=${word#seek=};; esac; done\n';
      mkdirSync(join(folder, 'bin'));
      writeFileSync(join(folder, 'bin/dd'), `${slower}echo "2300 bytes copied, $n.5e-3 s, 1 kB/s" >&2\n`, {
        mode: 0o755,
      });
      expect(measure(folder)).to.equal(0.1975);
    });
  });

  describe('what hosts are asked about', () => {
    let on: Stage;
    before(() => {
      on = stage();
      on.write({ hosts: '[kube_control_plane]\nm1\n[lb:children]\nkube_control_plane\n[kube_node]\nn1\n' });
    });
    after(() => on?.close());

    /** The registries and ports of a host, or the names it must resolve, by what the role's files say. */
    async function asked(host: string, vars: Readonly<Record<string, unknown>>, names = false) {
      const files = ['cluster/defaults', 'kube-common/defaults', 'preflight/defaults', 'preflight/vars'];
      const ports =
        "{{ preflight_ports | selectattr('group', 'in', preflight_populated) | selectattr('group', 'in', group_names) | map(attribute='port') | map('int') | sort | list }}";
      const play = {
        hosts: host,
        gather_facts: false,
        connection: 'local',
        vars_files: files.map((file) => resolve('roles', `${file}/main.yml`)),
        tasks: [
          { debug: { msg: names ? '{{ preflight_names }}' : { registries: '{{ preflight_registries }}', ports } } },
        ],
      };
      const { outcomes } = await on.play(JSON.stringify([play]), {
        extraVars: { preflight_groups: ['kube_control_plane', 'lb'], ...vars },
      });
      return outcomes.at(-1)?.result['msg'];
    }

    it('names among addresses, of registries and of mirrors are to be resolved, but for one that /etc/hosts will have', async () => {
      const addresses = { m1: '192.0.2.1', n1: 'n1.example.org' };
      const vars = { cluster_addresses: addresses, cluster_api_address: 'api.example.org' };
      expect(await asked('m1', vars, true)).to.deep.equal(['n1.example.org', 'api.example.org']);
      const images = {
        preflight_registries: ['registry.example.org:5005', 'trusted.example.org', '192.0.2.9:5000'],
        preflight_images: [{ group: 'lb', image: 'nginx' }],
        docker_registry_mirrors: ['https://mirror.example.org:444/x'],
        registry_trust_domain: 'trusted.example.org',
        registry_trust_ip: '192.0.2.9',
      };
      expect(await asked('m1', { ...vars, ...images }, true)).to.deep.equal([
        ...['n1.example.org', 'api.example.org', 'registry.example.org', 'mirror.example.org'],
      ]);
    });

    it('a control plane of services pulls nothing, and has no kubelet', async () => {
      expect(await asked('m1', {})).to.deep.equal({ registries: [], ports: [6443, 9443, 10257, 10259] });
    });

    it('a control plane that kubeadm makes pulls images, and has a kubelet and etcd', async () => {
      expect(await asked('m1', { preflight_kubeadm: true })).to.deep.equal({
        registries: ['registry.k8s.io'],
        ports: [2379, 2380, 2381, 6443, 9443, 10250, 10257, 10259],
      });
      const external = { preflight_kubeadm: true, kubeadm_etcd: 'external', preflight_local_lb_port: 6444 };
      expect(await asked('m1', external)).to.deep.include({ ports: [6443, 6444, 9443, 10250, 10257, 10259] });
    });

    it('containers of load balancers are pulled from where their names say', async () => {
      const images = ['docker.io/library/haproxy:2', 'osixia/keepalived:2', 'nginx', 'registry.example.org:5000/x/y:1'];
      const preflight_images = images.map((image) => ({ group: 'lb', image }));
      expect(await asked('m1', { preflight_images })).to.deep.include({
        registries: ['registry-1.docker.io', 'registry.example.org:5000'],
      });
      expect(await asked('n1', { preflight_images })).to.deep.equal({
        registries: ['registry.k8s.io'],
        ports: [10250],
      });
    });
  });

  describe('with preflight_groups of etcd alone', () => {
    itRefuses('preflight', { groups: { etcd: m }, vars: { preflight_groups: ['etcd'] } }, [
      { what: 'an even number of members', groups: { etcd: ['m1', 'm2'] }, reason: /the group etcd has 2 hosts/ },
    ]);
  });
});

/** The tasks of a role that need no connection. */
function validation(role: string) {
  expect(readMapping(`roles/${role}/meta/main.yml`)).to.have.property('galaxy_info');
  return tasksOf(role).filter(({ file }) => file.endsWith('validate.yml'));
}
