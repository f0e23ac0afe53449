/** A template's error says what is wrong, where, and what may have been meant. */
import { expect } from 'chai';
import { TemplateError, UndefinedError } from '../../engine/template/errors.ts';
import { evaluateExpression, renderText, renderValue, trusted } from '../../engine/template/render.ts';
import { at, environmentOf } from './environment.ts';

const files: Readonly<Record<string, string>> = {
  'part.j2': 'ok\n  {{ nope }}\n',
  'macros.j2':
    '{% macro hi(u) %}\nHello {{ u.nope }}\n{% endmacro %}\n{% macro around() %}{{ caller() }}{% endmacro %}\n',
  'base.j2': '{% block body %}\n{{ nope }}{% endblock %}\n{{ nope }}\n',
};
const environment = environmentOf(
  { etcd_port: 2379, unit: { name: 'etcd', state: 'on' }, list: [1, 2], text: 'x' },
  {
    load: (name) => (Object.hasOwn(files, name) ? { text: files[name]!, file: name } : undefined),
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
    ["{{ query('sequence', 'start=2 end=1') }}", 'a sequence from 2 to 1 needs a negative stride'],
    ["{{ query('sequence', 'start=1 end=2 stride=-1') }}", 'a sequence from 1 to 2 needs a positive stride'],
    ["{{ query('sequence', 'count=1 end=2') }}", 'count or end, not both'],
    ["{{ query('sequence', 'start=1') }}", 'needs count or end'],
    ["{{ query('sequence', 'cuont=1') }}", 'a sequence has no "cuont": it knows start, end, count'],
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

  /** Templates that lead into others, and where what is wrong stands. */
  const elsewhere: readonly (readonly [source: string, file: string, line: number, column: number])[] = [
    ['a\n{% include "part.j2" %}', 'part.j2', 2, 6],
    ['{% from "macros.j2" import hi %}\n\n{{ hi(unit) }}', 'macros.j2', 2, 11],
    ['{% import "macros.j2" as m %}\n\n{{ m.hi(unit) }}', 'macros.j2', 2, 11],
    ['{% from "macros.j2" import hi %}\n{{ hi(nope) }}', 'x.j2', 2, 7],
    ['{% from "macros.j2" import around %}\n{% call around() %}\n{{ nope }}{% endcall %}', 'x.j2', 3, 4],
    ['{% extends "base.j2" %}\n{% block body %}\n{{ nope }}{% endblock %}', 'x.j2', 3, 4],
    ['{% extends "base.j2" %}', 'base.j2', 2, 4],
    ['{% extends "base.j2" %}{% block body %}{% endblock %}', 'base.j2', 3, 4],
    ['{% extends "base.j2" %}{% block body %}{{ super() }}{% endblock %}', 'base.j2', 2, 4],
    ['{% for x in [1] %}\n{% include "part.j2" %}{% endfor %}', 'part.j2', 2, 6],
  ];
  for (const [source, file, line, column] of elsewhere) {
    it(`stand in the file they are in: ${JSON.stringify(source)}`, () => {
      const error = errorOf(() => renderText(source, environment, { file: 'x.j2' }));
      expect(error.at).to.deep.equal({ file, line, column });
    });
  }

  it('show the tag, in a file as well', () => {
    const error = errorOf(() => renderText('a {{ unit.stat ~ 1 }} b', environment, { file: 'x.j2' }));
    expect(error.message).to.match(/no key 'stat' .*, in `\{\{ unit\.stat ~ 1 \}\}`$/);
  });

  it('stand in the variable that another one leads to', () => {
    const inner = { file: 'group_vars/all.yml', line: 3, column: 8 };
    const outer = environmentOf({ outer: trusted('{{ inner }}'), inner: trusted('a {{ nope }}', inner) });
    const error = errorOf(() => renderText('\n{{ outer }}', outer, { file: 'x.j2' }));
    expect(error).to.deep.include({ at: inner, message: "'nope' is undefined, in `{{ nope }}`" });
  });

  it('stand at the scalar of a bare expression', () => {
    const error = errorOf(() => evaluateExpression('etcd_port ==', environment, at));
    expect(error).to.include({ message: 'expected an expression, found the end, in `etcd_port ==`' });
    expect(error.at).to.deep.equal(at);
  });
});
