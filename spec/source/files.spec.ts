import { expect } from 'chai';
import { filesInMemory } from '../../engine/source/files.ts';

describe('filesInMemory', () => {
  const files = filesInMemory({ 'a/b/c.yml': 'c', 'a/d': '', top: 't' }, ['a/d']);

  it('reads files, the empty one too', () =>
    expect([files.read('a/b/c.yml'), files.read('a/d')]).to.deep.equal(['c', '']));
  it('reads neither directories nor what is absent', () =>
    expect([files.read('a'), files.read('no'), files.read('toString')]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]));
  it('lists the names directly in a directory', () => expect([...files.list('a')!].sort()).to.deep.equal(['b', 'd']));
  it('lists the top', () => expect([...files.list('.')!].sort()).to.deep.equal(['a', 'top']));
  it('knows directories from files', () =>
    expect([
      files.isDirectory('a/b'),
      files.isDirectory('a/'),
      files.isDirectory('top'),
      files.isDirectory('x'),
    ]).to.deep.equal([true, true, false, false]));
  it('lists nothing for what is no directory', () => expect(files.list('top')).to.equal(undefined));
  it('knows what is executable', () =>
    expect([files.isExecutable?.('a/d'), files.isExecutable?.('top')]).to.deep.equal([true, false]));
});
