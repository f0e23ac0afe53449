import copy from '../../engine/modules/copy.ts';
import { Unknown } from '../../engine/template/values.ts';
import { testModule } from '../../engine/testing.ts';

const tree = { 'files/site/index.html': '<p>', 'files/site/css/a.css': 'p{}', 'files/one.txt': 'one\n' };

testModule(copy, 'copy', {
  'writes a text': {
    args: { content: 'hello\n', dest: '/etc/motd', mode: '0644' },
    want: {
      changed: true,
      log: ['write /etc/motd'],
      files: { '/etc/motd': { content: 'hello\n', mode: '0644' } },
      result: { dest: '/etc/motd', state: 'file', size: 6, checksum: 'f572d396fae9206628714fb2ce00f72e94f2258f' },
      diffs: [['', 'hello\n']],
    },
  },
  'writes a mapping as JSON the way Python does': {
    args: { content: { a: 1, b: ['é', true, null] }, dest: '/etc/a.json' },
    want: { files: { '/etc/a.json': '{"a": 1, "b": ["\\u00e9", true, null]}' } },
  },
  'leaves a file that is already so': {
    args: { src: 'one.txt', dest: '/etc/one.txt' },
    files: tree,
    world: { files: { '/etc/one.txt': 'one\n' } },
    want: {
      changed: false,
      log: [],
      result: { dest: '/etc/one.txt', src: '/project/files/one.txt', mode: '0644', uid: 0 },
    },
  },
  'keeps the mode and owner nobody asked about': {
    args: { src: 'one.txt', dest: '/etc/one.txt' },
    files: tree,
    world: { files: { '/etc/one.txt': { content: 'two', mode: '0600', owner: 'etcd', group: 'etcd' } } },
    want: { fields: ['/etc/one.txt'], files: { '/etc/one.txt': { content: 'one\n', mode: '0600', owner: 'etcd' } } },
  },
  'takes an owner by number for the same owner': {
    args: { src: 'one.txt', dest: '/etc/one.txt', owner: 0, group: '0' },
    files: tree,
    world: { files: { '/etc/one.txt': 'one\n' } },
    want: { changed: false },
  },
  'changes attributes without writing again': {
    args: { src: 'one.txt', dest: '/etc/one.txt', mode: '0600', owner: 'etcd' },
    files: tree,
    world: { files: { '/etc/one.txt': 'one\n' }, accounts: { etcd: { uid: 123 } } },
    want: {
      log: ['set attributes of /etc/one.txt'],
      diffs: [['mode: 0644\nowner: root\n', 'mode: 0600\nowner: etcd\n']],
      files: { '/etc/one.txt': { mode: '0600', owner: 'etcd', uid: 123 } as never },
    },
  },
  'keeps the name of src inside a directory that it makes': {
    args: { src: 'one.txt', dest: '/opt/new/', directory_mode: '0750' },
    files: tree,
    want: {
      log: ['mkdir /opt/new', 'write /opt/new/one.txt'],
      files: { '/opt/new': { mode: '0750' }, '/opt/new/one.txt': 'one\n' },
    },
  },
  'copies a directory under its name': {
    args: { src: 'site', dest: '/srv/www', owner: 'web' },
    files: tree,
    want: {
      log: [
        'mkdir /srv/www/site',
        'mkdir /srv/www/site/css',
        'write /srv/www/site/css/a.css',
        'write /srv/www/site/index.html',
      ],
      files: { '/srv/www/site/css/a.css': { content: 'p{}', owner: 'web' }, '/srv/www/site/css': { owner: 'web' } },
    },
  },
  'copies what is in a directory when src ends in a slash': {
    args: { src: 'site/', dest: '/srv/www' },
    files: tree,
    world: { files: { '/srv/www/index.html': '<p>', '/srv/www/css/a.css': 'old' } },
    want: {
      fields: ['/srv/www/css/a.css'],
      log: ['write /srv/www/css/a.css'],
      result: { dest: '/srv/www', state: 'directory' },
    },
  },
  'copies on the host itself': {
    args: { src: '/opt/a', dest: '/etc/a', remote_src: true, mode: 'preserve' },
    world: { files: { '/opt/a': { content: 'x', mode: '0700' } } },
    want: {
      changed: true,
      log: ['copy /opt/a to /etc/a'],
      scripts: ["cat < '/opt/a'"],
      files: { '/etc/a': { mode: '0700' } },
      diffs: [['', 'x']],
    },
  },
  'leaves an equal copy on the host alone': {
    args: { src: '/opt/a', dest: '/etc/', remote_src: true },
    world: { files: { '/opt/a': 'x', '/etc/a': 'x' } },
    want: { changed: false, result: { dest: '/etc/a' } },
  },
  'copies a directory on the host itself': {
    args: { src: '/opt/tree', dest: '/srv', remote_src: true },
    world: { files: { '/opt/tree/a/b': 'x', '/opt/tree/l': { linkTarget: 'a/b' } } },
    want: {
      log: ['mkdir /srv/tree', 'mkdir /srv/tree/a', 'copy /opt/tree/a/b to /srv/tree/a/b', 'link /srv/tree/l -> a/b'],
    },
  },
  'leaves an existing file alone without force': {
    args: { content: 'new', dest: '/etc/a', force: false, mode: '0600' },
    world: { files: { '/etc/a': 'mine' } },
    want: { changed: false, files: { '/etc/a': 'mine' }, result: { msg: 'file already exists' } },
  },
  'shows a word where there is no text': {
    args: { src: 'blob', dest: '/etc/blob' },
    files: { 'files/blob': Buffer.from([0, 1, 2]) },
    world: { files: { '/etc/blob': { content: Buffer.from([0]) } } },
    want: { diffs: [['(binary, 1 bytes)\n', '(binary, 3 bytes)\n']] },
  },
  'predicts a copy of what is only predicted': {
    args: { src: '/opt/a', dest: '/etc/a', remote_src: true },
    world: { files: { '/opt/a': { content: new Unknown('unpacked by the run') } } },
    want: { log: ['write /etc/a'], diffs: [['', '(not known yet: unpacked by the run)\n']] },
  },
  'wants src or content': { args: { dest: '/etc/a' }, fails: 'needs one of src, content' },
  'wants a file for content': { args: { content: 'x', dest: '/etc/' }, fails: 'content needs the path of a file' },
  'refuses to replace a directory': {
    args: { src: 'one.txt', dest: '/opt/a' },
    files: tree,
    world: { files: { '/opt/a/one.txt/x': '' } },
    fails: '/opt/a/one.txt is a directory',
  },
  'refuses a src with another checksum': {
    args: { src: 'one.txt', dest: '/etc/a', checksum: 'ab' },
    files: tree,
    fails: 'not ab',
  },
  'fails where the directory is missing': {
    args: { content: 'x', dest: '/none/a' },
    fails: 'the directory /none does not exist',
  },
  'predicts a content that is not known yet': {
    args: { content: new Unknown('join has not run'), dest: '/etc/token', mode: '0600' },
    want: { changed: true, log: ['write /etc/token'], diffs: [['', '(not known yet: join has not run)\n']] },
  },
});
