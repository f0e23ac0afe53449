import { expect } from 'chai';
import { jsonText } from '../../engine/report/json-text.ts';
import { Float } from '../../engine/source/float.ts';

class Later {
  readonly reason = 'the command was not run';
}

const cases: readonly (readonly [title: string, value: unknown, text: string])[] = [
  ['spaces and sorts as Ansible does', { b: [1, 2], a: { c: null } }, '{"a": {"c": null}, "b": [1, 2]}'],
  ['keeps letters of any language', { a: 'é漢' }, '{"a": "é漢"}'],
  ['leaves out what is undefined', { a: undefined, b: 1 }, '{"b": 1}'],
  ['writes empty lists and dicts', [[], {}], '[[], {}]'],
  ['writes large integers', { a: 2n ** 70n }, '{"a": 1180591620717411303424}'],
  ['keeps the point of floats', { a: [new Float(8), 1.5, new Float(1e20)] }, '{"a": [8.0, 1.5, 1e+20]}'],
  ['has no NaN', [Number.NaN], '[null]'],
  ['says why something is not known', { a: new Later() }, '{"a": "(not known yet: the command was not run)"}'],
  ['does not look into other objects', { a: new Map([['x', 'y']]) }, '{"a": "(not plain data)"}'],
  ['writes dates', [new Date(0)], '["1970-01-01T00:00:00.000Z"]'],
  ['escapes controls', { 'k\x9b': '\x1b\u202e' }, '{"k\\u009b": "\\u001b\\u202e"}'],
];

describe('jsonText', () => {
  for (const [title, value, text] of cases) it(title, () => expect(jsonText(value)).to.equal(text));

  it('indents', () => {
    expect(jsonText({ msg: ['a', { b: 1 }], none: [] }, 4)).to.equal(
      '{\n    "msg": [\n        "a",\n        {\n            "b": 1\n        }\n    ],\n    "none": []\n}',
    );
  });
});
