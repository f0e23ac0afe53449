import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pathFilters } from '../../engine/run/path-filters.ts';

describe("filters of the controller's files", () => {
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'kplay-path-filters-')));
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'd/a.txt'), '');
    symlinkSync('d', join(folder, 'link'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const filtered = (name: string, value: unknown) =>
    pathFilters(folder, { HOME: '/home/me', X: 'x' })[name]!(value, [], {}, {} as never);

  it('expanduser', () => {
    expect(['~/a', '~', 'a~', '~other/a'].map((one) => filtered('expanduser', one))).to.deep.equal([
      '/home/me/a',
      '/home/me',
      'a~',
      '~other/a',
    ]);
  });
  it('expandvars', () => void expect(filtered('expandvars', '$X-${X}-$Y')).to.equal('x-x-$Y'));
  it('realpath', () => {
    expect(filtered('realpath', 'link/../link/a.txt')).to.equal(join(folder, 'd/a.txt'));
    expect(filtered('realpath', 'link/none')).to.equal(join(folder, 'd/none'));
  });
  it('fileglob', () => void expect(filtered('fileglob', 'd/*.txt')).to.deep.equal([join(folder, 'd/a.txt')]));
});
