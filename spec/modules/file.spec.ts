import file from '../../engine/modules/file.ts';
import { testModule } from '../../engine/testing.ts';

const owned = { accounts: { etcd: { uid: 123, gid: 123 } } };

testModule(file, 'file: a directory', {
  'is made with everything above it': {
    args: { path: '/var/lib/etcd/data', state: 'directory', mode: '0700', owner: 'etcd' },
    world: owned,
    want: {
      fields: ['state', 'mode', 'owner'],
      log: ['mkdir /var/lib/etcd/data'],
      files: {
        '/var/lib/etcd': { type: 'directory', mode: '0700' },
        '/var/lib/etcd/data': { mode: '0700', owner: 'etcd' },
      },
      result: { path: '/var/lib/etcd/data', state: 'directory', mode: '0700', owner: 'etcd' },
    },
  },
  'is left alone when it is there': {
    args: { path: '/opt/', state: 'directory', mode: 'u=rwx,g=rx,o=rX' },
    want: { changed: false, result: { mode: '0755', uid: 0, state: 'directory' } },
  },
  'gets only the attributes that differ': {
    args: { path: '/opt', state: 'directory', mode: '0750', owner: 'root' },
    want: { fields: ['mode'], log: ['set attributes of /opt'], files: { '/opt': { mode: '0750', type: 'directory' } } },
  },
  'hands its attributes down': {
    args: { path: '/opt/a', recurse: true, mode: 'u=rwX,go=', owner: 'etcd' },
    world: {
      ...owned,
      files: {
        '/opt/a/b': { mode: '0644' },
        '/opt/a/c/d': { mode: '0600', owner: 'etcd', group: 'root' },
        '/opt/a/l': { linkTarget: 'b' },
      },
    },
    want: {
      fields: ['below', 'mode', 'owner'],
      scripts: ["chmod -R 'u=rwX,go=' '/opt/a'"],
      log: ['set attributes of /opt/a', 'set attributes below /opt/a'],
    },
  },
  'that hands down what all below it have already is left alone': {
    args: { path: '/opt/a', state: 'directory', recurse: true, owner: 'root' },
    world: { files: { '/opt/a/b': 'x' } },
    want: { changed: false },
  },
  'may be a link to one': {
    args: { path: '/opt/l', state: 'directory' },
    world: { files: { '/opt/l': { linkTarget: '/srv' } } },
    want: { changed: false },
  },
  'does not replace a file': {
    args: { path: '/etc/a', state: 'directory' },
    world: { files: { '/etc/a': '' } },
    fails: '/etc/a already exists as a file',
  },
});

testModule(file, 'file: a file', {
  'must be there': { args: { path: '/etc/a', state: 'file' }, fails: 'file (/etc/a) is absent, cannot continue' },
  'is what an existing path means': {
    args: { path: '/etc/a', mode: 'g+w', group: 123 },
    world: { files: { '/etc/a': '' } },
    want: {
      fields: ['mode', 'group'],
      files: { '/etc/a': { mode: '0664', group: '123' } },
      result: { state: 'file', mode: '0664' },
    },
  },
  'is removed': {
    args: { path: '/etc/a', state: 'absent' },
    world: { files: { '/etc/a': '' } },
    want: { log: ['remove /etc/a'], result: { path: '/etc/a', state: 'absent' } },
  },
  'that is not there need not be removed': { args: { path: '/etc/a', state: 'absent' }, want: { changed: false } },
  'that is a link is removed, not what it points to': {
    args: { path: '/etc/l', state: 'absent' },
    world: { files: { '/etc/l': { linkTarget: 'a' }, '/etc/a': 'x' } },
    want: { files: { '/etc/l': null, '/etc/a': 'x' } },
  },
  'and all below a directory is removed': {
    args: { path: '/opt/a', state: 'absent' },
    world: { files: { '/opt/a/b/c': '' } },
    want: { files: { '/opt/a': null, '/opt/a/b/c': null } },
  },
});

testModule(file, 'file: touch', {
  'makes an empty file': {
    always: 'now is always later',
    args: { path: '/etc/a', state: 'touch', mode: '0600' },
    want: {
      log: ['write /etc/a'],
      files: { '/etc/a': { content: '', mode: '0600' } },
      result: { dest: '/etc/a', state: 'file' },
    },
  },
  'sets the times of one that is there': {
    args: { path: '/etc/a', state: 'touch' },
    world: { files: { '/etc/a': 'x' } },
    always: 'now is always later',
    want: {
      fields: ['modification_time', 'access_time'],
      scripts: ["touch -c -m -- '/etc/a' && touch -c -a -- '/etc/a'"],
      files: { '/etc/a': 'x' },
    },
  },
  'changes nothing when the times are preserved': {
    args: { path: '/etc/a', state: 'touch', modification_time: 'preserve', access_time: 'preserve' },
    world: { files: { '/etc/a': 'x' } },
    want: { changed: false },
  },
  'sets a time that is given': {
    args: { path: '/etc/a', modification_time: '202001021530.45' },
    world: { files: { '/etc/a': 'x' } },
    want: { fields: ['modification_time'] },
  },
  'refuses a time it cannot read': {
    args: { path: '/etc/a', modification_time: 'noon' },
    world: { files: { '/etc/a': 'x' } },
    fails: 'the time "noon" is not of the format',
  },
});

testModule(file, 'file: a link', {
  'is made': {
    args: { path: '/etc/l', src: 'a', state: 'link' },
    world: { files: { '/etc/a': 'x' } },
    want: { fields: ['state', 'src'], log: ['link /etc/l -> a'], result: { dest: '/etc/l', src: 'a', state: 'link' } },
  },
  'is left alone when it points there': {
    args: { path: '/etc/l', src: '/etc/a', state: 'link' },
    world: { files: { '/etc/a': 'x', '/etc/l': { linkTarget: '/etc/a' } } },
    want: { changed: false },
  },
  'is pointed elsewhere': {
    args: { dest: '/etc/l', src: '/etc/b', state: 'link' },
    world: { files: { '/etc/b': 'x', '/etc/l': { linkTarget: '/etc/a' } } },
    want: { fields: ['src'], log: ['link /etc/l -> /etc/b'] },
  },
  'gives its attributes to what it points to': {
    args: { path: '/etc/l', src: '/etc/a', state: 'link', mode: '0600' },
    world: { files: { '/etc/a': 'x', '/etc/l': { linkTarget: '/etc/a' } } },
    want: { fields: ['mode'], files: { '/etc/a': { mode: '0600' }, '/etc/l': { type: 'link' } } },
    always: 'check mode knows a link only by its own name',
  },
  'to nowhere needs force': {
    args: { path: '/etc/l', src: '/etc/a', state: 'link' },
    fails: 'src file does not exist, use "force: true"',
  },
  'to nowhere is made by force': {
    args: { path: '/etc/l', src: '/etc/a', state: 'link', force: true },
    want: { log: ['link /etc/l -> /etc/a'] },
  },
  'does not replace a file': {
    args: { path: '/etc/l', src: '/etc/a', state: 'link' },
    world: { files: { '/etc/a': 'x', '/etc/l': 'mine' } },
    fails: 'refusing to convert from file to symlink for /etc/l',
  },
  'replaces a file by force': {
    args: { path: '/etc/l', src: '/etc/a', state: 'link', force: true },
    world: { files: { '/etc/a': 'x', '/etc/l': 'mine' } },
    want: { files: { '/etc/l': { type: 'link' } } },
  },
  'never replaces a directory with something in it': {
    args: { path: '/opt/l', src: '/etc/a', state: 'link', force: true },
    world: { files: { '/etc/a': 'x', '/opt/l/x': '' } },
    fails: 'the directory /opt/l is not empty',
  },
  'replaces an empty directory by force': {
    args: { path: '/opt/l', src: '/etc/a', state: 'link', force: true },
    world: { files: { '/etc/a': 'x', '/opt/l': { type: 'directory' } } },
    want: { log: ['remove /opt/l', 'link /opt/l -> /etc/a'] },
  },
  'needs src': { args: { path: '/etc/l', state: 'link' }, fails: 'needs src' },
});

testModule(file, 'file: a hard link', {
  'is made': {
    args: { path: '/etc/h', src: '/etc/a', state: 'hard' },
    world: { files: { '/etc/a': 'x' } },
    want: {
      fields: ['state'],
      log: ['link /etc/h -> /etc/a'],
      files: { '/etc/h': 'x' },
      result: { dest: '/etc/h', src: '/etc/a', state: 'hard' },
    },
    always: 'the world of check mode knows no inodes',
  },
  'is left alone when it is one': {
    args: { path: '/etc/h', src: '/etc/a', state: 'hard' },
    world: { files: { '/etc/a': { content: 'x', inode: 7 }, '/etc/h': { content: 'x', inode: 7 } } },
    want: { changed: false },
  },
  'does not replace a file': {
    args: { path: '/etc/h', src: '/etc/a', state: 'hard' },
    world: { files: { '/etc/a': 'x', '/etc/h': 'y' } },
    fails: 'cannot link, /etc/h exists already',
  },
  'needs a file': { args: { path: '/etc/h', src: '/etc/a', state: 'hard' }, fails: 'src does not exist' },
});
