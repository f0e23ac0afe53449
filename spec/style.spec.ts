import { spawnSync } from 'node:child_process';
import { expect } from 'chai';

describe('the style', function () {
  this.timeout('1m');

  it('is what biome says it is', () => {
    const { status, stdout, stderr } = spawnSync('node_modules/.bin/biome', ['check', 'engine', 'spec'], {
      encoding: 'utf8',
    });
    expect(status, `${stdout}\n${stderr}`).to.equal(0);
  });
});
