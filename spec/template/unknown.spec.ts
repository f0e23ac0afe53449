/** What cannot be known before the run flows through templates as unknown, never as an error nor as a guess. */
import { expect } from 'chai';
import { evaluateExpression, renderText, renderValue, trusted } from '../../engine/template/render.ts';
import { Unknown } from '../../engine/template/values.ts';
import { environmentOf } from './environment.ts';

const result = new Unknown('the command did not run');
const environment = environmentOf({
  result,
  mixed: [1, result],
  derived: trusted('{{ result.stdout }}-x'),
  holder: trusted({ a: '{{ result }}', b: 'known' }),
});

describe('unknown values in templates', () => {
  const unknown = [
    '{{ result }}',
    'text {{ result }}',
    '{{ result.stdout }}',
    '{{ result.stdout.split() }}',
    "{{ result | default('x') }}",
    '{{ result == 1 }}',
    '{{ result | upper }}',
    '{{ 1 if result else 2 }}',
    '{{ true and result }}',
    '{{ result and false }}',
    '{{ mixed | join }}',
    '{{ mixed | select }}',
    '{{ [result] | to_json }}',
    '{{ derived }}',
    '{{ result is failed }}',
    '{{ 2 in mixed }}',
    '{% for x in result %}{% endfor %}',
    '{% if result %}x{% endif %}',
  ];
  for (const template of unknown) {
    it(`${template} is unknown, for the same reason`, () => {
      expect(renderValue(template, environment)).to.equal(result);
    });
  }

  const known: readonly (readonly [string, unknown])[] = [
    ['{{ result is defined }}', true],
    ['{{ result is undefined }}', false],
    ['{{ false and result }}', false],
    ['{{ true or result }}', true],
    ['{{ 1 if true else result }}', 1],
    ['{{ mixed | length }}', 2],
    ['{{ mixed | first }}', 1],
    ['{{ 1 in mixed }}', true],
    ['{{ holder.b }}', 'known'],
    ['{{ {"a": result}.b | default(3) }}', 3],
    ['{% for x in mixed %}{{ loop.index }}{% endfor %}', '12'],
  ];
  for (const [template, value] of known) {
    it(`${template} does not depend on it`, () => {
      expect(renderValue(template, environment)).to.equal(value);
    });
  }

  it('stays inside lists and dicts', () => {
    expect(renderValue({ a: '{{ result }}', b: ['{{ 1 + 1 }}'] }, environment)).to.deep.equal({ a: result, b: [2] });
    expect(renderValue('{{ {"a": result} | combine({"b": 1}) }}', environment)).to.deep.equal({ a: result, b: 1 });
    expect(renderValue('{{ mixed | map("string") }}', environment)).to.deep.equal(['1', result]);
    expect(renderValue('{{ holder }}', environment)).to.deep.equal({ a: result, b: 'known' });
  });

  it('makes a condition unknown, and a file as a whole', () => {
    expect(evaluateExpression('result.rc == 0', environment)).to.equal(result);
    expect(evaluateExpression('1 == 2 and result.rc == 0', environment)).to.equal(false);
    expect(renderText('a\n{{ result.stdout }}\n', environment, { file: 'x.j2' })).to.equal(result);
  });
});
