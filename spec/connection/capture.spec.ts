import { expect } from 'chai';
import fc from 'fast-check';
import { Capture } from '../../engine/connection/capture.ts';

describe('Capture', () => {
  it('keeps all up to the limit, else the first and the last half, however the bytes come', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)));
    fc.assert(
      fc.property(chunks, fc.integer({ min: 0, max: 30 }), (pieces, limit) => {
        const capture = new Capture(limit);
        for (const piece of pieces) capture.push(piece);
        const all = Buffer.concat(pieces);
        const tail = Math.floor(limit / 2);
        const kept =
          all.length <= limit
            ? all
            : Buffer.concat([all.subarray(0, Math.ceil(limit / 2)), all.subarray(all.length - tail)]);
        expect(capture.result()).to.deep.equal({ bytes: kept, total: all.length, truncated: all.length > limit });
      }),
    );
  });
});
