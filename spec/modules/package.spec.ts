import dnf from '../../engine/modules/dnf.ts';
import pack from '../../engine/modules/package.ts';
import yum from '../../engine/modules/yum.ts';
import { testModule } from '../../engine/testing.ts';

const on = (manager: string | undefined) => ({
  'package manager host': manager,
  'apt lists host': { fetched: 1_700_000_000, age: 60 },
});

testModule(pack, 'package', {
  'uses apt where the host has it': {
    args: { name: ['haproxy', 'keepalived'], state: 'present', lock_timeout: 9 },
    world: { packages: { keepalived: '2.2' }, answers: on('apt') },
    want: { log: ['apt-get install haproxy'], scripts: ['DPkg::Lock::Timeout=9'] },
  },
  'uses dnf where the host has it': {
    args: { name: 'haproxy', state: 'present' },
    world: { answers: on('dnf') },
    want: { log: ['dnf install haproxy'] },
  },
  'uses apk where the host has it': {
    args: { name: 'haproxy', state: 'present' },
    world: { answers: on('apk') },
    want: { log: ['apk add haproxy'], scripts: ["apk add --wait 60 'haproxy'"] },
  },
  'takes the words of Ansible for present and absent': {
    args: { name: 'haproxy', state: 'removed' },
    world: { packages: { haproxy: '2.6' }, answers: on('apk') },
    want: { log: ['apk del haproxy'] },
  },
  'is content with what is there': {
    args: { name: 'haproxy', state: 'installed' },
    world: { packages: { haproxy: '2.6' }, answers: on('apt') },
    want: { changed: false, log: [] },
  },
  'uses what it is told to': {
    args: { name: 'haproxy', state: 'present', use: 'dnf5' },
    world: { answers: { 'package manager host': 'apt' } },
    want: { log: ['dnf install haproxy'] },
  },
  'says which managers it knows where there is none of them': {
    args: { name: 'haproxy', state: 'present' },
    world: { answers: on(undefined) },
    fails: 'none of apt-get, dnf, yum and apk',
  },
  'needs a state': { args: { name: 'haproxy' }, fails: 'state' },
});

for (const [name, module] of Object.entries({ dnf, yum })) {
  testModule(module, name, {
    'installs what is missing and upgrades what is old': {
      args: { name: ['nginx', 'bash', 'curl'], state: 'latest' },
      world: {
        packages: { bash: '5.1.8-6.el9', curl: '7.76' },
        answers: { 'rpm update bash': '5.1.8-9.el9', 'rpm update nginx': undefined, 'rpm update curl': undefined },
      },
      want: { log: ['dnf install nginx', 'dnf upgrade bash'] },
    },
    'removes what is installed': {
      args: { name: 'nginx,vim', state: 'absent' },
      world: { packages: { vim: '9' } },
      want: { log: ['dnf remove vim'], scripts: ["'remove' 'vim'"] },
    },
    'passes its options': {
      args: { name: 'kubelet', enablerepo: ['kubernetes'], disable_excludes: 'kubernetes', disable_gpg_check: true },
      want: { scripts: ["'--enablerepo=kubernetes' '--disableexcludes=kubernetes' '--nogpgcheck'"] },
    },
    'upgrades everything': {
      args: { name: '*', state: 'latest' },
      world: { answers: { 'rpm update *': 'bash curl' } },
      want: { log: ['dnf upgrade'], diffs: [['bash\ncurl\n', '']] },
    },
    'downgrades only when it may': {
      args: { name: 'kubelet-1.20.2', allow_downgrade: true },
      world: {
        commands: { "'install' 'kubelet-1.20.2'": { code: 1, stderr: 'cannot install: would be a downgrade' } },
      },
      want: { log: ['dnf downgrade kubelet-1.20.2'] },
    },
    'says that nothing changed when dnf says so': {
      args: { name: '@core' },
      world: { commands: { '@core': { stdout: 'Nothing to do.\nComplete!' } } },
      want: { result: { changed: false } },
    },
    'names the packages that do not exist': {
      args: { name: 'nosuch' },
      world: {
        commands: {
          nosuch: { code: 1, stderr: 'No match for argument: nosuch\nError: Unable to find a match: nosuch' },
        },
      },
      fails: 'No package nosuch available.',
    },
    'knows no other root': { args: { name: 'a', installroot: '/mnt' }, fails: 'installroot' },
  });
}
