import { expect } from 'chai';
import { entryNamed, withEntry, withoutEntry } from '../../engine/module/edit-fstab.ts';
import mount from '../../engine/modules/mount.ts';
import { mountKind } from '../../engine/target/queries/mounts.ts';
import { testModule } from '../../engine/testing.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const path = '/srv/data';
const disk = { path, src: 'LABEL=data', fstype: 'ext4' };
const root = 'UUID=1 / ext4 errors=remount-ro 0 1\n';
const line = 'LABEL=data /srv/data ext4 defaults 0 0\n';
const mounted = { source: '/dev/sdb', fstype: 'ext4', options: ['rw'] };

const world = (fstab: string, now: object | undefined, point = true) => ({
  files: { '/etc/fstab': fstab, ...(point && { [path]: { type: 'directory' as const } }) },
  answers: { [`mount ${path}`]: now },
});

testModule(mount, 'mount', {
  'mounts now and at boot, on a directory of its own': {
    args: { ...disk, state: 'mounted' },
    world: world(root, undefined, false),
    want: {
      changed: true,
      fields: ['entry', 'mounted', 'point'],
      log: ['write /etc/fstab', `mkdir ${path}`, `mount ${path}`],
      scripts: [`mount '${path}'`],
      files: { '/etc/fstab': root + line },
      diffs: [
        ['', 'LABEL=data /srv/data ext4 defaults\n'],
        ['not mounted\n', 'mounted\n'],
      ],
      result: {
        name: path,
        src: 'LABEL=data',
        fstype: 'ext4',
        opts: 'defaults',
        dump: '0',
        passno: '0',
        fstab: '/etc/fstab',
      },
    },
  },
  'is done with what is mounted, however its line is written': {
    args: { ...disk, state: 'mounted' },
    world: world(`${root}LABEL=data\t/srv/data/  ext4\n`, mounted),
    want: { changed: false, log: [] },
  },
  'mounts what fstab names already': {
    args: { ...disk, state: 'mounted' },
    world: world(root + line, undefined),
    want: { fields: ['mounted'], log: [`mount ${path}`] },
  },
  'mounts with new options': {
    args: { ...disk, opts: 'noatime', state: 'mounted' },
    world: world(root + line, mounted),
    want: {
      fields: ['entry'],
      log: ['write /etc/fstab', `remount ${path}`],
      scripts: [`mount -o 'remount,noatime' '${path}' ||`],
      files: { '/etc/fstab': `${root}LABEL=data /srv/data ext4 noatime 0 0\n` },
    },
  },
  'unmounts before it mounts another source': {
    args: { ...disk, src: '/dev/sdc', state: 'mounted' },
    world: world(line, mounted),
    want: { scripts: [`umount '${path}' && mount '${path}'`] },
  },
  'only names it in fstab': {
    args: { ...disk, state: 'present', boot: false, passno: 2, dump: 1 },
    world: world(`${line}# ${line}${root}`, undefined),
    want: {
      log: ['write /etc/fstab'],
      files: { '/etc/fstab': `LABEL=data /srv/data ext4 defaults,noauto 1 2\n# ${line}${root}` },
    },
  },
  'only mounts it now': {
    args: { ...disk, opts: 'ro', state: 'ephemeral' },
    world: world(root, undefined),
    want: { log: [`mount ${path}`], scripts: [`mount -t 'ext4' -o 'ro' 'LABEL=data' '${path}'`] },
  },
  'does not mount over something else': {
    args: { path, src: 'nas:/x', fstype: 'nfs', state: 'ephemeral' },
    world: world(root, mounted),
    fails: '/srv/data is mounted already, from /dev/sdb',
  },
  'only unmounts it': {
    args: { path, state: 'unmounted' },
    world: world(root + line, mounted),
    want: { fields: ['mounted'], log: [`umount ${path}`] },
  },
  'only takes it out of fstab': {
    args: { path, state: 'absent_from_fstab' },
    world: world(root + line, mounted),
    want: { log: ['write /etc/fstab'], files: { '/etc/fstab': root } },
  },
  'takes it away, and the directory': {
    args: { path, state: 'absent' },
    world: world(line + root, mounted),
    want: {
      log: [`umount ${path}`, 'write /etc/fstab', `rmdir ${path}`],
      files: { '/etc/fstab': root, [path]: null },
    },
  },
  'has nothing to take away': {
    args: { path, state: 'absent' },
    world: world(root, undefined, false),
    want: { changed: false, log: [] },
  },
  'remounts every time': {
    args: { path, state: 'remounted' },
    world: world(root + line, mounted),
    want: { changed: true, log: [`remount ${path}`], scripts: [`mount -o 'remount' '${path}'`] },
    always: 'asked for every time',
  },
  'cannot remount what is not mounted': {
    args: { path, state: 'remounted' },
    world: world(line, undefined),
    fails: '/srv/data is not mounted',
  },
  'reads and writes another table': {
    args: { ...disk, state: 'mounted', fstab: '/etc/fstab.mine' },
    world: world(root, undefined),
    want: {
      files: { '/etc/fstab.mine': line, '/etc/fstab': root },
      scripts: [`mount --fstab '/etc/fstab.mine' '${path}'`],
    },
  },
  'names swap by its source': {
    args: { path: 'none', src: '/dev/b', fstype: 'swap', opts: 'sw', state: 'present' },
    world: { files: { '/etc/fstab': '/dev/a none swap sw 0 0\n' } },
    want: { files: { '/etc/fstab': '/dev/a none swap sw 0 0\n/dev/b none swap sw 0 0\n' } },
  },
  'takes swap out of fstab': {
    args: { path: 'none', src: '/dev/a', fstype: 'swap', state: 'absent' },
    world: { files: { '/etc/fstab': '/dev/a none swap sw 0 0\n/dev/b none swap sw 0 0\n' } },
    want: { log: ['write /etc/fstab'], files: { '/etc/fstab': '/dev/b none swap sw 0 0\n' } },
  },
  'says what mount says': {
    args: { ...disk, state: 'mounted' },
    world: { ...world(line, undefined), commands: { mount: { code: 32, stderr: "can't find LABEL=data" } } },
    fails: "mount /srv/data: can't find LABEL=data",
  },
  'needs something to mount': { args: { path, state: 'mounted' }, fails: 'needs src, fstype' },
});

describe('fstab', () => {
  const odd = { src: '//nas/my share', point: '/mnt/a b', fstype: 'cifs', opts: 'x=\\', dump: '0', passno: '0' };
  it('writes blanks and backslashes so that they are read again', () => {
    const text = withEntry('# c\n', odd);
    expect(text).to.equal('# c\n//nas/my\\040share /mnt/a\\040b cifs x=\\134 0 0\n');
    expect(entryNamed(text, odd)).to.deep.equal(odd);
    expect(withoutEntry(text, odd)).to.equal('# c\n');
  });
});

describe('mountKind', () => {
  for (const shell of shells) {
    it(`tells what is mounted through ${shell.join(' ')}`, () => {
      const [proc, none, missing] = askHere(mountKind, ['/proc/', '/etc/passwd', '/no such/path'], shell);
      expect(proc).to.deep.include({ fstype: 'proc' });
      expect(proc?.options).to.include('rw');
      expect([none, missing]).to.deep.equal([undefined, undefined]);
    });
  }
});
