/** What is on the hosts already is asked, and not forgotten: no second cluster beside one that runs, no older version. */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

const names = ['m1', 'm2', 'm3'];
const url = (name: string) => `https://192.0.2.1${name.slice(1)}:2380`;

/** What `etcdctl member list` of a host says of these members. */
const list = (...members: readonly string[]) =>
  `echo '${members.map((name) => `8e9e05c52164694d, started, ${name}, ${url(name)}, ${url(name).replace('2380', '2379')}, false`).join('\n')}'`;

describe('hosts that are part of something already', function () {
  this.timeout('30s');
  let on: Stage;
  beforeEach(() => {
    on = stage({ hosts: inventory });
    symlinkSync(resolve('roles'), join(on.folder, 'roles'));
    for (const name of names) mkdirSync(join(on.folder, name));
  });
  afterEach(() => on?.close());

  /** Plays the tasks of a role against hosts with these programs and files, by `host/name`; who was refused, and why. */
  async function refused(
    role: string,
    tasksFrom: string,
    files: Readonly<Record<string, string>>,
    extraVars: Readonly<Record<string, unknown>> = {},
  ) {
    on.write(files);
    for (const [path, text] of Object.entries(files))
      if (text.startsWith('#!')) chmodSync(join(on.folder, path), 0o755);
    const task = `{ name: Check, import_role: { name: ${role}, tasks_from: ${tasksFrom} } }`;
    const played = await on.play(`- { hosts: all, gather_facts: false, tasks: [${task}] }\n`, { extraVars });
    const failed = played.outcomes.filter(({ status }) => status === 'failed');
    expect(played.outcomes.filter(({ status }) => status === 'changed')).to.deep.equal([]);
    return Object.fromEntries(failed.map(({ host, result }) => [host, JSON.stringify(result)]));
  }

  describe('etcd', () => {
    const members = (said: Readonly<Record<string, string>>) =>
      refused(
        'etcd',
        'members',
        Object.fromEntries(Object.entries(said).map(([host, text]) => [`${host}/etcdctl`, `#!/bin/sh\n${text}\n`])),
        { etcd_bin_dir: `${on.folder}/{{ inventory_hostname }}` },
      );

    it('begins where nothing runs, and goes on where every member is counted', async () => {
      expect(await members({})).to.deep.equal({});
      expect(await members({ m1: 'echo connection refused >&2; exit 1' })).to.deep.equal({});
      expect(await members({ m1: list(...names), m2: list(...names) })).to.deep.equal({});
    });

    it('refuses hosts that the running member does not count, and says how to add one', async () => {
      const reasons = await members({ m1: list('m1') });
      expect(Object.keys(reasons)).to.deep.equal(['m2', 'm3']);
      expect(reasons['m2']).to.match(
        /m2 \(https:\/\/192\.0\.2\.12:2380\) is no member of the etcd cluster that runs on m1/,
      );
      expect(reasons['m2']).to.include('etcdctl member add m2 --peer-urls=https://192.0.2.12:2380');
    });

    it('finds two clusters side by side', async () => {
      expect(await members({ m1: list('m1'), m2: list(...names), m3: list(...names) })).to.have.keys('m2', 'm3');
    });
  });

  describe('the first control plane', () => {
    const folders = () => ({ kube_config_dir: `${on.folder}/{{ inventory_hostname }}` });
    const first = (...serving: readonly string[]) =>
      refused(
        'preflight',
        'first',
        Object.fromEntries(serving.map((host) => [`${host}/manifests/kube-apiserver.yaml`, 'x'])),
        folders(),
      );

    it('may be bare where all are, and is itself where it serves', async () => {
      expect(await first()).to.deep.equal({});
      expect(await first('m1')).to.deep.equal({});
      expect(await first('m1', 'm2', 'm3')).to.deep.equal({});
    });

    it('is refused bare while others serve, and they are named', async () => {
      const reasons = await first('m2', 'm3');
      expect(Object.keys(reasons)).to.deep.equal(['m1']);
      expect(reasons['m1']).to.match(/m1 is the first control plane.*but m2, m3 has one.*Put m2 first/);
    });
  });

  describe('the version of Kubernetes', () => {
    const versions = (wanted: string, installed: Readonly<Record<string, string>>) =>
      refused('preflight', 'versions', installed, {
        kube_version: wanted,
        kube_binary_dir: `${on.folder}/{{ inventory_hostname }}`,
        kube_config_dir: `${on.folder}/{{ inventory_hostname }}`,
      });
    const service = (version: string) => ({ 'm1/kube-apiserver': `#!/bin/sh\necho Kubernetes v${version}\n` });
    const pod = (version: string) => ({
      'm1/manifests/kube-apiserver.yaml': `    image: registry.k8s.io/kube-apiserver:v${version}\n`,
    });

    it('is free on bare hosts, may stay, and rise by a minor one', async () => {
      expect(await versions('1.20.2', {})).to.deep.equal({});
      for (const installed of [service, pod]) {
        expect(await versions('1.28.4', installed('1.28.4'))).to.deep.equal({});
        expect(await versions('1.29.0', installed('1.28.4'))).to.deep.equal({});
      }
    });

    for (const [what, installed] of [
      ['a service', service],
      ['a static pod', pod],
    ] as const)
      it(`neither sinks nor skips a minor one, beside ${what}`, async () => {
        const sunk = await versions('1.20.2', installed('1.28.4'));
        expect(sunk).to.have.keys('m1');
        expect(sunk['m1']).to.match(/kube_version is 1\.20\.2, and m1 has 1\.28\.4/);
        expect(await versions('1.30.1', installed('1.28.4'))).to.have.keys('m1');
      });
  });

  describe('the kernel', () => {
    const kernel = (ansible_kernel: string, vars: Readonly<Record<string, unknown>> = {}) =>
      refused('kubeadm', 'kernel', {}, { ansible_kernel, ...vars });

    it('must know nftables where kube-proxy of kubeadm asks for it', async () => {
      expect(await kernel('5.10.0-30-amd64')).to.deep.equal({});
      expect(await kernel('6.1.0-18-amd64', { kube_version: '1.33.1' })).to.deep.equal({});
      const reasons = await kernel('5.10.0-30-amd64', { kube_version: '1.33.1' });
      expect(reasons['m2']).to.match(/nftables needs Linux 5\.13, and m2 has 5\.10\.0-30-amd64/);
    });
  });
});

const inventory = `[etcd]
m1 ansible_host=192.0.2.11
m2 ansible_host=192.0.2.12
m3 ansible_host=192.0.2.13
[kube_control_plane:children]
etcd
[all:vars]
ansible_connection=exec
ansible_exec_command=/bin/sh
`;
