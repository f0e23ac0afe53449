/** A template's error says what is wrong, where, and what may have been meant. */
import { expect } from 'chai';
import { TemplateError, UndefinedError } from '../../engine/template/errors.ts';
import { evaluateExpression, renderText, renderValue } from '../../engine/template/render.ts';
import { at, environmentOf } from './environment.ts';

const environment = environmentOf(
  { etcd_port: 2379, unit: { name: 'etcd', state: 'on' }, list: [1, 2], text: 'x' },
  {
    load: (name) => (name === 'part.j2' ? { text: 'ok\n  {{ nope }}\n', file: 'templates/part.j2' } : undefined),
  },
);

function errorOf(body: () => unknown): TemplateError {
  try {
    body();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

describe('errors of templates', () => {
  it('name the variable which is undefined, and the nearest name', () => {
    const error = errorOf(() => renderValue('http://{{ etcd_prot }}/', environment, at));
    expect(error).to.be.instanceOf(UndefinedError);
    expect(error).to.include({
      message: "'etcd_prot' is undefined, in `{{ etcd_prot }}`",
      variable: 'etcd_prot',
      hint: 'Did you mean "etcd_port"?',
    });
    expect(error.at).to.deep.equal(at);
  });

  it('name the keys which a dict has', () => {
    expect(errorOf(() => renderValue('{{ unit.stat }}', environment, at))).to.include({
      message: "'dict' has no key 'stat' (keys: name, state), in `{{ unit.stat }}`",
      hint: 'Did you mean "state"?',
    });
  });

  const messages: readonly (readonly [string, string])[] = [
    ["{{ '5' + 5 }}", "'+' is not supported between str and int"],
    ["{{ 'a' < 1 }}", "'<' is not supported between str and int"],
    ['{{ list.5 }}', 'list has no item 5 (it has 2)'],
    ['{{ text.nope }}', "'str' has no attribute 'nope'"],
    ['{{ etcd_port() }}', 'int cannot be called'],
    ['{{ etcd_port | join }}', 'its input must be a list, not int'],
    ["{{ text | regex_replace('(', '') }}", 'is no valid regular expression'],
    ['{{ text | indent(width=2, wdth=3) }}', 'unknown argument "wdth": it knows width, first, blank'],
    ['{{ text | indent(1, 2, 3, 4) }}', 'too many arguments'],
    ['{{ text | replace("a") }}', 'argument "new" is missing'],
    ['{{ text | uper }}', 'there is no filter "uper"'],
    ["{{ lookup('fiel', 'x') }}", 'there is no lookup "fiel"'],
    ['{{ 1 / 0 }}', 'division by zero'],
    ["{{ undef(hint='set the port') }}", 'set the port'],
    ["{{ nope | mandatory('give it') }}", 'give it'],
    ['{% for a, b in [[1, 2, 3]] %}{% endfor %}', '3 values cannot be unpacked into 2 names'],
    ['{{ range }}', 'was () forgotten?'],
  ];
  for (const [template, message] of messages) {
    it(`${template}: ${message}`, () => {
      expect(errorOf(() => renderValue(template, environment, at)).message).to.include(message);
    });
  }

  const places: readonly (readonly [string, number, number])[] = [
    ['line\n  {{ nope }}\n', 2, 6],
    ['{{ list | join }}\n\n{{ unit.name + 1 }}', 3, 14],
    ['a\n{% if text %}\n  {{ text | nofilter }}\n{% endif %}', 3, 13],
    ['{# c\n #}{{ 1 is nope }}', 2, 12],
    ['a\n{% for x in list %}\n', 2, 4],
    ['a\n {{ 1 + }}', 2, 9],
    ['{% raw %}\n\n{% endraw %}\n{{ nope }}', 4, 4],
    ['{% endif %}', 1, 4],
    ['a\r\nb {{ nope }}', 2, 6],
  ];
  for (const [source, line, column] of places) {
    it(`stand at ${line}:${column} of ${JSON.stringify(source)}`, () => {
      const error = errorOf(() => renderText(source, environment, { file: 'x.j2' }));
      expect(error.at).to.deep.equal({ file: 'x.j2', line, column });
    });
  }

  it('stand in the file which was included', () => {
    const error = errorOf(() => renderText('a\n{% include "part.j2" %}', environment, { file: 'x.j2' }));
    expect(error.at).to.deep.equal({ file: 'templates/part.j2', line: 2, column: 6 });
  });

  it('stand at the scalar of a bare expression', () => {
    const error = errorOf(() => evaluateExpression('etcd_port ==', environment, at));
    expect(error).to.include({ message: 'expected an expression, found the end, in `etcd_port ==`' });
    expect(error.at).to.deep.equal(at);
  });
});
