import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { readKept } from '../../engine/connection/kept-file.ts';

describe('a file that all hosts ask for', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kplay-kept-'));
    file = join(folder, 'known_hosts');
    writeFileSync(file, 'one');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read once while it is as it was', async () => {
    const first = await readKept(file);
    expect(first?.toString()).to.equal('one');
    expect(await readKept(file)).to.equal(first);
  });

  it('is read anew once it has grown, or another one of its size and age has its place', async () => {
    await readKept(file);
    appendFileSync(file, ' more');
    expect((await readKept(file))?.toString()).to.equal('one more');
    writeFileSync(`${file}.new`, 'two more');
    for (const path of [file, `${file}.new`]) utimesSync(path, 1, 1);
    await readKept(file);
    renameSync(`${file}.new`, file);
    expect((await readKept(file))?.toString()).to.equal('two more');
  });

  it('is read anew once it was written in place, whatever its size and age are said to be', async () => {
    utimesSync(file, 1, 1);
    await readKept(file);
    await sleep(20); // the kernel's clock for files ticks every few milliseconds
    writeFileSync(file, 'two');
    utimesSync(file, 1, 1);
    expect((await readKept(file))?.toString()).to.equal('two');
  });

  it('may be missing, come, and go', async () => {
    rmSync(file);
    expect(await readKept(file)).to.equal(undefined);
    writeFileSync(file, 'back');
    expect((await readKept(file))?.toString()).to.equal('back');
    rmSync(file);
    expect(await readKept(file)).to.equal(undefined);
  });

  it('fails as reading does, each time', async () => {
    for (const _ of [1, 2]) {
      const failed = await readKept(folder).catch((error: unknown) => error);
      expect(failed).to.have.property('code', 'EISDIR');
    }
  });

  it('is waited for by those who ask, and by nobody else, where it is a pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const both = Promise.all([readKept(pipe), readKept(pipe)]);
    expect((await readKept(file))?.toString()).to.equal('one');
    await writeFile(pipe, 'once');
    expect((await both).map(String)).to.deep.equal(['once', 'once']);
    expect(String(await readKept(pipe))).to.equal('once');
  });
});
