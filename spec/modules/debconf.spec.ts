import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import debconf from '../../engine/modules/debconf.ts';
import { debconfKind, debconfPasswordKind } from '../../engine/target/queries/debconf.ts';
import { testModule } from '../../engine/testing.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const args = { name: 'postfix', question: 'postfix/mailname', vtype: 'string', value: 'a.example.com' };
const world = (answers: object = {}) => ({
  answers: { 'debconf postfix': { 'postfix/protocols': 'all', ...answers } },
});

testModule(debconf, 'debconf', {
  'answers a question': {
    args,
    world: world(),
    want: {
      log: ['debconf-set-selections postfix postfix/mailname'],
      diffs: [['', 'postfix/mailname: a.example.com\n']],
      result: {
        current: { 'postfix/protocols': 'all', 'postfix/mailname': 'a.example.com' },
        previous: {},
        msg: 'postfix postfix/mailname string a.example.com',
      },
    },
  },
  'answers it otherwise': {
    args: { ...args, unseen: true },
    world: world({ 'postfix/mailname': 'b' }),
    want: { scripts: ['debconf-set-selections --unseen'], result: { previous: { 'postfix/mailname': 'b' } } },
  },
  'is done with an answer that is given': {
    args,
    world: world({ 'postfix/mailname': 'a.example.com' }),
    want: { changed: false, log: [] },
  },
  'knows the words for true': {
    args: { ...args, vtype: 'boolean', value: true },
    world: world({ 'postfix/mailname': 'true' }),
    want: { changed: false },
  },
  'does not care in which order several are chosen': {
    args: { ...args, vtype: 'multiselect', value: ['b', 'a'] },
    world: world({ 'postfix/mailname': 'a, b' }),
    want: { changed: false },
  },
  'tells all answers': {
    args: { name: 'postfix' },
    world: world(),
    want: { changed: false, result: { current: { 'postfix/protocols': 'all' } } },
  },
  'sets a password, and shows none': {
    args: { ...args, question: 'postfix/secret', vtype: 'password', value: 'open sesame' },
    world: { answers: { 'debconf postfix': {}, 'debconf password postfix/secret': 'before' } },
    want: {
      log: ['debconf-set-selections postfix postfix/secret'],
      diffs: [['postfix/secret: (a password)\n', 'postfix/secret: (a password)\n']],
      result: { current: {}, previous: {}, msg: 'postfix postfix/secret password (a password)' },
    },
  },
  'is done with a password that is set': {
    args: { ...args, question: 'postfix/secret', vtype: 'password', value: 'open sesame' },
    world: { answers: { 'debconf postfix': {}, 'debconf password postfix/secret': 'open sesame' } },
    want: { changed: false, log: [] },
  },
  'refuses lines': { args: { ...args, value: 'a\nx y z' }, world: world(), fails: 'one line' },
  'refuses what is neither true nor false': {
    args: { ...args, vtype: 'boolean' },
    world: world(),
    fails: 'neither true nor false',
  },
  'refuses other names': { args: { ...args, name: 'a b' }, world: world(), fails: 'cannot be the name' },
  'wants the whole question': { args: { name: 'postfix', question: 'x' }, fails: 'vtype' },
});

describe('debconfKind', () => {
  it('reads what debconf-show prints', () => {
    const text = '* a/seen: x: y\n  a/empty:\n  a/secret: (password omitted)\n';
    const [found, none] = debconfKind.parse(Buffer.from(`0\x1d${text}\x1e127\x1d\x1e`), ['a', 'b']);
    expect(found).to.deep.equal({ 'a/seen': 'x: y', 'a/empty': '' });
    expect(String(none)).to.contain('no debconf-show');
  });

  for (const shell of shells) {
    it(`asks through ${shell.join(' ')}`, function () {
      if (spawnSync('debconf-show', ['--listdbs']).status !== 0) this.skip();
      const [found, none] = askHere(debconfKind, ['debconf', 'no-such-package'], shell);
      expect(found).to.have.property('debconf/priority');
      expect(none).to.deep.equal({});
    });
  }
});

describe('debconfPasswordKind', () => {
  it('reads passwords where there are some', () => {
    expect(debconfPasswordKind.parse(Buffer.from('open sesame\n\x1e\x1e'), ['a/b', 'c/d'])).to.deep.equal([
      'open sesame',
      undefined,
    ]);
  });

  for (const shell of shells) {
    it(`finds them through ${shell.join(' ')} as debconf keeps them`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'kplay-debconf-'));
      const file = join(folder, 'passwords.dat');
      try {
        writeFileSync(
          file,
          'Name: a/other\nTemplate: a/other\nValue: wrong\nOwners: a\n\nName: a/b\nTemplate: a/b\nValue: open: sesame\nOwners: a\nFlags: seen\n\nName: a/bc\nValue: wrong\n',
        );
        const script = debconfPasswordKind
          .script(['a/b', 'a/none'])
          .replaceAll('/var/cache/debconf/passwords.dat', file);
        expect(askHere({ ...debconfPasswordKind, script: () => script }, ['a/b', 'a/none'], shell)).to.deep.equal([
          'open: sesame',
          undefined,
        ]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
