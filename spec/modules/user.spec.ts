import group from '../../engine/modules/group.ts';
import user from '../../engine/modules/user.ts';
import { testModule } from '../../engine/testing.ts';

const home = { '/home/bob': { type: 'directory', owner: 'bob', group: 'bob' } } as const;
const bob = { accounts: { bob: { uid: 1001 } }, groups: { bob: {}, sudo: {}, adm: {}, users: {} }, files: home };
const hash = '$6$salt$hash';

testModule(user, 'user', {
  'makes a system user without a home': {
    args: {
      name: 'etcd',
      system: true,
      group: 'etcd',
      shell: '/usr/sbin/nologin',
      home: '/var/lib/etcd',
      create_home: false,
    },
    world: { groups: { etcd: { gid: 997 } } },
    want: {
      changed: true,
      log: ['useradd etcd'],
      scripts: ["useradd '-g' 'etcd' '-d' '/var/lib/etcd' '-s' '/usr/sbin/nologin' '-M' '-r' 'etcd'"],
      result: { name: 'etcd', state: 'present', home: '/var/lib/etcd', system: true, create_home: false },
    },
  },
  'takes an umask as YAML reads 022': {
    args: { name: 'carol', umask: 0o22 },
    want: { changed: true, log: ['useradd carol'], scripts: ["useradd '-m' '-K' 'UMASK=0022' 'carol'"] },
  },
  'is done with a user who is as asked': {
    args: { name: 'bob', comment: '', shell: '/bin/sh' },
    world: bob,
    want: { changed: false, log: [], result: { uid: 1001, group: 1001, home: '/home/bob' } },
  },
  'changes only what differs': {
    args: { name: 'bob', comment: 'Bob', shell: '/bin/bash', uid: 1001 },
    world: bob,
    want: { fields: ['comment', 'shell'], scripts: ["usermod '-c' 'Bob' '-s' '/bin/bash' 'bob'"] },
  },
  'is in no other groups than those named': {
    args: { name: 'bob', groups: 'sudo,adm' },
    world: { ...bob, accounts: { bob: { groups: ['bob', 'users'] } } },
    want: { scripts: ["usermod '-G' 'adm,sudo' 'bob'"] },
  },
  'only joins groups when told to append': {
    args: { name: 'bob', groups: ['sudo', 'users'], append: true },
    world: { ...bob, accounts: { bob: { groups: ['bob', 'users'] } } },
    want: { scripts: ["usermod '-a' '-G' 'sudo' 'bob'"] },
  },
  'leaves all groups for an empty list': {
    args: { name: 'bob', groups: [] },
    world: { ...bob, accounts: { bob: { groups: ['bob', 'users'] } } },
    want: { scripts: ["usermod '-G' '' 'bob'"] },
  },
  'knows the primary group by its number': {
    args: { name: 'bob', group: '1001' },
    world: bob,
    want: { changed: false },
  },
  'hands a password over by stdin only, and shows no hash': {
    args: { name: 'bob', password: hash },
    world: bob,
    want: {
      fields: ['password'],
      log: ['usermod bob'],
      scripts: ['chpasswd -e <&3'],
      result: { password: 'NOT_LOGGING_PASSWORD' },
      diffs: [],
    },
  },
  'leaves a password alone that is as asked, and one that is set on creation only': {
    args: { name: 'bob', password: hash, update_password: 'on_create' },
    world: bob,
    want: { changed: false },
  },
  locks: {
    args: { name: 'bob', password_lock: true },
    world: { ...bob, accounts: { bob: { password: hash } } },
    want: { fields: ['locked'], scripts: ["usermod -L 'bob'"] },
  },
  'ends and unends an account': {
    args: { name: 'bob', expires: 1_900_000_000 },
    world: bob,
    want: { scripts: ["usermod '-e' '2030-03-17' 'bob'"] },
  },
  'takes away an end': {
    args: { name: 'bob', expires: -1 },
    world: { ...bob, accounts: { bob: { expires: 20_000 } } },
    want: { scripts: ["usermod '-e' '' 'bob'"] },
  },
  'sets how a password ages': {
    args: { name: 'bob', password_expire_max: 90 },
    world: { ...bob, answers: { 'password age bob': { min: 0, max: 99999, warn: 7, inactive: undefined } } },
    want: { fields: ['age'], scripts: ["chage '-M' '90' 'bob'"] },
  },
  'makes a home that is missing': {
    args: { name: 'bob' },
    world: { ...bob, files: {} },
    want: {
      fields: ['homeExists'],
      scripts: ["mkdir -p '/home/bob'"],
      files: { '/home/bob': { type: 'directory', owner: 'bob' } },
    },
  },
  'moves a home': {
    args: { name: 'bob', home: '/srv/bob', move_home: true },
    world: bob,
    want: { scripts: ["usermod '-d' '/srv/bob' '-m' 'bob'"] },
  },
  'makes a key pair once': {
    args: { name: 'bob', generate_ssh_key: true, ssh_key_type: 'ed25519' },
    world: bob,
    want: { fields: ['sshKeyExists'], scripts: ["ssh-keygen -q -t 'ed25519'"] },
  },
  'gets no key with a passphrase': {
    args: { name: 'bob', generate_ssh_key: true, ssh_key_passphrase: 'x' },
    fails: 'ssh_key_passphrase would be seen in the list of processes',
  },
  'removes a user with the home': {
    args: { name: 'bob', state: 'absent', remove: true, force: true },
    world: bob,
    want: { log: ['userdel bob'], scripts: ["userdel -r -f 'bob'"], files: { '/home/bob': null } },
  },
  'has nobody to remove': { args: { name: 'bob', state: 'absent' }, want: { changed: false } },
  'names groups that do not exist': {
    args: { name: 'bob', groups: ['sudo', 'nosuch'] },
    world: bob,
    fails: 'Group nosuch does not exist',
  },
});

testModule(group, 'group', {
  'makes a system group': {
    args: { name: 'etcd', system: true },
    want: { log: ['groupadd etcd'], scripts: ["groupadd -r 'etcd'"], result: { name: 'etcd', system: true } },
  },
  'makes a group with a number': {
    args: { name: 'etcd', gid: 997, non_unique: true },
    want: { scripts: ["groupadd -g 997 -o 'etcd'"], result: { gid: 997 } },
  },
  'changes a number': {
    args: { name: 'etcd', gid: 997 },
    world: { groups: { etcd: { gid: 996 } } },
    want: { fields: ['gid'], log: ['groupmod etcd'], scripts: ["groupmod -g 997 'etcd'"] },
  },
  'is done with a group that is there': {
    args: { name: 'etcd' },
    world: { groups: { etcd: { gid: 996 } } },
    want: { changed: false, result: { gid: 996 } },
  },
  'removes a group': {
    args: { name: 'etcd', state: 'absent', force: true },
    world: { groups: { etcd: {} } },
    want: { scripts: ["groupdel -f 'etcd'"] },
  },
});
