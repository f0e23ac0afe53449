import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { sharedBlocks } from '../../engine/run/shared-blocks.ts';

/** Larger than all the blocks that are kept for those that lag behind. */
const size = 20 * 1024 * 1024 + 7;

describe('a large file that several hosts are sent', () => {
  let folder: string;
  let path: string;
  let content: Buffer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kplay-blocks-'));
    path = join(folder, 'large');
    content = randomBytes(size);
  });
  beforeEach(() => writeFile(path, content));
  after(() => rm(folder, { recursive: true }));

  const same = async (stream: AsyncIterable<Buffer>) => (await buffer(stream)).equals(content);

  it('reaches each whole, those that begin later as well', async () => {
    const stream = sharedBlocks(path);
    const early = [stream(), stream()];
    const taken = [];
    for await (const bytes of stream()) {
      taken.push(bytes);
      if (taken.length === 3) early.push(stream());
    }
    expect(Buffer.concat(taken).equals(content)).to.equal(true);
    expect(await Promise.all(early.map(same))).to.deep.equal([true, true, true]);
  });

  it('is one and the same file for all, though another one takes its place meanwhile', async () => {
    const stream = sharedBlocks(path);
    const first = stream();
    const begun = await first[Symbol.asyncIterator]().next();
    await writeFile(`${path}.new`, randomBytes(size));
    await rename(`${path}.new`, path);
    expect(await same(stream())).to.equal(true);
    expect(content.subarray(0, begun.value.length).equals(begun.value)).to.equal(true);
    first.destroy();
  });

  it('goes on to the others when one host is lost', async () => {
    const stream = sharedBlocks(path);
    const lost = stream();
    const other = same(stream());
    for await (const bytes of lost) if (bytes.length > 0) break;
    expect(await other).to.equal(true);
    expect(await same(stream())).to.equal(true);
  });

  it('may be empty, and has to be there', async () => {
    await writeFile(path, '');
    expect(await buffer(sharedBlocks(path)())).to.have.length(0);
    const absent = sharedBlocks(join(folder, 'absent'));
    for (const stream of [absent(), absent()]) {
      const error = await buffer(stream).catch((caught: unknown) => caught);
      expect(error).to.have.property('code', 'ENOENT');
    }
  });
});
