import { expect } from 'chai';
import { Float } from '../../engine/source/float.ts';
import { readPlainScalar } from '../../engine/source/yaml-scalars.ts';

const readings: readonly (readonly [text: string, value: unknown])[] = [
  ['yes', true],
  ['Yes', true],
  ['YES', true],
  ['on', true],
  ['true', true],
  ['no', false],
  ['Off', false],
  ['FALSE', false],
  ['yEs', 'yEs'],
  ['y', 'y'],
  ['n', 'n'],
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['nULL', 'nULL'],
  ['0', 0],
  ['-0', 0],
  ['42', 42],
  ['-7', -7],
  ['+7', 7],
  ['1_000', 1000],
  ['0x1F', 31],
  ['0b101', 5],
  ['0644', 420],
  ['-010', -8],
  ['00', 0],
  ['08', '08'],
  ['0777777777777777777777', 9223372036854775807n],
  ['0o17', '0o17'],
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9007199254740993', -9007199254740993n],
  ['1.10', 1.1],
  ['1.', new Float(1)],
  ['8.0', new Float(8)],
  ['1.20', 1.2],
  ['-0.0', new Float(-0)],
  ['1_000.0', new Float(1000)],
  ['1.0e+20', new Float(1e20)],
  ['1.0e3', '1.0e3'],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['1.5e+3', new Float(1500)],
  ['1e3', '1e3'],
  ['.inf', Number.POSITIVE_INFINITY],
  ['-.INF', Number.NEGATIVE_INFINITY],
  ['.', '.'],
  ['1.2.3', '1.2.3'],
  ['22:22', '22:22'],
  ['12:30:45', '12:30:45'],
  ['2001-12-14', '2001-12-14'],
  ['10.0.0.1', '10.0.0.1'],
  ['0x', '0x'],
  ['hello', 'hello'],
];

describe('An unquoted word of YAML', () => {
  for (const [text, value] of readings) {
    it(`${JSON.stringify(text)} is read as ${typeof value} ${String(value)}`, () => {
      expect(readPlainScalar(text)).to.deep.equal(value);
    });
  }

  it('.nan is the number that is none', () => {
    expect(readPlainScalar('.nan')).to.be.NaN;
  });
});
