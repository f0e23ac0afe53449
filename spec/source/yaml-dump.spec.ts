import { expect } from 'chai';
import fc from 'fast-check';
import { Float, float } from '../../engine/source/float.ts';
import { VaultScalar } from '../../engine/source/vault-scalar.ts';
import { type DumpOptions, dumpYaml, loadYamlValue } from '../../engine/source/yaml.ts';
import { Unsafe } from '../../engine/template/values.ts';

const dumps: readonly (readonly [title: string, value: unknown, options: DumpOptions, text: string])[] = [
  ['lists are not indented beneath their key', { a: [1, { b: 2, c: 3 }] }, {}, 'a:\n- 1\n- b: 2\n  c: 3\n'],
  ['keys may be sorted, at every depth', { b: 1, a: { d: 1, c: 2 } }, { sortKeys: true }, 'a:\n  c: 2\n  d: 1\nb: 1\n'],
  ['a value used twice is written twice', ((x) => ({ a: x, b: x }))({ c: 1 }), {}, 'a:\n  c: 1\nb:\n  c: 1\n'],
  ['integers of any size keep every digit', 12345678901234567890n, {}, '12345678901234567890\n'],
  [
    'floats have their point, as Python writes them',
    { a: new Float(8), b: [new Float(-0), 1.5, 1e-7, new Float(1e20), new Float(-1e20)], '8.0': 1 },
    {},
    "a: 8.0\nb:\n- -0.0\n- 1.5\n- 1.0e-07\n- 1.0e+20\n- -1.0e+20\n'8.0': 1\n",
  ],
  ['floats that are no numbers have their words', [Number.NaN, -Infinity], {}, '- .nan\n- -.inf\n'],
  ['text that is never a template is text', new Unsafe('{{ x }}'), {}, "'{{ x }}'\n"],
  [
    'an encrypted scalar keeps its tag',
    { a: new VaultScalar('$ANSIBLE_VAULT\n61\n') },
    {},
    'a: !vault |\n  $ANSIBLE_VAULT\n  61\n',
  ],
];

/** Text that some reader of YAML takes for something else. */
const treacherous = [
  'yes',
  'No',
  'y',
  'null',
  '~',
  '',
  '0644',
  '0o17',
  '1e3',
  '1_0',
  '12:30',
  '2001-12-14',
  '<<',
  '=',
  '.inf',
  '- a',
  'a: b',
  '#',
  '{{ x }}',
  '@',
  "'",
  '"',
  '\t',
  ' a ',
  '\n',
  'a\n\n b\n',
];

const scalar = fc.oneof(
  fc.constantFrom(...treacherous),
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.maxSafeInteger().map((value) => value + 0), // no -0
  fc.double().map(float),
  fc.bigInt().filter((value) => !Number.isSafeInteger(Number(value))),
  fc.boolean(),
  fc.constant(null),
);
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...treacherous)), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
}));

describe('dumpYaml', () => {
  for (const [title, value, options, text] of dumps) it(title, () => expect(dumpYaml(value, options)).to.equal(text));

  for (const text of treacherous) {
    it(`quotes ${JSON.stringify(text)} so that it stays text`, () =>
      expect(loadYamlValue(dumpYaml([text]))).to.deep.equal([text]));
  }

  it('writes what parseYaml reads back as the same value', () => {
    fc.assert(
      fc.property(anyValue, fc.constantFrom(20, 80, -1), (value, width) => {
        expect(loadYamlValue(dumpYaml(value, { width }))).to.deep.equal(value);
      }),
      { numRuns: 400 },
    );
  });
});
