import synchronize from '../../engine/modules/synchronize.ts';
import { Unknown } from '../../engine/template/values.ts';
import { testModule } from '../../engine/testing.ts';

const files = { 'files/site/css/a.css': 'p{}', 'files/site/index.html': '<p>' };
const there = { '/srv/www/css/a.css': 'p{}', '/srv/www/index.html': '<p>' };
const to = (args: object = {}) => ({ src: 'site/', dest: '/srv/www', ...args });

testModule(synchronize, 'synchronize', {
  'sends what is in a directory': {
    args: to(),
    files,
    want: {
      changed: true,
      log: [
        'mkdir /srv/www',
        'mkdir /srv/www/css',
        'write /srv/www/css/a.css',
        'write /srv/www/index.html',
        'set times below /srv/www',
      ],
      files: { '/srv/www/css/a.css': { content: 'p{}', mode: '0644' } },
      result: {
        rc: 0,
        stdout_lines: ['cd+++++++++ ./', 'cd+++++++++ css/', '<f+++++++++ css/a.css', '<f+++++++++ index.html'],
        msg: 'cd+++++++++ ./\ncd+++++++++ css/\n<f+++++++++ css/a.css\n<f+++++++++ index.html\n',
      },
      diffs: [
        ['', 'directory\n'],
        ['', 'directory\n'],
        ['', 'p{}'],
        ['', '<p>'],
      ],
    },
  },
  'sends a directory under its name': {
    args: to({ src: 'site' }),
    files,
    want: {
      files: { '/srv/www/site/css/a.css': 'p{}' },
      result: {
        stdout_lines: [
          'cd+++++++++ /srv/www/',
          'cd+++++++++ site/',
          'cd+++++++++ site/css/',
          '<f+++++++++ site/css/a.css',
          '<f+++++++++ site/index.html',
        ],
      },
    },
  },
  'sends a file to its place': {
    args: to({ src: 'site/index.html', dest: '/srv/start.html' }),
    files,
    want: { log: ['write /srv/start.html', 'set times below /srv/start.html'], files: { '/srv/start.html': '<p>' } },
  },
  'sends a file into a directory that is there': {
    args: to({ src: 'site/index.html', dest: '/srv' }),
    files,
    want: { files: { '/srv/index.html': '<p>' }, result: { stdout_lines: ['<f+++++++++ index.html'] } },
  },
  'makes the directory that a file goes into': {
    args: to({ src: 'site/index.html', dest: '/srv/new/' }),
    files,
    want: { files: { '/srv/new/index.html': '<p>' } },
  },
  'leaves alone what is the same': {
    args: to({ delete: true }),
    files,
    world: { files: there },
    want: { changed: false, log: [], result: { stdout_lines: [], msg: '' } },
  },
  'believes size and time': {
    args: to(),
    files,
    world: { files: { ...there, '/srv/www/index.html': '<b>' } },
    want: { changed: false },
  },
  'believes neither with checksum': {
    args: to({ checksum: true }),
    files,
    world: { files: { ...there, '/srv/www/index.html': '<b>' } },
    want: {
      files: there,
      result: { stdout_lines: ['<fc........ index.html'] },
      diffs: [['<b>', '<p>']],
    },
  },
  'sends nothing where the time alone differs': {
    args: to(),
    files,
    world: { files: { ...there, '/srv/www/index.html': { content: '<p>', mtime: 1600000000 } } },
    want: {
      log: ['set times below /srv/www'],
      files: { '/srv/www/index.html': { content: '<p>', mtime: 1700000000 } },
      result: { stdout_lines: ['.f..t...... index.html'] },
      diffs: [['mtime: 2020-09-13T12:26:40Z\n', 'mtime: 2023-11-14T22:13:20Z\n']],
    },
  },
  'sends what has another size': {
    args: to(),
    files,
    world: { files: { ...there, '/srv/www/index.html': { content: 'old!', mtime: 1600000000 } } },
    want: {
      log: ['write /srv/www/index.html', 'set times below /srv/www'],
      result: { stdout_lines: ['<f.st...... index.html'] },
    },
  },
  'compares contents where times are not kept': {
    args: to({ times: false }),
    files,
    world: { files: { ...there, '/srv/www/index.html': { content: '<b>', mtime: 1600000000 } } },
    want: { log: ['write /srv/www/index.html'], result: { stdout_lines: ['<fc........ index.html'] } },
  },
  'brings permissions along': {
    args: to(),
    files,
    attributes: { 'files/site/index.html': { mode: '0640' }, 'files/site/css': { mode: '0700' } },
    world: { files: there },
    want: {
      files: { '/srv/www/index.html': { mode: '0640' }, '/srv/www/css': { mode: '0700' } },
      result: { stdout_lines: ['.d...p..... css/', '.f...p..... index.html'] },
      diffs: [
        ['mode: 0755\n', 'mode: 0700\n'],
        ['mode: 0644\n', 'mode: 0640\n'],
      ],
    },
  },
  'leaves the permissions of what is there without perms, and takes the umask off those of what is new': {
    args: to({ perms: false }),
    files,
    attributes: { 'files/site/index.html': { mode: '0600' }, 'files/site/css/a.css': { mode: '0777' } },
    world: { files: { '/srv/www/index.html': '<p>' } },
    want: { files: { '/srv/www/index.html': { mode: '0644' }, '/srv/www/css/a.css': { mode: '0755' } } },
  },
  'gives files to the user of the same name, and to a number where there is none': {
    args: to(),
    files,
    attributes: {
      'files/site/index.html': { owner: 'web', uid: 1001, group: 'web', gid: 1001 },
      'files/site/css/a.css': { owner: 'ann', uid: 1002 },
    },
    world: { files: there, accounts: { web: { uid: 33 } }, groups: { web: { gid: 33 } } },
    want: {
      files: { '/srv/www/index.html': { owner: 'web', group: 'web' }, '/srv/www/css/a.css': { owner: '1002' } },
      result: { stdout_lines: ['.f....o.... css/a.css', '.f....og... index.html'] },
    },
  },
  'gives nothing away as another user than root': {
    args: to(),
    files,
    attributes: { 'files/site/index.html': { owner: 'web', uid: 33, group: 'web', gid: 33 } },
    world: { files: there, answers: { 'identity ': { uid: 1000, groups: [1000, 44] } } },
    want: { changed: false },
  },
  'brings links along': {
    args: to(),
    files: { ...files, 'files/site/now': '' },
    attributes: { 'files/site/now': { type: 'link', linkTarget: 'css' } },
    world: { files: there },
    want: {
      log: ['link /srv/www/now -> css', 'set times below /srv/www'],
      result: { stdout_lines: ['cL+++++++++ now -> css'] },
      diffs: [['', 'link to css\n']],
    },
  },
  'moves a link': {
    args: to(),
    files: { ...files, 'files/site/now': '' },
    attributes: { 'files/site/now': { type: 'link', linkTarget: 'css' } },
    world: { files: { ...there, '/srv/www/now': { linkTarget: 'old' } } },
    want: { result: { stdout_lines: ['cLc........ now -> css'] }, diffs: [['link to old\n', 'link to css\n']] },
  },
  'passes over links and what holds no content': {
    args: to({ links: false, delete: true }),
    files: { ...files, 'files/site/now': '', 'files/site/socket': '' },
    attributes: {
      'files/site/now': { type: 'link', linkTarget: 'css' },
      'files/site/socket': { type: 'other' },
    },
    world: { files: { ...there, '/srv/www/now': 'mine' } },
    want: {
      changed: false,
      result: { warnings: ['skipping non-regular file "now"', 'skipping non-regular file "socket"'] },
    },
  },
  'removes what is not in the source': {
    args: to({ delete: true }),
    files,
    world: { files: { ...there, '/srv/www/old/a': 'a', '/srv/www/old/b': 'b', '/srv/other': 'x' } },
    want: {
      log: ['remove /srv/www/old', 'set times below /srv/www'],
      files: { '/srv/www/old/a': null, '/srv/www/old': null, '/srv/other': 'x', ...there },
      result: { stdout_lines: ['*deleting   old/', '*deleting   old/a', '*deleting   old/b'] },
      diffs: [
        ['directory\n', ''],
        ['file\n', ''],
        ['file\n', ''],
      ],
    },
  },
  'keeps what is not in the source without delete': {
    args: to(),
    files,
    world: { files: { ...there, '/srv/www/old/a': 'a' } },
    want: { changed: false },
  },
  'leaves out what rules exclude, on both sides': {
    args: to({ delete: true, rsync_opts: ['--include=keep.log', '--exclude=*.log', '--exclude', '/css'] }),
    files: { ...files, 'files/site/a.log': 'a', 'files/site/keep.log': 'k' },
    world: {
      files: { '/srv/www/b.log': 'b', '/srv/www/css/x': 'x', '/srv/www/old/c.log': 'c', '/srv/www/old/d': 'd' },
    },
    want: {
      files: { '/srv/www/a.log': null, '/srv/www/b.log': 'b', '/srv/www/css/x': 'x', '/srv/www/css/a.css': null },
      result: { stdout_lines: ['<f+++++++++ index.html', '<f+++++++++ keep.log', '*deleting   old/d'] },
    },
  },
  'removes what is excluded with --delete-excluded': {
    args: to({ rsync_opts: ['--exclude=*.css', '--delete-excluded'] }),
    files,
    world: { files: there },
    want: { result: { stdout_lines: ['*deleting   css/a.css'] }, files: { '/srv/www/css/a.css': null } },
  },
  'makes nothing new with existing_only': {
    args: to({ existing_only: true }),
    files,
    world: { files: { '/srv/www/index.html': { content: 'old!', mtime: 1 } } },
    want: { log: ['write /srv/www/index.html', 'set times below /srv/www'], files: { '/srv/www/css': null } },
  },
  'makes nothing at all with existing_only where nothing is': {
    args: to({ existing_only: true, dest: '/none/www' }),
    files,
    want: { changed: false },
  },
  'sends what lies right in the directory with dirs': {
    args: to({ recursive: false, dirs: true }),
    files,
    want: {
      files: { '/srv/www/index.html': '<p>', '/srv/www/css': { type: 'directory' }, '/srv/www/css/a.css': null },
    },
  },
  'puts a file where a link was, and a directory where a file was': {
    args: to(),
    files,
    world: {
      files: { '/srv/www/css': 'file', '/srv/www/index.html': { linkTarget: '/etc/passwd' }, '/etc/passwd': 'p' },
    },
    want: {
      log: [
        'remove /srv/www/css',
        'remove /srv/www/index.html',
        'mkdir /srv/www/css',
        'write /srv/www/css/a.css',
        'write /srv/www/index.html',
        'set times below /srv/www',
      ],
      files: { '/etc/passwd': 'p', '/srv/www/index.html': { content: '<p>', type: 'file' } },
    },
  },
  'puts a file where a directory was only with delete': {
    args: to(),
    files,
    world: { files: { '/srv/www/index.html/x': '' } },
    fails: '/srv/www/index.html is a directory on the host, not a file: delete: true removes it',
  },
  'puts a file where a directory was': {
    args: to({ delete: true }),
    files,
    world: { files: { '/srv/www/css/a.css': 'p{}', '/srv/www/index.html/x': '' } },
    want: {
      log: ['remove /srv/www/index.html', 'write /srv/www/index.html', 'set times below /srv/www'],
      result: { stdout_lines: ['<f+++++++++ index.html', '*deleting   index.html/x'] },
    },
  },
  'predicts what takes the place of a content that is not known yet': {
    args: to(),
    files,
    world: { files: { ...there, '/srv/www/index.html': { content: new Unknown('unpacked by the run') } } },
    want: { changed: true },
  },
  'ignores what is about the way': {
    args: to({
      compress: false,
      dest_port: 2222,
      private_key: '/k',
      rsync_timeout: 9,
      rsync_opts: ['--no-motd', '-z'],
    }),
    files,
    world: { files: there },
    want: { changed: false },
  },
  'refuses other options by name': {
    args: to({ rsync_opts: ['--chmod=D755'] }),
    files,
    fails: '--chmod is not done here: a file task',
  },
  'says what to write instead of an option': {
    args: to({ rsync_opts: ['--no-perms'] }),
    files,
    fails: 'say perms: false',
  },
  'refuses options nobody knows': { args: to({ rsync_opts: ['--sparse'] }), files, fails: '--sparse is not done here' },
  'wants a pattern': { args: to({ rsync_opts: ['--exclude'] }), files, fails: '--exclude needs a pattern' },
  'wants recursive for delete': { args: to({ archive: false, delete: true }), files, fails: 'delete takes recursive' },
  'wants recursive for a directory': { args: to({ archive: false }), files, fails: 'it takes recursive' },
  'refuses sudo in rsync_path': { args: to({ rsync_path: 'sudo rsync' }), files, fails: 'say become: true' },
  'refuses a host in dest': { args: to({ dest: 'web@h1:/srv' }), files, fails: 'names a host' },
  'refuses rules in files': {
    args: to(),
    files: { ...files, 'files/site/css/.rsync-filter': '- *.css' },
    fails: 'files/site/css/.rsync-filter: rules in files are not read',
  },
  'does not read another host': {
    args: to(),
    files,
    delegatedTo: 'h2',
    fails: 'hosts are not connected to each other',
  },
  'does not read the host itself': { args: to(), files, delegatedTo: 'testhost', fails: 'copy with remote_src: true' },
  'needs no delegation to the controller': {
    args: to(),
    files,
    delegatedTo: 'localhost',
    fails: 'leave out delegate_to',
  },
  'wants the directory above': { args: to({ dest: '/none/www' }), files, fails: 'the directory /none does not exist' },
  'puts no directory into a file': {
    args: to({ dest: '/srv/file' }),
    files,
    world: { files: { '/srv/file': '' } },
    fails: '/srv/file is a file, not a directory',
  },
});

const logs = { '/var/log/app/old/1.log': 'one', '/var/log/app/now.log': { content: 'two', mode: '0640' } };
const back = (args: object = {}) => ({ mode: 'pull', src: '/var/log/app/', dest: '/srv/logs', ...args });

/** What a host may say of itself. */
const claimed = (path: string) => ({
  ...{ path, mode: '0777', uid: 0, gid: 0, owner: 'root', group: 'root', size: 1, mtime: 0 },
  ...(path === 'l' ? { type: 'link', linkTarget: '/etc' } : { type: 'file' }),
});

testModule(synchronize, 'synchronize, mode: pull', {
  'brings what is in a directory': {
    args: back(),
    world: { files: logs },
    want: {
      changed: true,
      log: [],
      controller: { '/srv/logs/old/1.log': 'one', '/srv/logs/now.log': { content: 'two', mode: '0640' } },
      result: {
        rc: 0,
        stdout_lines: ['cd+++++++++ ./', '>f+++++++++ now.log', 'cd+++++++++ old/', '>f+++++++++ old/1.log'],
      },
      diffs: [
        ['', 'directory\n'],
        ['', 'two'],
        ['', 'directory\n'],
        ['', 'one'],
      ],
    },
  },
  'puts a relative dest below the folder of the playbook': {
    args: back({ dest: 'logs', src: '/var/log/app' }),
    world: { files: logs },
    controller: { files: { '/project/site.yml': '' } },
    want: { controller: { '/project/logs/app/now.log': 'two' } },
  },
  'makes out homes where they are': {
    args: back({ src: '~logs/', dest: '~/' }),
    world: { files: { '/var/log/app/f': 'x' }, accounts: { logs: { home: '/var/log/app' } } },
    want: { controller: { '/root/f': 'x' } },
  },
  'leaves alone what is the same': {
    args: back({ delete: true }),
    world: { files: logs },
    controller: {
      files: { ...logs, '/srv/logs/old/1.log': 'one', '/srv/logs/now.log': { content: 'two', mode: '0640' } },
    },
    want: { changed: false, result: { stdout_lines: [] } },
  },
  'compares contents with checksum': {
    args: back({ checksum: true, src: '/var/log/app/old/' }),
    world: { files: logs },
    controller: { files: { '/srv/logs/1.log': 'eno' } },
    want: { result: { stdout_lines: ['>fc........ 1.log'] }, diffs: [['eno', 'one']] },
  },
  'removes what the host does not have, but not what is left out': {
    args: back({ delete: true, rsync_opts: ['--exclude=keep', '--exclude=*.log'] }),
    world: { files: logs },
    controller: { files: { '/srv/logs/keep/a': '', '/srv/logs/gone/b': '', '/srv/logs/x.log': '' } },
    want: {
      controller: { '/srv/logs/keep/a': '', '/srv/logs/gone': null, '/srv/logs/x.log': '', '/srv/logs/now.log': null },
    },
  },
  'brings times and permissions along': {
    args: back(),
    world: { files: { '/var/log/app/f': { content: 'x', mode: '0600', mtime: 1600000000 } } },
    controller: { files: { '/srv/logs/f': 'x' } },
    want: {
      controller: { '/srv/logs/f': { content: 'x', mode: '0600', mtime: 1600000000 } },
      result: { stdout_lines: ['.f..tp..... f'] },
    },
  },
  'gives files to the user that the controller has by that name': {
    args: back(),
    world: {
      files: { '/var/log/app/f': { content: 'x', owner: 'web', group: 'web' } },
      accounts: { web: { uid: 33 } },
    },
    controller: { accounts: { web: { uid: 1005 } }, groups: { web: { gid: 1005 } } },
    want: { controller: { '/srv/logs/f': { owner: 'web', group: 'web' } } },
  },
  'brings links as links': {
    args: back(),
    world: { files: { '/var/log/app/f': 'x', '/var/log/app/l': { linkTarget: 'f' } } },
    want: { controller: { '/srv/logs/l': { linkTarget: 'f' } } },
  },
  'brings a file': {
    args: back({ src: '/var/log/app/now.log', dest: '/srv/now' }),
    world: { files: logs },
    want: { controller: { '/srv/now': 'two' } },
  },
  'brings large files by their stream': {
    args: back(),
    world: { files: { '/var/log/app/large': 'x'.repeat(200_000) } },
    want: {
      controller: { '/srv/logs/large': 'x'.repeat(200_000) },
      diffs: [
        ['', 'directory\n'],
        ['', '(200000 bytes)\n'],
      ],
    },
  },
  'wants a source': { args: back({ src: '/none/' }), fails: '/none/ does not exist on testhost' },
  'brings nothing where not all can be read': {
    args: back({ delete: true }),
    world: { files: logs, answers: { 'whole-tree /var/log/app': { entries: [], whole: false } } },
    controller: { files: { '/srv/logs/f': '' } },
    fails: '/var/log/app/ cannot be read on testhost, or not all that is in it',
  },
  ...Object.fromEntries(
    Object.entries({
      'a name that leads upwards': ['../../etc/cron.d/x'],
      'the directory above': ['..'],
      'a path from the root': ['/etc/cron.d/x'],
      'a name that is none': [''],
      'what lies behind a link': ['l', 'l/passwd'],
    }).map(([what, paths]) => [
      `takes no host's word for ${what}`,
      {
        args: back(),
        world: { files: logs, answers: { 'whole-tree /var/log/app': { entries: paths.map(claimed), whole: true } } },
        fails: `testhost names ${JSON.stringify(paths.at(-1))} below /var/log/app/, which would lead out of dest`,
      },
    ]),
  ),
  'brings what is in the directory above': {
    args: back({ src: '/var/log/app/old/..' }),
    world: { files: logs },
    want: { controller: { '/srv/logs/now.log': 'two', '/srv/logs/old/1.log': 'one' } },
  },
  'does not follow links': { args: back({ copy_links: true }), fails: 'copy_links with mode: pull is not done' },
  'refuses a host in src': { args: back({ src: 'h1:/var/log' }), fails: 'src is on the host of the task' },
  'needs no delegation to the controller': {
    args: back(),
    delegatedTo: 'localhost',
    fails: 'dest is on the controller',
  },
  'brings nothing to another host': {
    args: back(),
    delegatedTo: 'h2',
    fails: 'pull it to the controller, and push it',
  },
});
