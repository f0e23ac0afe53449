import { expect } from 'chai';
import { readPythonLiteral } from '../../engine/inventory/python-literal.ts';
import { Float } from '../../engine/source/float.ts';

const literals: readonly (readonly [text: string, value: unknown])[] = [
  ['8', 8],
  ['-1', -1],
  ['0', 0],
  ['00', 0],
  ['1_000', 1000],
  ['0x1f', 31],
  ['-0x10', -16],
  ['0o17', 15],
  ['0b101', 5],
  ['12345678901234567890', 12345678901234567890n],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['1.', new Float(1)],
  ['-0.0', new Float(-0)],
  ['1e3', new Float(1000)],
  ["{'a': [8.0]}", { a: [new Float(8)] }],
  ['{8.0}', [new Float(8)]],
  ['True', true],
  ['False', false],
  ['None', null],
  ['"a b"', 'a b'],
  ["'it\\'s'", "it's"],
  ["'\\x41\\u00e9\\n'", 'A\u00e9\n'],
  ["'\\d'", '\\d'],
  ['[]', []],
  ["['a', 1, {'b': None}]", ['a', 1, { b: null }]],
  ['[1, 2,]', [1, 2]],
  ['{}', {}],
  ["{'a': 1, 2: [True]}", { a: 1, 2: [true] }],
  ['{1, 2, 1}', [1, 2]],
  ['(1)', 1],
  ['(1,)', [1]],
  ['()', []],
  ['1,2', [1, 2]],
  ['5 # a comment', 5],
];

const texts: readonly string[] = [
  '',
  'hello',
  'yes',
  'TRUE',
  'true',
  'null',
  '0644',
  '10.0.0.1',
  '1.2.3',
  '1abc',
  '1 2',
  '--1',
  '0x',
  '{{ x }}',
  '{{1}}',
  '[1, 2',
  '[a]',
  "{'a'}x",
  '"never closed',
  'a # b',
  '-o StrictHostKeyChecking=no',
  '10.0.0.0/8,192.168.0.0/16',
];

describe('readPythonLiteral', () => {
  for (const [text, value] of literals) {
    it(`reads ${text} as ${typeof value}`, () => expect(readPythonLiteral(text)).to.deep.equal(value));
  }
  for (const text of texts)
    it(`leaves ${JSON.stringify(text)} as text`, () => expect(readPythonLiteral(text)).to.equal(text));

  it('makes an own property of the key __proto__', () => {
    const value = readPythonLiteral("{'__proto__': 1}") as object;
    expect(Object.hasOwn(value, '__proto__')).to.equal(true);
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
  });
});
