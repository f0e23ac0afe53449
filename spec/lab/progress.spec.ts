import { expect } from 'chai';
import { timedLog } from './progress.ts';

describe('lab progress', () => {
  it('puts the elapsed seconds before each line', () => {
    const written: string[] = [];
    timedLog((text) => written.push(text))('building kubectl (6/7)');
    expect(written).to.deep.equal(['[  0 s] building kubectl (6/7)\n']);
  });
});
