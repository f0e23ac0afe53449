import { expect } from 'chai';
import { predicted } from '../../engine/target/effects.ts';
import { aboutOf, type Entry, outlives } from '../../engine/target/entry.ts';
import type { FileState } from '../../engine/target/state.ts';

const absent: FileState = { exists: false };
const file: FileState = predicted('file', {});
const folder: FileState = predicted('directory', {});
const link: FileState = predicted('link', { linkTarget: 'x' });
const twoNames: FileState = { ...predicted('file', {}), links: 2 };

const written: Entry = { path: '/etc/app/conf', type: 'file' };
const made: Entry = { path: '/opt/app/lib', type: 'directory' };

describe('what is known about a path, when an entry was written,', () => {
  const cases: readonly (readonly [string, Entry, Readonly<Record<string, FileState>>, string, boolean])[] = [
    ['outlives it in another file', written, { '/etc/app/conf': absent, '/etc/other': file }, '/etc/other', true],
    ['outlives it where nothing is', written, { '/etc/app/conf': file, '/x/y': absent }, '/x/y', true],
    ['is void for the entry', written, { '/etc/app/conf': file }, '/etc/app/conf', false],
    ['is void for its name elsewhere', written, { '/etc/app/conf': file, '/alias/conf': file }, '/alias/conf', false],
    ['is void below it', written, { '/etc/app/conf': file, '/etc/app/conf/x': absent }, '/etc/app/conf/x', false],
    ['is void for a link', written, { '/etc/app/conf': file, '/etc/link': link }, '/etc/link', false],
    ['is void where nobody asked for links', written, { '/etc/app/conf': file }, '/etc/other', false],
    ['is void for a second name', written, { '/etc/app/conf': file, '/b': twoNames }, '/b', false],
    ['is void when the entry had a second name', written, { '/etc/app/conf': twoNames, '/b': file }, '/b', false],
    ['is void when the entry was a link', written, { '/etc/app/conf': link, '/b': file }, '/b', false],
    ['is void when the entry is not known', written, { '/b': file }, '/b', false],
    ['is void for a folder that may hold it', written, { '/etc/app/conf': absent, '/x/d': folder }, '/x/d', false],
    [
      'outlives it in another folder',
      written,
      { '/etc/app/conf': absent, '/etc/app': folder, '/x/d': folder },
      '/x/d',
      true,
    ],
    ['is void for its folder', written, { '/etc/app/conf': absent, '/etc/app': folder }, '/etc/app', false],
    [
      'outlives a new folder above it',
      made,
      { '/opt/app/lib': absent, '/opt/app/lib/x': absent },
      '/opt/app/lib/x',
      true,
    ],
    [
      'outlives a new folder beside it',
      made,
      { '/opt/app/lib': absent, '/opt/app': absent, '/opt/app/x': absent },
      '/opt/app/x',
      true,
    ],
    [
      'outlives its name elsewhere, below nothing',
      written,
      { '/etc/app/conf': absent, '/new': absent, '/new/conf': absent },
      '/new/conf',
      true,
    ],
    [
      'is void below a folder of that name',
      made,
      { '/opt/app/lib': absent, '/alias/lib': absent, '/alias/lib/x': absent },
      '/alias/lib/x',
      false,
    ],
    ['outlives a new folder', made, { '/opt/app/lib': absent, '/etc/other': file }, '/etc/other', true],
    [
      'is void for the parents of a new folder',
      made,
      { '/opt/app/lib': absent, '/opt/app': absent },
      '/opt/app',
      false,
    ],
    ['is void for what a folder was before', made, { '/opt/app/lib': folder, '/etc/other': file }, '/etc/other', false],
  ];
  for (const [title, entry, states, path, expected] of cases) {
    it(title, () => {
      expect(outlives(path, entry, (asked) => states[asked])).to.equal(expected);
    });
  }
});

describe('what a file can be about', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['/etc/app/config.yaml', ['facts']],
    ['/etc/systemd/system/app.service', ['facts', 'units']],
    ['/alias/app.service', ['facts', 'units']],
    ['/etc/systemd/system/app.service.d/10.conf', ['facts', 'units']],
    ['/etc/passwd', ['facts', 'accounts']],
    ['/proc/sys/net/ipv4/ip_forward', ['facts', 'kernel']],
  ];
  for (const [path, expected] of cases) {
    it(`${path}: ${expected.join(', ')}`, () => {
      expect(aboutOf({ path, type: 'file' })).to.deep.equal(expected);
    });
  }
});
