import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { convert } from '../../engine/module/convert.ts';
import { modeAfter } from '../../engine/module/mode.ts';
import { readPlainScalar } from '../../engine/source/yaml-scalars.ts';

describe('symbolic modes', () => {
  const cases: [wanted: string, current: string, directory: boolean, after: string][] = [
    ['0644', '0600', false, '0644'],
    ['755', '0600', true, '0755'],
    ['u=rw,g=r,o=', '0777', false, '0640'],
    ['u=rwX,go=rX', '0600', false, '0644'],
    ['u=rwX,go=rX', '0700', false, '0755'],
    ['u=rwX,go=rX', '0600', true, '0755'],
    ['+x', '0644', false, '0755'],
    ['go-w', '0666', false, '0644'],
    ['g=u', '0740', false, '0770'],
    ['u+s,+t', '0755', false, '5755'],
    ['u+t', '0755', false, '0755'],
    ['a=', '4755', false, '0000'],
    ['a=rx', '2755', true, '2555'],
  ];
  for (const [wanted, current, directory, after] of cases) {
    it(`${wanted} makes ${after} of ${current}${directory ? ' of a directory' : ''}`, () => {
      expect(modeAfter(wanted, current, directory)).to.equal(after);
    });
  }

  it('that are none are refused', () => {
    expect(() => modeAfter('rw-r--r--', '0644', false)).to.throw('is not a mode');
  });

  it('come out as chmod makes them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kplay-mode-'));
    const [file, directory] = [join(folder, 'file'), join(folder, 'directory')];
    writeFileSync(file, '');
    mkdirSync(directory);
    const letters = (from: string) =>
      fc.uniqueArray(fc.constantFrom(...from), { maxLength: 3 }).map((all) => all.join(''));
    const operation = fc
      .tuple(fc.constantFrom('+', '-', '='), fc.oneof(letters('rwxXst'), fc.constantFrom('u', 'g', 'o')))
      .map((two) => two.join(''));
    const clause = fc.tuple(letters('ugoa'), operation).map((two) => two.join(''));
    const wanted = fc.array(clause, { minLength: 1, maxLength: 3 }).map((all) => all.join(','));
    fc.assert(
      fc.property(wanted, fc.integer({ min: 0, max: 0o7777 }), fc.boolean(), (mode, start, isDirectory) => {
        const path = isDirectory ? directory : file;
        chmodSync(path, start);
        execFileSync('sh', ['-c', 'umask 022; chmod "$1" "$2"', 'sh', `u+,${mode}`, path], { stdio: 'ignore' });
        const after = (statSync(path).mode & 0o7777).toString(8).padStart(4, '0');
        expect(modeAfter(mode, start.toString(8).padStart(4, '0'), isDirectory)).to.equal(after);
      }),
      { numRuns: 60 },
    );
    rmSync(folder, { recursive: true });
  });
});

describe('a mode written as a number', () => {
  const asMode = (text: string) => convert(readPlainScalar(text), { type: 'mode' }, () => false);

  for (const written of [
    '0644',
    '0600',
    '0640',
    '0750',
    '0755',
    '0777',
    '0400',
    '0440',
    '0555',
    '0111',
    '01777',
    '02775',
    '04755',
    '01730',
    '0604',
    '0002',
  ])
    it(`${written} is that mode`, () => {
      expect(asMode(written)).to.equal(written.padStart(4, '0').slice(-4));
    });

  for (const written of [
    '400',
    '440',
    '444',
    '500',
    '555',
    '600',
    '640',
    '644',
    '660',
    '664',
    '700',
    '750',
    '755',
    '775',
    '777',
    '1777',
    '2755',
  ])
    it(`${written} has lost its zero, and is left to be refused`, () => {
      expect(asMode(written)).to.equal(Number(written));
    });
});
