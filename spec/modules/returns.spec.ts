/** What each module promises to return is there: after a change, when there is nothing to do, and under check. */

import { join } from 'node:path';
import { expect } from 'chai';
import { moduleCatalog } from '../../engine/module/load.ts';
import { act } from '../../engine/run/act.ts';
import { UnknownState } from '../../engine/target/failure.ts';
import { predictedWorld } from '../../engine/target/prediction.ts';
import { simulatedTarget } from '../../engine/target/simulated.ts';
import { settled } from '../../engine/testing/run-module.ts';
import { type FakeWorld, fakeController, fakeTarget } from '../../engine/testing.ts';

const sha = 'a'.repeat(40);
const placed = 'mode owner group uid gid size state';
const ran = 'cmd rc stdout stdout_lines stderr stderr_lines start end delta msg';
const files = { 'templates/t.j2': 'x', 'files/f': 'x', 'files/do.sh': '#!/bin/sh\n' };

interface Promised {
  readonly args?: Readonly<Record<string, unknown>>;
  readonly world?: FakeWorld;
  /** Keys that are there whatever happens, and those that only a change brings, on a host or under check too. */
  readonly always?: string;
  readonly changed?: string;
  /** The world where there is nothing to do, where a second run in the first one does not show it. */
  readonly done?: FakeWorld | null;
}

const at = (path: string, file: string | object = 'x') => ({ files: { [path]: file } }) as FakeWorld;
const fresh = { 'apt lists host': { fetched: 1, age: 60 } };

const promises: Readonly<Record<string, Promised>> = {
  copy: { args: { src: 'f', dest: '/etc/f' }, always: `dest src checksum ${placed}`, changed: 'md5sum' },
  'copy content': { args: { content: 'x', dest: '/etc/f' }, always: `dest checksum ${placed}`, changed: 'md5sum' },
  'copy backup': {
    args: { src: 'f', dest: '/etc/f', backup: true },
    world: at('/etc/f', 'old'),
    changed: 'backup_file md5sum',
  },
  template: { args: { src: 't.j2', dest: '/etc/f' }, always: `dest src checksum ${placed}`, changed: 'md5sum' },
  assemble: {
    args: { src: '/etc/d', dest: '/etc/f' },
    world: at('/etc/d/1'),
    always: `dest src checksum msg ${placed}`,
    changed: 'md5sum',
  },
  file: { args: { path: '/etc/f', state: 'directory' }, always: `path ${placed}` },
  'file link': { args: { path: '/etc/f', src: '/etc/g', state: 'link', force: true }, always: 'dest src state' },
  'file touch': { args: { path: '/etc/f', state: 'touch' }, always: `dest ${placed}`, done: null },
  'file absent': { args: { path: '/etc/f', state: 'absent' }, world: at('/etc/f'), always: 'path state' },
  lineinfile: { args: { path: '/etc/f', line: 'x', create: true }, always: 'msg backup' },
  'lineinfile absent': {
    args: { path: '/etc/f', line: 'x', state: 'absent' },
    world: at('/etc/f'),
    always: 'found msg',
  },
  blockinfile: { args: { path: '/etc/f', block: 'x', create: true }, always: 'msg' },
  replace: { args: { path: '/etc/f', regexp: 'x', replace: 'y' }, world: at('/etc/f'), always: 'msg rc' },
  ini_file: { args: { path: '/etc/f', section: 's', option: 'o', value: 'v' }, always: 'msg path' },
  tempfile: { always: `path ${placed}`, done: null },
  stat: {
    args: { path: '/etc/f' },
    world: at('/etc/f'),
    always:
      'stat.exists stat.path stat.mode stat.isdir stat.ischr stat.isblk stat.isreg stat.isfifo stat.islnk stat.issock stat.uid stat.gid stat.size stat.inode stat.dev stat.nlink stat.atime stat.mtime stat.ctime stat.rusr stat.wusr stat.xusr stat.rgrp stat.wgrp stat.xgrp stat.roth stat.woth stat.xoth stat.isuid stat.isgid stat.checksum stat.pw_name stat.gr_name stat.mimetype stat.charset stat.readable stat.writeable stat.executable',
  },
  'stat link': {
    args: { path: '/etc/l' },
    world: at('/etc/l', { linkTarget: 'f' }),
    always: 'stat.lnk_source stat.lnk_target',
  },
  slurp: { args: { src: '/etc/f' }, world: at('/etc/f'), always: 'content encoding source' },
  fetch: {
    args: { src: '/etc/f', dest: 'got/' },
    world: at('/etc/f'),
    always: 'dest file checksum remote_checksum md5sum',
    done: null,
  },
  find: {
    args: { paths: '/etc' },
    world: {
      commands: {
        find: { stdout: '1000\nK:81a4:0:0:3:7:1:1:900:901:902:root:root:./c\n\u001dkplay\n' },
      },
    },
    always:
      'files matched examined skipped_paths msg files.0.path files.0.mode files.0.size files.0.mtime files.0.uid files.0.gid files.0.isdir files.0.islnk files.0.pw_name files.0.gr_name files.0.inode files.0.dev files.0.nlink',
  },
  get_url: {
    args: { url: 'https://example.org/f', dest: '/etc/f' },
    world: { commands: { curl: { stdout: `new 200 1 ${sha} - ${'b'.repeat(32)} -\n` } } },
    always: `url dest ${placed}`,
    changed: 'status_code msg elapsed checksum_src checksum_dest md5sum src',
  },
  unarchive: {
    args: { src: 'a.tar', dest: '/opt', creates: '/opt' },
    always: 'dest src',
  },
  git: {
    args: { repo: 'https://h/app.git', dest: '/srv/app' },
    world: {
      answers: { 'git remote https://h/app.git HEAD': { main: 'main', head: sha, branch: null, tag: null } },
      commands: { 'rev-parse HEAD': { stdout: `${sha}\n` } },
    },
    always: 'before after remote_url_changed',
    done: null,
  },
  command: { args: { cmd: 'true now' }, always: ran, done: null },
  'command creates': { args: { cmd: 'x', creates: '/etc' }, always: ran },
  shell: { args: { cmd: 'x' }, always: ran, done: null },
  raw: { args: { free_form: 'x' }, always: ran, done: null },
  script: { args: { cmd: 'do.sh' }, always: ran, done: null },
  'script creates': { args: { cmd: 'do.sh', creates: '/etc' }, always: ran },
  apt: {
    args: { name: 'curl' },
    world: { answers: fresh },
    always: 'cache_updated cache_update_time',
    changed: 'stdout stdout_lines stderr stderr_lines',
  },
  'apt update': {
    args: { update_cache: true },
    world: { answers: { 'apt lists host': { fetched: 0, age: 1e9 } } },
    always: 'cache_updated cache_update_time',
    done: null,
  },
  package: { args: { name: 'curl', use: 'apt', state: 'present' }, world: { answers: fresh }, always: 'cache_updated' },
  systemd: {
    args: { name: 'a', state: 'started', enabled: true },
    world: { units: { a: { properties: { Id: 'a.service' } } } },
    always: 'name state enabled status status.Id',
  },
  service: {
    args: { name: 'a', state: 'started', enabled: true },
    world: { units: { a: {} } },
    always: 'name state enabled status',
  },
  user: {
    args: { name: 'bob', comment: 'Bob' },
    always: 'name state uid group comment home shell append move_home',
    changed: 'create_home system',
  },
  'user with a key': {
    args: { name: 'bob', generate_ssh_key: true },
    world: {
      accounts: { bob: {} },
      files: {
        '/home/bob/.ssh/id_rsa': 'k',
        '/home/bob/.ssh/id_rsa.pub':
          'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA c\n',
      },
    },
    always: 'ssh_key_file ssh_public_key ssh_fingerprint',
  },
  'user without a key yet': {
    args: { name: 'bob', generate_ssh_key: true },
    always: 'ssh_key_file',
    changed: 'ssh_public_key ssh_fingerprint',
  },
  group: { args: { name: 'web' }, always: 'name state system gid' },
  hostname: {
    args: { name: 'b' },
    world: { facts: { nodename: 'a', hostname: 'a', fqdn: 'a', domain: '' }, ...at('/etc/hostname', 'a\n') },
    always:
      'name ansible_facts.ansible_hostname ansible_facts.ansible_nodename ansible_facts.ansible_fqdn ansible_facts.ansible_domain',
    done: null,
  },
  modprobe: {
    args: { name: 'dummy' },
    world: { answers: { 'kernel module dummy': { loaded: false, builtin: false } } },
    always: 'name params state',
    done: null,
  },
  mount: {
    args: { path: '/srv', src: 'LABEL=d', fstype: 'ext4', state: 'present' },
    world: { ...at('/etc/fstab', ''), answers: { 'mount /srv': undefined } },
    always: 'name src fstype opts dump passno fstab boot',
  },
  cron: { args: { name: 'b', job: 'two' }, world: { answers: { 'crontab ': '' } }, always: 'jobs envs state' },
  iptables: {
    args: { chain: 'INPUT', jump: 'ACCEPT' },
    world: {
      answers: {
        'iptables chain iptables -w filter INPUT': { policy: 'ACCEPT', rules: 0 },
        'iptables rule iptables -w filter INPUT -j ACCEPT': false,
      },
    },
    always: 'chain table state flush ip_version rule',
  },
  getent: {
    args: { database: 'passwd', key: 'root' },
    world: { commands: { getent: { stdout: 'root:x:0:0::/root:/bin/sh\n' } } },
    always: 'ansible_facts.getent_passwd.root',
  },
  service_facts: {
    world: { commands: { 'systemctl list-units': { stdout: ' a.service loaded active running A\n\x1e\x1e' } } },
    always: 'ansible_facts.services',
  },
  package_facts: {
    world: { commands: { 'LC_ALL=C': { stdout: 'ii \tcurl\t1\tamd64\tutils\n\x1e\x1e\x1e' } } },
    always: 'ansible_facts.packages.curl.0.version',
  },
  uri: {
    args: { url: 'http://h/', return_content: true },
    world: {
      answers: { 'curl host': true },
      commands: {
        curl: { stdout: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"a":1}\x1e49 0 http://h/' },
      },
    },
    always: 'status url msg redirected elapsed content json.a cookies cookies_string content_type',
  },
  wait_for: {
    args: { path: '/etc/f', search_regex: 'x' },
    world: { commands: { cat: { stdout: 'x' } } },
    always: 'elapsed match_groups match_groupdict state port path search_regex',
  },
  pause: { args: { seconds: 0 }, always: 'user_input start stop delta stdout stderr rc echo' },
  set_fact: { args: { a: 1 }, always: 'ansible_facts.a' },
  debug: { args: { msg: 'x' }, always: 'msg' },
  ping: { always: 'ping' },
  setup: { world: { facts: { a: 1 } }, always: 'ansible_facts.ansible_a' },
};

const catalog = moduleCatalog([join(import.meta.dirname, '../../engine/modules')]);

describe('what modules promise to return', () => {
  before(() => catalog.load(Object.keys(promises).map((title) => title.split(' ')[0]!)));

  for (const [title, promised] of Object.entries(promises)) {
    const { args = {}, world = {}, always = '', changed = '', done } = promised;
    const run = async (target: ReturnType<typeof simulatedTarget>) => {
      const module = catalog.get(title.split(' ')[0]!);
      const given = await settled(module, args, target);
      return (
        await act({ module, args: given, target, controller: fakeController(files), diff: true, registered: true })
      ).result;
    };
    const words = (...lists: readonly string[]) => lists.join(' ').split(' ').filter(Boolean);

    it(`${title}: is there after it was done`, async () => {
      const target = fakeTarget(world);
      const result = await run(target);
      expect(missingIn(result, words(always, result['changed'] === true ? changed : ''))).to.deep.equal([]);
      if (changed !== '') expect(result['changed']).to.equal(true);
      if (done === null) return;
      const again = await run(done === undefined ? target : fakeTarget(done));
      expect(again['changed'] ?? false).to.equal(false);
      expect(missingIn(again, words(always)), 'when there is nothing to do').to.deep.equal([]);
    });

    it(`${title}: is there, or unknown, under check`, async () => {
      try {
        const result = await run(simulatedTarget(fakeTarget(world), predictedWorld()));
        const expected = words(always, result['changed'] === true ? changed : '');
        expect(missingIn(result, expected)).to.deep.equal([]);
      } catch (error) {
        if (!(error instanceof UnknownState)) throw error;
      }
    });
  }
});

/** Names, dotted for what lies deeper, that are not there. */
function missingIn(result: unknown, names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    const path = name.split('.');
    return path.reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], result) === undefined;
  });
}
