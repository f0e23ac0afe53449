import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { compareSnapshots, readSnapshot } from './snapshot.ts';

describe('lab snapshot', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kplay-snapshot-'));
    await mkdir(join(root, 'etc'));
    await writeFile(join(root, 'etc/kept'), 'one');
    await writeFile(join(root, 'etc/gone'), 'two');
  });
  afterEach(() => rm(root, { recursive: true }));

  const changesAfter = async (change: () => Promise<unknown>): Promise<string[]> => {
    const before = await readSnapshot(root);
    await change();
    return compareSnapshots(before, await readSnapshot(root)).map((line) => line.split(' ').slice(0, 2).join(' '));
  };

  for (const [what, change, expected] of [
    ['nothing when nothing was written', async () => {}, []],
    ['a file that came', () => writeFile(join(root, 'etc/new'), ''), ['+ /etc/new']],
    ['a link that came', () => symlink('kept', join(root, 'etc/link')), ['+ /etc/link']],
    ['a file that went', () => rm(join(root, 'etc/gone')), ['- /etc/gone']],
    ['a changed mode', () => chmod(join(root, 'etc/kept'), 0o600), ['~ /etc/kept']],
    ['a file written with the content it had', () => writeFile(join(root, 'etc/kept'), 'one'), ['~ /etc/kept']],
    [
      'nothing of what a system writes by itself',
      () => mkdir(join(root, 'var/log'), { recursive: true }).then(() => writeFile(join(root, 'var/log/wtmp'), '')),
      ['+ /var'],
    ],
  ] as const) {
    it(`shows ${what}`, async () => expect(await changesAfter(change)).to.deep.equal(expected));
  }
});
