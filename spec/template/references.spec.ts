/** The names a template uses, and its mistakes, are found without rendering it. */
import { expect } from 'chai';
import { checkSyntax, references } from '../../engine/template/references.ts';
import { at } from './environment.ts';

/** `name.key`, a question mark behind those whose absence is tolerated. */
function found(source: string, kind: 'expression' | 'template'): string {
  return references(source, kind)
    .map(({ name, path, guarded }) => [name, ...path].join('.') + (guarded ? '?' : ''))
    .join(' ');
}

describe('references of expressions', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a + b.c', 'a b.c'],
    ["a['b'][0].c", 'a.b.0.c'],
    ['a[k].b', 'k a'],
    ['a[n:]', 'n a'],
    ['a | default(b)', 'a? b'],
    ['a.b | d(1)', 'a.b?'],
    ['a | lower | default(1)', 'a'],
    ['(a if b else c) | default(1)', 'b a? c?'],
    ['a is defined', 'a?'],
    ['a is defined and a.b > c', 'a? a.b? c'],
    ['a is not defined or a.b', 'a? a.b?'],
    ['not (a is undefined) and a', 'a? a?'],
    ['a is defined or a.b', 'a? a.b'],
    ['a if a is defined else a', 'a? a? a'],
    ['a | default([]) | length > 0 and a[0]', 'a? a.0?'],
    ["'a' in vars and a", 'vars a?'],
    ['range(n) | map("extract", h)', 'n h'],
    ["lookup('env', name) ~ omit", 'name'],
    ['a is version(b, ">=")', 'a b'],
    ['{{ braced }}', 'braced'],
  ];
  for (const [source, expected] of cases) {
    it(`${source} uses ${expected}`, () => {
      expect(found(source, 'expression')).to.equal(expected);
    });
  }
});

describe('references of templates', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{% if a is defined %}{{ a }}{{ b }}{% else %}{{ a }}{% endif %}', 'a? a? b a'],
    ['{% if a is not defined %}{{ a }}{% elif b %}{{ a.b }}{% endif %}', 'a? a b a.b?'],
    ['{% for i, j in l if i.x == k %}{{ i }}{{ j }}{{ loop.index }}{% else %}{{ i }}{% endfor %}', 'l k i'],
    ['{% set a = a | default(1) %}{{ a }}{% if x %}{% set b = 2 %}{% endif %}{{ b }}', 'a? x'],
    ['{% set a %}{{ c }}{% endset %}{{ a }}', 'c'],
    ['{% macro m(p, q=r) %}{{ p }}{{ q }}{{ s }}{{ varargs }}{% endmacro %}{{ m(t) }}', 'r s t'],
    ['{% call(u) m(1) %}{{ u }}{{ v }}{% endcall %}', 'm v'],
    ['{% with a = b %}{{ a }}{% endwith %}{{ a }}', 'b a'],
    ['{% import "x" as y %}{% from "z" import p as q %}{{ y.f() }}{{ q }}{{ p }}', 'p'],
    ['{% filter indent(n) %}{{ x }}{% endfilter %}{% raw %}{{ no }}{% endraw %}', 'n x'],
  ];
  for (const [source, expected] of cases) {
    it(`${source} uses ${expected}`, () => {
      expect(found(source, 'template')).to.equal(expected);
    });
  }

  it('have a place: inside a file, or at the scalar of YAML', () => {
    expect(references('a\n {{ x }}', 'template')).to.deep.equal([
      { name: 'x', path: [], guarded: false, line: 2, column: 5 },
    ]);
    expect(references('{{ x }}', 'template', at)).to.deep.equal([
      { name: 'x', path: [], guarded: false, line: 7, column: 9 },
    ]);
  });

  it('are none where the text does not parse', () => {
    expect(references('{{ x', 'template')).to.deep.equal([]);
  });
});

describe('the check of syntax', () => {
  it('finds every filter and test which does not exist, also those named inside map and select', () => {
    const second = "{{ c | map('lowre') | selectattr('x', 'eqq') | ansible.builtin.bool }}";
    const source = `{{ a | defualt(1) }}\n{{ b is definde }}${second}`;
    const problems = checkSyntax(source, 'template', { file: 'x.j2', line: 1, column: 1 });
    expect(problems.map(({ message, hint, at: place }) => [message, hint, place?.line, place?.column])).to.deep.equal([
      ['there is no filter "defualt", in `{{ a | defualt(1) }}`', 'Did you mean "default"?', 1, 8],
      ['there is no test "definde", in `{{ b is definde }}`', 'Did you mean "defined"?', 2, 9],
      [`there is no filter "lowre", in \`${second}\``, 'Did you mean "lower"?', 2, 30],
      [`there is no test "eqq", in \`${second}\``, 'Did you mean "eq"?', 2, 57],
    ]);
  });

  it('finds one error of syntax, at its place', () => {
    expect(checkSyntax('x\n{% if a %}', 'template', { file: 'x.j2', line: 1, column: 1 })).to.deep.equal([
      { message: '"if" is never closed, in `{% if a %}`', at: { file: 'x.j2', line: 2, column: 4 }, hint: undefined },
    ]);
    expect(checkSyntax('a ==', 'expression', at)[0]).to.deep.include({
      message: 'expected an expression, found the end, in `a ==`',
      at,
    });
  });

  it('has nothing to say of what is right', () => {
    expect(
      checkSyntax("x is exists and y is version('1', '>=') and z | expanduser | length is gt 1", 'expression', at),
    ).to.deep.equal([]);
    expect(checkSyntax('{% for a in b recursive %}{{ loop(a) }}{% endfor %}', 'template')).to.deep.equal([]);
  });
});
