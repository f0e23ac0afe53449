/** Templates reach values, not the engine: no prototypes, no endless work. */
import { expect } from 'chai';
import { TemplateError } from '../../engine/template/errors.ts';
import { renderValue } from '../../engine/template/render.ts';
import { environmentOf } from './environment.ts';

const environment = environmentOf({ box: { a: 1 }, list: [1], text: 'x' });
const small = environmentOf({}, { budget: { steps: 10_000, characters: 10_000, items: 1000 } });

describe('what templates cannot reach', () => {
  const unreachable = [
    'box.constructor',
    "box['constructor']",
    'box.__proto__',
    "box['__proto__']",
    'box.toString',
    "box.hasOwnProperty('a')",
    'list.constructor',
    'list.length',
    'list.map',
    'text.constructor',
    'text.length',
    "text['at']",
    'range.constructor',
    'range.call',
    "cycler(1)['constructor']",
    'namespace(a=1).__proto__',
    '(1).constructor',
    "'{0.constructor}'.format(box)",
    "'%(constructor)s' % box",
    'toString',
    'constructor',
    '__proto__',
    'globalThis',
    'process',
    'box | attr("constructor")',
    "[box] | map(attribute='constructor') | list",
    "[box] | selectattr('__proto__.x', 'eq', 1) | list",
    "lookup('constructor')",
    "lookup('__proto__')",
    'text | constructor',
    'text | toString',
    'text is constructor',
    "[text] | map('constructor') | list",
    "[text] | select('__proto__') | list",
    "'constructor' | extract(box)",
  ];
  for (const expression of unreachable) {
    it(`{{ ${expression} }} is an error`, () => {
      expect(() => renderValue(`{{ ${expression} }}`, environment)).to.throw(TemplateError);
    });
  }

  it('holds __proto__ for a key like any other', () => {
    const made = renderValue('{{ {"__proto__": {"polluted": 1}} }}', environment) as object;
    expect(Object.keys(made)).to.deep.equal(['__proto__']);
    expect(Object.getPrototypeOf(made)).to.equal(Object.prototype);
    expect(renderValue('{{ dict(__proto__=1) | combine({"__proto__": {"x": 1}}) | length }}', environment)).to.equal(1);
    expect(renderValue('{{ \'{"__proto__": {"x": 1}}\' | from_json | dict2items }}', environment)).to.deep.equal([
      { key: '__proto__', value: { x: 1 } },
    ]);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });
});

describe('what ends a template which would not end', () => {
  const endless: readonly (readonly [string, string])[] = [
    ['{% for i in range(1000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}', 'steps'],
    ['{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', 'nested'],
    ['{{ range(10000) | list }}', 'items'],
    ["{{ 'x' * 100000 }}", 'characters'],
    ["{{ 'x'.ljust(100000) }}", 'characters'],
    ['{{ [1] * 100000 }}', 'items'],
    ['{{ range(100) | product(range(100)) | list }}', 'items'],
    ['{{ range(12) | permutations | list }}', 'more than'],
    ['{% set x = [1] %}{% for i in range(99) %}{% set _ = x.extend(x) %}{% endfor %}', 'more than'],
    ["{% set ns = namespace(t='xx') %}{% for i in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %}", 'characters'],
    ["{% set ns = namespace(t='xx') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}", 'characters'],
    [
      "{% set ns = namespace(t='xx') %}{% for i in range(99) %}{% set ns.t = ns.t | replace('x', 'xx') %}{% endfor %}",
      'characters',
    ],
    ['{{ 10 ** 100000 }}', 'exponent'],
    ["{{ '%99999d' | format(1) }}", 'too large'],
    ["{{ '{:99999}'.format(1) }}", 'too large'],
  ];
  for (const [template, reason] of endless) {
    it(`${template} ends in an error`, () => {
      expect(() => renderValue(template, small)).to.throw(TemplateError, reason);
    });
  }

  it('bounds the depth of parsing', () => {
    expect(() => renderValue(`{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`, small)).to.throw(
      TemplateError,
      'nested too deeply',
    );
  });
});
