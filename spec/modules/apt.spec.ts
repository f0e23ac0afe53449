import apt from '../../engine/modules/apt.ts';
import { testModule } from '../../engine/testing.ts';

const fresh = { 'apt lists host': { fetched: 1_700_000_000, age: 60 } };
const bare = { 'apt lists host': { fetched: 0, age: 1_700_000_000 } };
const nothingToDo = '0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.';

testModule(apt, 'apt', {
  'installs what is missing, all names in one run': {
    args: { name: ['haproxy', 'keepalived', 'curl'] },
    world: { packages: { curl: '7.88' }, answers: fresh },
    want: {
      changed: true,
      log: ['apt-get install haproxy keepalived'],
      result: { changed: true, cache_updated: false },
      diffs: [['haproxy: not installed\nkeepalived: not installed\n', 'haproxy: installed\nkeepalived: installed\n']],
    },
  },
  'leaves alone what is installed, and fetches no lists for it': {
    args: { name: 'curl', update_cache: true },
    world: { packages: { curl: '7.88' }, answers: bare },
    want: { changed: false, log: [], result: { cache_updated: false } },
  },
  'needs nothing on the host but apt': {
    args: { name: 'curl', auto_install_module_deps: false },
    world: { packages: { curl: '7.88' }, answers: fresh },
    want: { changed: false },
  },
  'passes its options to apt-get': {
    args: {
      name: 'nginx',
      install_recommends: false,
      default_release: 'bookworm-backports',
      lock_timeout: 7,
      dpkg_options: 'force-confnew',
    },
    world: { answers: fresh },
    want: {
      scripts: [
        "apt-get -q -y '-o' 'DPkg::Lock::Timeout=7' '-o' 'Dpkg::Options::=--force-confnew' '-o' 'APT::Install-Recommends=no' '-t' 'bookworm-backports'",
      ],
    },
  },
  'runs without questions, with room for one fetch of the lists': {
    args: { name: 'nginx' },
    world: { answers: fresh },
    want: { scripts: ['DEBIAN_FRONTEND=noninteractive'] },
  },
  'fetches lists before installing when they are old and it is asked to': {
    args: { name: 'nginx', cache_valid_time: 30 },
    world: { answers: fresh },
    want: { log: ['apt-get install nginx'], scripts: ['refresh || exit 1'], result: { cache_updated: true } },
  },
  'takes lists for fresh within cache_valid_time': {
    args: { name: 'nginx', update_cache: true, cache_valid_time: 3600 },
    world: { answers: fresh },
    want: { result: { cache_updated: false } },
  },
  'only fetches lists when no name is given': {
    args: { update_cache: true },
    world: { answers: fresh },
    want: { changed: true, log: ['apt-get update'], result: { changed: true, cache_updated: true } },
    always: 'lists are fetched each time unless cache_valid_time says how long they last',
  },
  'fetches no lists that are valid': {
    args: { cache_valid_time: 3600 },
    world: { answers: fresh },
    want: { changed: false, log: [] },
  },
  'installs a pinned version': {
    args: { name: 'etcd-server=3.4*' },
    world: { packages: { 'etcd-server': '3.3.25' }, answers: fresh },
    want: { log: ['apt-get install etcd-server=3.4*'] },
  },
  'is content with a version that fits the pin': {
    args: { name: ['etcd-server=3.4*', 'jq=1.6-2.1'] },
    world: { packages: { 'etcd-server': '3.4.23-4+b4', jq: '1.6-2.1' }, answers: fresh },
    want: { changed: false },
  },
  'upgrades to the latest version only what has one': {
    args: { name: ['bash', 'curl', 'vim'], state: 'latest' },
    world: {
      packages: { bash: '5.2.15-2+b8', curl: '7.88' },
      answers: {
        ...fresh,
        'apt candidate bash': '5.2.15-2+b13',
        'apt candidate curl': '7.88',
        'apt candidate vim': '9.0',
      },
    },
    want: {
      log: ['apt-get install bash vim'],
      diffs: [['bash: 5.2.15-2+b8\nvim: not installed\n', 'bash: 5.2.15-2+b13\nvim: 9.0\n']],
    },
  },
  'removes what is installed': {
    args: { name: ['nano', 'vim'], state: 'absent', autoremove: true },
    world: { packages: { vim: '9.0' }, answers: fresh },
    want: { log: ['apt-get remove vim'], scripts: ["'--auto-remove'"] },
  },
  'purges configuration that a removed package left': {
    args: { name: 'haproxy', state: 'absent', purge: true },
    world: { answers: { ...fresh, 'apt leftover haproxy': true } },
    want: { log: ['apt-get purge haproxy'], fields: ['leftovers'] },
  },
  'upgrades everything that a simulated run would touch': {
    args: { upgrade: 'dist' },
    world: { answers: { ...fresh, 'apt plan dist-upgrade': ['bash', 'tzdata'] } },
    want: { log: ['apt-get dist-upgrade'], diffs: [['bash\ntzdata\n', '']] },
  },
  'has nothing to upgrade': {
    args: { upgrade: 'yes' },
    world: { answers: { ...fresh, 'apt plan --with-new-pkgs upgrade': [] } },
    want: { changed: false },
  },
  'removes dependencies nobody needs any more': {
    args: { autoremove: true },
    world: { answers: { ...fresh, 'apt plan autoremove': ['libjq1'] } },
    want: { log: ['apt-get autoremove'] },
  },
  'says that nothing changed when apt-get says so': {
    args: { name: 'some-virtual-thing' },
    world: { answers: fresh, commands: { 'some-virtual-thing': { stdout: nothingToDo } } },
    want: { result: { changed: false } },
  },
  'installs a package file by what is in it': {
    args: { deb: '/root/tree.deb' },
    world: { answers: { ...fresh, 'deb file /root/tree.deb': { name: 'tree', version: '2.1.0-1' } } },
    want: { log: ['apt-get install /root/tree.deb'], fields: ['packages'] },
  },
  'downloads a package file whose name tells that it is needed': {
    args: { deb: 'https://example.com/pool/tree_2.1.0-1_amd64.deb' },
    world: { packages: { tree: '2.0' }, answers: fresh },
    want: { scripts: ["apt-helper download-file 'https://example.com/pool/tree_2.1.0-1_amd64.deb'"] },
  },
  'does not download what is installed': {
    args: { deb: 'https://example.com/pool/tree_2.1.0-1_amd64.deb' },
    world: { packages: { tree: '2.1.0-1' }, answers: fresh },
    want: { changed: false },
  },
  'puts a policy-rc.d in place only for the run': {
    args: { name: 'nginx', policy_rc_d: 101 },
    world: { answers: fresh },
    want: { scripts: ["printf '#!/bin/sh\\nexit 101\\n'"] },
  },
  'skips empty names, as templates leave them': {
    args: { name: ['', 'curl'] },
    world: { packages: { curl: '1' }, answers: fresh },
    want: { changed: false },
  },
  'names the packages that do not exist': {
    args: { name: ['nosuch', 'curl'] },
    world: {
      answers: fresh,
      commands: { "'nosuch'": { code: 100, stderr: 'E: Unable to locate package nosuch\n' } },
    },
    fails: "No package matching 'nosuch' is available",
  },
  'shows who holds the lock when the time is over': {
    args: { name: 'curl', lock_timeout: 5 },
    world: {
      answers: fresh,
      commands: {
        'apt-get': {
          code: 100,
          stderr: 'another package manager kept its lock for 5 s: It is held by process 812 (unattended-upgr)',
        },
      },
    },
    fails: 'held by process 812 (unattended-upgr)',
  },
  'refuses patterns': { args: { name: 'python3-*' }, world: { answers: fresh }, fails: '"python3-*" is a pattern' },
  'does not take a package file and names at once': { args: { name: 'a', deb: '/b.deb' }, fails: 'exclude each other' },
});
