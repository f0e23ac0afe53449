import { expect } from 'chai';
import { lineStarts, locationAt } from '../../engine/source/lines.ts';

const text = 'ab\nc\r\n\rd';
const places: readonly (readonly [offset: number, place: string])[] = [
  [0, '1:1'],
  [1, '1:2'],
  [2, '1:3'],
  [3, '2:1'],
  [6, '3:1'],
  [7, '4:1'],
  [8, '4:2'],
];

describe('locationAt', () => {
  for (const [offset, place] of places) {
    it(`finds offset ${offset} at ${place}, whatever ends the lines`, () => {
      const { line, column } = locationAt('f', lineStarts(text), offset);
      expect(`${line}:${column}`).to.equal(place);
    });
  }
});
