import { expect } from 'chai';
import slurp from '../../engine/modules/slurp.ts';
import stat from '../../engine/modules/stat.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';

testModule(stat, 'stat', {
  'says no more than that nothing is there': {
    args: { path: '/etc/none' },
    want: { changed: false, result: { stat: { exists: false } } },
  },
});

describe('stat', () => {
  const world = { files: { '/etc/a': { content: 'x', mode: '4750' }, '/etc/l': { linkTarget: 'a' } } };
  const look = async (args: Record<string, unknown>) => {
    const { result } = await runModule(stat, args, fakeTarget(world), fakeController());
    return result['stat'] as Record<string, unknown>;
  };

  it('tells type, permissions and SHA-1 of a file', async () => {
    expect(await look({ path: '/etc/a' })).to.include({
      exists: true,
      path: '/etc/a',
      isreg: true,
      isdir: false,
      mode: '4750',
      isuid: true,
      isgid: false,
      rusr: true,
      wgrp: false,
      xgrp: true,
      roth: false,
      size: 1,
      pw_name: 'root',
      checksum: '11f6ad8ec52a2984abaafd7c3b516503785c2072',
      mimetype: 'unknown',
    });
  });
  it('tells where a link points', async () => {
    expect(await look({ dest: '/etc/l' })).to.include({
      islnk: true,
      isreg: false,
      lnk_target: 'a',
      lnk_source: '/etc/a',
    });
  });
  it('looks through a link when told so', async () => {
    expect(await look({ path: '/etc/l', follow: true, checksum_algorithm: 'sha256' })).to.include({
      isreg: true,
      checksum: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    });
  });
});

testModule(slurp, 'slurp', {
  'gives a file as base64': {
    args: { src: '/etc/a' },
    world: { files: { '/etc/a': 'abc' } },
    want: { changed: false, result: { content: 'YWJj', encoding: 'base64', source: '/etc/a' } },
  },
  'wants a file': { args: { src: '/etc/a' }, fails: 'file not found: /etc/a' },
  'wants no directory': { args: { path: '/etc' }, fails: 'source is a directory and must be a file: /etc' },
});
