import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ArgsLiteral } from '../../engine/module/arguments.ts';
import type { ArgRules } from '../../engine/module/definition.ts';
import { arePlainlyRight } from '../../engine/module/plainly-right.ts';
import { toJsonSchema } from '../../engine/module/schema.ts';

const inner = { name: { required: true }, ports: { type: 'list', elements: 'int' } } as const satisfies ArgsLiteral;
const args = {
  name: { required: true },
  state: { choices: ['on', 'off'] },
  count: { type: 'int', default: 3 },
  delay: { type: 'float' },
  wanted: { type: 'bool' },
  mode: { type: 'mode', words: ['preserve'] },
  names: { type: 'list', elements: 'str', choices: ['a', 'b'] },
  nets: { type: 'list', elements: 'dict', options: inner },
  net: { type: 'dict', options: inner },
  free: { type: 'dict' },
  raw: { type: 'raw' },
} as const satisfies ArgsLiteral;
const rules: ArgRules = {
  requiredOneOf: [['state', 'wanted']],
  mutuallyExclusive: [['raw', 'free']],
  requiredTogether: [['delay', 'mode']],
  requiredIf: [
    ['state', 'off', ['names']],
    ['count', 3, ['nets']],
  ],
};

const never = () => false;
const isRight = new Ajv2020({ strict: false }).compile(toJsonSchema(args, rules));

describe('arguments that are plainly right', () => {
  const right: Record<string, Record<string, unknown>> = {
    'have what is required, and the types and choices declared': {
      name: 'x',
      state: 'on',
      count: 1,
      delay: 0.5,
      mode: '0644',
      names: ['a'],
    },
    'are mappings whose keys are right': {
      name: 'x',
      wanted: false,
      nets: [{ name: 'a', ports: [1] }],
      net: { name: 'b' },
    },
    'may be words beside the type': { name: 'x', wanted: true, count: 1, delay: 1, mode: 'preserve' },
    'keep their relations': { name: 'x', state: 'off', names: [], nets: [], raw: null },
  };
  for (const [title, values] of Object.entries(right))
    it(title, () => {
      expect(arePlainlyRight({ args, rules }, values, never)).to.equal(true);
      expect(isRight(values)).to.equal(true);
    });

  it('may hold what is not known yet, anywhere', () => {
    const later = { later: true };
    const values = { name: later, wanted: later, nets: [later], net: { name: later }, count: later };
    expect(arePlainlyRight({ args, rules }, values, (value) => value === later)).to.equal(true);
  });

  it('are none that the schema would refuse', () => {
    const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
    const keys = fc.record(
      { name: some<unknown>('x', 1), ports: some<unknown>([1], ['1'], 1), more: some(1) },
      { requiredKeys: [] },
    );
    const others = fc.record(
      {
        name: some<unknown>('x', 'x', 'x', 1),
        state: some<unknown>('on', 'off', 'of'),
        count: some<unknown>(1, 3, 1.5, '3'),
        delay: some<unknown>(1, 0.5, Number.NaN, '1'),
        wanted: some<unknown>(true, false, 'yes', null),
        mode: some<unknown>('0644', 'preserve', '644', 420),
        names: some<unknown>(['a'], [], ['c'], [1], 'a'),
        nets: fc.oneof(fc.array(keys, { maxLength: 2 }), some<unknown>('a', [['a']], [null])),
        net: fc.oneof(keys, some<unknown>([], null, 'a')),
        free: some<unknown>({}, { a: 1 }, [], null),
        raw: some<unknown>(1, null, {}),
        more: some(1),
      },
      { requiredKeys: [] },
    );
    const names = fc.subarray([...Object.keys(args), 'more'], { maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(right)), names, others, (begin, replaced, other) => {
        // only a little changed, so that it is often still right
        const kept = Object.entries(begin).filter(([name]) => !replaced.includes(name));
        const given = Object.fromEntries([
          ...kept,
          ...Object.entries(other).filter(([name]) => replaced.includes(name)),
        ]);
        expect(isRight(given) || !arePlainlyRight({ args, rules }, given, never)).to.equal(true);
      }),
      { numRuns: 3000 },
    );
  });
});
