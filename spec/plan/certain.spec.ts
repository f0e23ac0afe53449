import { expect } from 'chai';
import { isAlwaysEvaluated, namesAskedAbout } from '../../engine/plan/certain.ts';

describe('isAlwaysEvaluated', () => {
  const cases: readonly (readonly [kind: 'template' | 'expression', source: string, always: boolean])[] = [
    ['expression', 'X == 1', true],
    ['expression', 'X and y', true],
    ['expression', 'y and X', false],
    ['expression', 'y or X', false],
    ['expression', 'X if y else z', false],
    ['template', 'a {{ X }}', true],
    ['template', '{{ y and X }}', false],
    ['template', '{{ y or z }} {{ X }}', true],
    ['template', '{{ 1 if X else 2 }}', false],
    ['template', '{% if X %}{% endif %}', true],
    ['template', '{% if y %}{{ X }}{% endif %}', false],
    ['template', '{% if y %}{% elif X %}{% endif %}', false],
    ['template', '{% if y %}{% endif %}{{ X }}', true],
    ['template', '{%- for y in X %}{{ y }}{% endfor %}', true],
    ['template', '{% for y in z %}{{ X }}{% endfor %}', false],
    ['template', '{% for y in z -%}{%- endfor -%} {{ X }}', true],
    ['template', '{% macro m() %}{{ X }}{% endmacro %}', false],
    ['template', '{% set y = X %}', true],
    ['template', '{% if a %}{% if b %}{% endif %}{{ X }}{% endif %}', false],
  ];
  for (const [kind, source, always] of cases) {
    it(`says ${always ? 'yes' : 'no'} for X in ${source}`, () => {
      expect(isAlwaysEvaluated({ source, kind }, source.indexOf('X'))).to.equal(always);
    });
  }
});

describe('namesAskedAbout', () => {
  const cases: readonly (readonly [source: string, names: readonly string[]])[] = [
    ['x is defined', ['x']],
    ['x.y is defined and z is not defined', ['x', 'z']],
    ['x["y"] is undefined', ['x']],
    ["'x' in vars", ['x']],
    ['x is mapping', []],
  ];
  for (const [source, names] of cases) {
    it(`finds ${names.join(', ') || 'nothing'} in ${source}`, () => {
      expect(namesAskedAbout(source)).to.deep.equal(names);
    });
  }
});
