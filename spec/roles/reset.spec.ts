/** The way back: refused unless it is meant, and leaving nothing that ha-external-etcd.yml makes. */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { expect } from 'chai';
import type { Outcome } from '../../engine/run/events.ts';
import { type Played, type Stage, stage } from '../run/harness.ts';
import { readMapping, roleNames } from './read-roles.ts';
import { expectListing, itRefuses } from './small-playbooks.ts';

const m = ['m1', 'm2', 'm3'];

describe('reset.yml', function () {
  this.timeout('60s');

  it('lists the way back: address, API, etcd, names, proof', () =>
    expectListing('reset', 'spec/fixtures/roles/s0/hosts'));

  itRefuses('reset', { groups: { etcd: m, kube_control_plane: m, lb: m }, vars: { reset_confirm: 'yes' } }, [
    { what: 'to remove anything unasked', vars: { reset_confirm: false }, reason: /say -e reset_confirm=yes/ },
    { what: 'an answer that is no yes', vars: { reset_confirm: 'no' }, reason: /say -e reset_confirm=yes/ },
  ]);
  describe('where there is etcd alone', () =>
    itRefuses('reset', { groups: { etcd: m }, vars: { reset_confirm: 'yes' } }, [
      { what: 'to remove anything unasked', vars: { reset_confirm: false }, reason: /its data from m1, m2, m3/ },
    ]));

  it('knows the places that other roles have by default', () => {
    const text = JSON.stringify(readMapping('roles/reset/vars/main.yml'));
    const defaults = roleNames.map((role) => readMapping(`roles/${role}/defaults/main.yml`));
    const written = [...text.matchAll(/(\w+) \| default\((?:'([^']*)'|(\d+))\)/g)];
    expect(written).to.have.length.greaterThan(8);
    for (const [, name, path, port] of written) {
      const value = defaults.map((one) => one[name!]).find((one) => one !== undefined);
      if (typeof value === 'string' && value.includes('{{')) continue;
      expect(String(value), name).to.equal(path ?? port);
    }
  });

  describe('beside load balancers of others', () => {
    let on: Stage;
    before(() => {
      on = stage();
      symlinkSync(resolve('roles'), join(on.folder, 'roles'));
    });
    after(() => on?.close());

    /** What a part would be where these services are not the roles'. */
    async function part(strange: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
      const shown = "{ name: Show, set_fact: { shown: '{{ reset_this }}' } }";
      const { result } = await on.play(
        `- { hosts: h1, gather_facts: false, roles: [cluster], vars_files: [${resolve('roles/kube-common/defaults/main.yml')}, ${resolve('roles/reset/vars/main.yml')}], tasks: [${shown}] }\n`,
        { extraVars: { reset_strange: strange, reset_part: 'lb', cluster_state_dir: on.folder } },
      );
      return (result('Show')['ansible_facts'] as { shown: Readonly<Record<string, readonly string[]>> }).shown;
    }

    it('leaves those alone, with their files, folders and packages', async () => {
      const { services, packages, files, folders } = await part(['haproxy']);
      expect([services, packages]).to.deep.equal([['keepalived'], ['keepalived']]);
      expect(files!.filter((path) => path.startsWith('/etc/haproxy'))).to.deep.equal([]);
      expect(files).to.include('/etc/keepalived/keepalived.conf').and.to.include('/etc/sysctl.d/60-haproxy.conf');
      expect(folders).to.deep.equal(['/etc/keepalived']);
      expect((await part([]))['services']).to.deep.equal(['keepalived', 'haproxy']);
    });
  });

  describe('after ha-external-etcd.yml, both told what they would do', () => {
    let on: Stage;
    let made: Played['outcomes'];
    let undone: Played['outcomes'];
    let events: Played['events'];
    /** Host and label of each item that is removed. */
    const removed = (what: string) =>
      events.flatMap((event) =>
        event.type === 'item' &&
        event.outcome.task.name === `reset : Remove the ${what}` &&
        event.outcome.status === 'changed'
          ? [`${event.outcome.host} ${event.label}`]
          : [],
      );

    before(async () => {
      on = stage();
      symlinkSync(resolve('roles'), join(on.folder, 'roles'));
      // A host where systemd runs these services, and nothing else is known.
      on.write({ 'bin/systemctl': systemctl, hosts: inventory(on.folder), ...binaries });
      chmodSync(join(on.folder, 'bin/systemctl'), 0o755);
      mkdirSync(join(on.folder, 'state'));
      const books = ['ha-external-etcd', 'reset'].map((name) => `- import_playbook: ${resolve('playbooks', name)}.yml`);
      const played = await on.play(`${books.join('\n')}\n`, { check: true, extraVars: facts(on.folder) });
      const { outcomes } = played;
      events = played.events;
      const failed = outcomes.filter(({ status }) => status === 'failed' || status === 'unreachable');
      expect(failed.map(({ host, task, result }) => `${host} ${task.name}: ${JSON.stringify(result)}`)).to.deep.equal(
        [],
      );
      const first = outcomes.findIndex(({ task }) => task.name.startsWith('reset : '));
      [made, undone] = [outcomes.slice(0, first), outcomes.slice(first)];
    });
    after(() => on?.close());

    it('removes every file and folder that was made', () => {
      // what is made on the controller stays there
      const placed = places(made).filter(({ path }) => !within(path, on.folder));
      const kept = placed.filter(
        ({ host, path }) => !places(undone).some((one) => one.host === host && within(path, one.path)),
      );
      expect(placed).to.have.length.greaterThan(60);
      expect(kept.filter(({ path }) => path !== '/etc/hosts')).to.deep.equal([]);
    });

    it('removes every user and group that was made, and packages on every host', () => {
      const accounts = [...['m1', 'm2'].flatMap((host) => [`${host} keepalived_script`, `${host} haproxy`]), 'e1 etcd'];
      expect(removed('users')).to.have.members(accounts);
      const ofDocker = ['m1', 'm2', 'e1'].map((host) => `${host} docker`);
      expect(removed('groups').filter((one) => !ofDocker.includes(one))).to.have.members(accounts);
      for (const module of ['user', 'group'])
        for (const { host, result } of made.filter(
          ({ task, status }) => task.module === module && status === 'changed',
        ))
          if (result['name'] !== undefined) expect(removed(`${module}s`)).to.include(`${host} ${result['name']}`);
      const hostsOf = (outcomes: readonly Outcome[]) =>
        outcomes
          .filter(({ task, status }) => task.module === 'package' && status === 'changed')
          .map(({ host }) => host);
      expect(new Set(hostsOf(undone))).to.deep.equal(new Set(hostsOf(made)));
    });

    it('stops what ran: the address before the load balancer, pods before the API, that before etcd, runtimes at the end', () => {
      const stopped = undone
        .filter(({ task, host }) => task.name.includes('Stop the services') && ['m1', 'e1'].includes(host))
        .flatMap(({ result }) =>
          resultsOf(result)
            .filter((one) => one['changed'])
            .map((one) => one['item']),
        );
      expect([...new Set(stopped)]).to.deep.equal([
        ...['keepalived', 'haproxy'],
        ...['kubelet', 'kube-proxy', 'pod-network', 'local-lb'],
        ...['kube-scheduler', 'kube-controller-manager', 'kube-apiserver'],
        'etcd',
        ...['docker.socket', 'docker', 'containerd'],
      ]);
    });

    it('leaves the lines of others in /etc/hosts, and sets the kernel parameter back', () => {
      const did = (name: string) =>
        undone.filter(({ task, status }) => task.name.includes(name) && status === 'changed');
      expect(did('Set the kernel parameter of haproxy back')).to.have.length(2);
      expect(did('Let /etc/hosts forget the hosts')).to.have.length(3);
    });
  });
});

type Result = Readonly<Record<string, unknown>>;

/** Those of a loop's items, or the one there is. */
const resultsOf = (result: Result): readonly Result[] =>
  (result['results'] as readonly Result[] | undefined) ?? [result];

/** Where a path is itself, or below the other. */
const within = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** The places on hosts that a run would change. */
function places(outcomes: readonly Outcome[]): readonly { readonly host: string; readonly path: string }[] {
  return outcomes.flatMap(({ host, task, result }) => {
    if (!placing.has(task.module)) return [];
    return resultsOf(result)
      .filter((one) => one['changed'] === true)
      .map((one) => one['dest'] ?? one['path'])
      .filter((path) => typeof path === 'string')
      .map((path) => ({ host, path: posix.normalize(path) }));
  });
}

const placing = new Set(['file', 'copy', 'template', 'get_url', 'unarchive']);

const binaries = Object.fromEntries(
  ['kubectl', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => [`binaries/${name}`, 'x']),
);

const inventory = (folder: string) => `[kube_control_plane]
m1 ansible_host=192.0.2.11
m2 ansible_host=192.0.2.12
[etcd]
e1 ansible_host=192.0.2.21
[lb:children]
kube_control_plane
[all:vars]
cluster_vip=192.0.2.100/24
haproxy_bind=192.0.2.100
cluster_state_dir=${folder}/state
kube_binary_source=${folder}/binaries
ansible_become=false
ansible_connection=exec
ansible_exec_command="env PATH=${folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/sh"
`;

const facts = (folder: string) => ({
  cluster_state_dir: `${folder}/state`,
  ansible_service_mgr: 'systemd',
  ansible_all_ipv4_addresses: ['192.0.2.11', '192.0.2.12', '192.0.2.21'],
  ansible_interfaces: ['eth0'],
  ansible_eth0: { ipv4: { address: '192.0.2.11' }, ipv4_secondaries: [{ address: '192.0.2.12' }] },
  ansible_default_ipv4: { interface: 'eth0' },
  // all three hosts are this machine
  preflight_identities: [],
  reset_confirm: 'yes',
  reset_packages: true,
});

/** `systemctl show`: every service it is asked for is loaded, enabled and runs. */
const systemctl = `#!/bin/sh
[ "$1" = show ] || exit 0
while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
[ $# -gt 0 ] || { echo UnitsLoadTimestampMonotonic=1; exit 0; }
shift
for unit; do
  printf 'Id=%s\\nNames=%s\\nLoadState=loaded\\nActiveState=active\\nSubState=running\\nUnitFileState=enabled\\n\\n' "$unit" "$unit"
done
`;
