/** What is on the hosts already is asked, and not forgotten: no second cluster beside one that runs. */
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
    return Object.fromEntries(
      failed.map(({ host, result }) => [host, String(result['msg'] ?? JSON.stringify(result))]),
    );
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
