/** What files cost: counts of round trips, and of readings on the controller. */
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { localFiles } from '../../engine/run/local-files.ts';
import { vaultWith } from '../../engine/source/vault.ts';
import { type Stage, stage } from './harness.ts';

const book = `
- hosts: h1
  gather_facts: false
  tasks:
    - name: tree
      copy: { src: tree/, dest: "{{ playbook_dir }}/out/", mode: preserve }
`;

describe('a directory of many files', () => {
  let on: Stage;
  before(() => {
    on = stage({}, ['h1']);
    for (const folder of ['tree', 'tree/a', 'tree/a/b']) {
      mkdirSync(join(on.folder, folder));
      for (let n = 0; n < 70; n += 1) writeFileSync(join(on.folder, folder, `f${n}`), `${folder} ${n}`);
    }
    writeFileSync(join(on.folder, 'tree/a/large'), 'x'.repeat(400_000));
  });
  after(() => on.close());

  const copied = () => readFileSync(join(on.folder, 'out/a/b/f69'), 'utf8');

  it('is copied by the handful, not file by file', async () => {
    const { traffic, story } = await on.play(book);
    expect(story).to.deep.equal(['h1 tree changed']);
    expect(copied()).to.equal('tree/a/b 69');
    expect(readFileSync(join(on.folder, 'out/a/large')).length).to.equal(400_000);
    expect(traffic['h1']!.roundTrips).to.be.at.most(14);
  }).timeout(60_000); // a thousand processes

  it('costs three round trips at most where nothing is to do', async () => {
    const { traffic, story } = await on.play(book);
    expect(story).to.deep.equal(['h1 tree ok']);
    expect(traffic['h1']!.roundTrips).to.be.at.most(3);
  });

  it('may hold links to folders; one to where it lies stays a link', async () => {
    rmSync(join(on.folder, 'out'), { recursive: true });
    const links = { 'a/up': '..', 'a/b/here': '.', 'a/b/up': '../..', latest: 'a/b' };
    for (const [at, to] of Object.entries(links)) symlinkSync(to, join(on.folder, 'tree', at));
    expect((await on.play(book)).story).to.deep.equal(['h1 tree changed']);
    expect(readFileSync(join(on.folder, 'out/latest/f69'), 'utf8')).to.equal('tree/a/b 69');
    expect(lstatSync(join(on.folder, 'out/latest')).isDirectory()).to.equal(true);
    for (const [at, to] of [
      ...Object.entries(links).slice(0, 3),
      ['latest/here', '.'],
      ['latest/up', '../..'],
    ] as const)
      expect(readlinkSync(join(on.folder, 'out', at!)), at).to.equal(to);
    expect((await on.play(book)).story).to.deep.equal(['h1 tree ok']);
    for (const at of Object.keys(links)) rmSync(join(on.folder, 'tree', at));
  }).timeout(60_000);

  it('fails as one file of it fails', async () => {
    rmSync(join(on.folder, 'out'), { recursive: true });
    mkdirSync(join(on.folder, 'out/a/b/f3'), { recursive: true });
    const { story, result } = await on.play(book);
    expect(story).to.deep.equal(['h1 tree failed']);
    expect(result('tree')['msg']).to.include('out/a/b/f3');
  });
});

describe("the controller's files", () => {
  it('are the same to all who ask at once, and others once they are written', async () => {
    const on = stage({ one: 'first' });
    try {
      const path = join(on.folder, 'one');
      const files = localFiles(vaultWith([]));
      const [a, b] = await Promise.all([files.file(path), files.file(path)]);
      expect(a).to.equal(b);
      const sum = await a!.sha256();
      expect(files.text(path)).to.equal('first');
      appendFileSync(path, ' and more');
      const later = await files.file(path);
      expect(later).not.to.equal(a);
      expect(await later!.sha256()).not.to.equal(sum);
      expect(files.text(path)).to.equal('first and more');
      expect(await files.file(on.folder)).to.equal(undefined);
    } finally {
      on.close();
    }
  });
});
