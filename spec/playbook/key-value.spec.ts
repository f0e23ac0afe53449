import { expect } from 'chai';
import { parseKeyValues } from '../../engine/playbook/key-value.ts';

describe('parseKeyValues', () => {
  const cases: readonly (readonly [title: string, module: string, text: string, values: object, rest: string])[] = [
    ['pairs', 'copy', 'src=a dest=b', { src: 'a', dest: 'b' }, ''],
    ['blanks inside quotes', 'copy', `src="a b" dest='c d'`, { src: 'a b', dest: 'c d' }, ''],
    ['escapes', 'copy', String.raw`content="a\nb\"c" other=\d`, { content: 'a\nb"c', other: String.raw`\d` }, ''],
    [
      'blanks inside templates',
      'copy',
      'src={{ a }}/{{ b | d("x y") }} dest=z',
      { src: '{{ a }}/{{ b | d("x y") }}', dest: 'z' },
      '',
    ],
    [
      'quotes of a template inside quotes',
      'debug',
      `msg="{{ a | replace('b c', "d e") }} f" verbosity=1`,
      { msg: `{{ a | replace('b c', "d e") }} f`, verbosity: '1' },
      '',
    ],
    ['an equals sign in the value', 'lineinfile', 'line="a=b" regexp=^a=', { line: 'a=b', regexp: '^a=' }, ''],
    ['words among pairs', 'x', 'one a=b two', { a: 'b' }, 'one two'],
    ['nothing', 'x', '', {}, ''],
    ['a command with blanks kept', 'command', 'echo  "a  b"   c=d', {}, 'echo  "a  b"   c=d'],
    [
      'a command with options before and behind',
      'command',
      'creates=/a ls -l chdir=/b',
      { creates: '/a', chdir: '/b' },
      'ls -l',
    ],
    ['a script of several lines', 'shell', 'set -e\nA=1 b\ncreates=/x', { creates: '/x' }, 'set -e\nA=1 b'],
    ['an apostrophe in a script', 'shell', "echo it's", {}, "echo it's"],
    ['a name as a template', 'include_tasks', '{{ a }}=b.yml', {}, '{{ a }}=b.yml'],
    ['a template never closed', 'command', 'echo {{ a', {}, 'echo {{ a'],
  ];
  for (const [title, module, text, values, rest] of cases) {
    it(`reads ${title}`, () => {
      expect(parseKeyValues(text, module)).to.deep.equal({ values, rest });
    });
  }

  it('tells of a quote that is never closed in a pair', () => {
    expect(parseKeyValues('a="b c', 'copy').unclosed).to.equal('a="b');
  });
});
