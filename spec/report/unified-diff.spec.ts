import { expect } from 'chai';
import { paint } from '../../engine/report/paint.ts';
import { paintDiff, unifiedDiff, usualLimits } from '../../engine/report/unified-diff.ts';

const headers = { beforeHeader: '/etc/x', afterHeader: 'web/templates/x.j2' };
const head = ['--- before: /etc/x', '+++ after: web/templates/x.j2'];
const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}\n`).join('');

const cases: readonly (readonly [title: string, before: string, after: string, body: readonly string[]])[] = [
  ['shows a new file', '', 'a\nb\n', ['@@ -0,0 +1,2 @@', '+a', '+b']],
  ['shows a file that goes', 'a\n', '', ['@@ -1 +0,0 @@', '-a']],
  [
    'shows three lines around a change',
    '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
    '1\n2\n3\n4\nfive\n6\n7\n8\n9\n',
    ['@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'],
  ],
  ['says that the last line has no end', 'a', 'a\n', ['@@ -1 +1 @@', '-a', '\\ No newline at end of file', '+a']],
  ['shows line ends that change', 'a\r\n', 'a\n', ['@@ -1 +1 @@', '-a\\r', '+a']],
  ['shows controls instead of obeying them', '', 'a\x1b[2J\u202e\n', ['@@ -0,0 +1 @@', '+a\\x1b[2J\\u202e']],
  ['says so when nothing can be shown', '(12 bytes)\n', '(12 bytes)\n', ['(no difference in what can be shown)']],
];

describe('the unified diff', () => {
  for (const [title, before, after, body] of cases) {
    it(title, () => {
      const lines = unifiedDiff({ ...headers, before, after }).map(({ text }) => text);
      expect(lines).to.deep.equal([...head, ...body]);
    });
  }

  it('has a header without a name when there is none', () => {
    const lines = unifiedDiff({ beforeHeader: '', afterHeader: 'x\ny', before: '', after: 'a\n' });
    expect(lines.slice(0, 2).map(({ text }) => text)).to.deep.equal(['--- before', '+++ after: x\\ny']);
  });

  it('calls very different texts replaced, and does not think about them for long', () => {
    const started = performance.now();
    const diff = { ...headers, before: numbered('a', 5000), after: numbered('b', 4000) };
    const lines = unifiedDiff(diff).map(({ text }) => text);
    expect(lines).to.deep.equal([...head, '(replaced: 5000 lines before, 4000 lines after)']);
    expect(performance.now() - started).to.be.below(3000);
  });

  for (const [title, limits] of [
    ['edits', { edits: 10, timeout: 60_000 }],
    ['time', { edits: 1_000_000, timeout: 1 }],
  ] as const) {
    it(`is bounded in ${title}`, () => {
      const diff = { ...headers, before: numbered('a', 3000), after: numbered('b', 3000) };
      const lines = unifiedDiff(diff, { ...usualLimits, lines: 10, ...limits });
      expect(lines.at(-1)!.text).to.equal('(replaced: 3000 lines before, 3000 lines after)');
    });
  }

  it('shows so many lines and counts the others, also of a long new file', () => {
    const lines = unifiedDiff({ ...headers, before: '', after: numbered('a', 5000) }, { ...usualLimits, lines: 3 });
    expect(lines.map(({ text }) => text)).to.deep.equal([
      ...head,
      '@@ -0,0 +1,5000 @@',
      '+a0',
      '+a1',
      '… (4998 more lines: -v shows all)',
    ]);
  });

  it('cuts a very long line', () => {
    const lines = unifiedDiff({ ...headers, before: '', after: `${'x'.repeat(5000)}\n` });
    expect(lines.at(-1)!.text).to.match(/^\+x{999}… \(4001 more characters\)$/);
  });

  it('is coloured line by line', () => {
    const lines = unifiedDiff({ ...headers, before: 'a\n', after: 'b\n' });
    expect(paintDiff(lines, paint(1)).split('\n').slice(2)).to.deep.equal([
      '\x1b[36m@@ -1 +1 @@\x1b[39m',
      '\x1b[31m-a\x1b[39m',
      '\x1b[32m+b\x1b[39m',
    ]);
  });
});
