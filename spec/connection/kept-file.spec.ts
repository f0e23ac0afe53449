import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('is read once while it is as it was', () => {
    const first = readKept(file);
    expect(first?.toString()).to.equal('one');
    expect(readKept(file)).to.equal(first);
  });

  it('is read anew once it has grown, or another one has its place', () => {
    readKept(file);
    appendFileSync(file, ' more');
    expect(readKept(file)?.toString()).to.equal('one more');
    writeFileSync(`${file}.new`, 'two more');
    utimesSync(`${file}.new`, 1, 1);
    utimesSync(file, 1, 1);
    readKept(file);
    renameSync(`${file}.new`, file);
    expect(readKept(file)?.toString()).to.equal('two more');
  });

  it('may be missing, come, and go', () => {
    rmSync(file);
    expect(readKept(file)).to.equal(undefined);
    writeFileSync(file, 'back');
    expect(readKept(file)?.toString()).to.equal('back');
    rmSync(file);
    expect(readKept(file)).to.equal(undefined);
  });

  it('fails as reading does', () => {
    expect(() => readKept(folder)).to.throw('EISDIR');
    expect(() => readKept(join(file, 'below'))).to.throw('ENOTDIR');
  });
});
