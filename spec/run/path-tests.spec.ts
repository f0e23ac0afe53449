import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pathTests } from '../../engine/run/path-tests.ts';
import { lentTests } from '../../engine/template/tests/tests.ts';

/** Each test with the names of the folder it holds for. */
const holding: Readonly<Record<string, readonly string[]>> = {
  exists: ['file', 'folder', 'link'],
  link_exists: ['file', 'folder', 'link', 'dangling'],
  file: ['file', 'link'],
  is_file: ['file', 'link'],
  directory: ['folder'],
  is_dir: ['folder'],
  link: ['link', 'dangling'],
  is_link: ['link', 'dangling'],
  mount: ['/', '/proc'],
  is_mount: ['/', '/proc'],
  vaulted_file: [],
};

describe("tests of the controller's files", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kplay-path-tests-'));
    writeFileSync(join(folder, 'file'), 'plain');
    mkdirSync(join(folder, 'folder'));
    symlinkSync('file', join(folder, 'link'));
    symlinkSync('nothing', join(folder, 'dangling'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const holds = (name: string, value: unknown, terms: readonly unknown[] = []) =>
    pathTests(folder)[name]!(value, terms, {}, {} as never);

  for (const [name, those] of Object.entries(holding)) {
    it(`${name} holds for ${those.join(', ') || 'none'}`, () => {
      const paths = ['file', 'folder', 'link', 'dangling', 'nothing', '/', '/proc'];
      const ours = name === 'mount' || name === 'is_mount' ? paths : paths.slice(0, 5);
      expect(ours.filter((path) => holds(name, path))).to.deep.equal(those);
    });
  }

  for (const name of ['same_file', 'is_same_file']) {
    it(`${name} sees through links`, () => {
      expect([holds(name, 'link', ['file']), holds(name, 'folder', ['file'])]).to.deep.equal([true, false]);
    });
  }

  it('vaulted_file holds for an encrypted one', () => {
    writeFileSync(join(folder, 'sealed'), '$ANSIBLE_VAULT;1.1;AES256\n00\n');
    expect(holds('vaulted_file', 'sealed')).to.equal(true);
  });

  it('are there under every name that is known before a run', () => {
    expect(Object.keys(pathTests('/')).sort()).to.deep.equal([...lentTests].sort());
  });
});
