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

  it('tells the context of SELinux when asked', async () => {
    const told = (contexts: readonly string[] | undefined) => ({
      ...world,
      answers: { 'file-labels /etc/a': { there: true, flags: undefined, contexts } },
    });
    const contextIn = async (contexts: readonly string[] | undefined) => {
      const args = { path: '/etc/a', get_selinux_context: true };
      const { result } = await runModule(stat, args, fakeTarget(told(contexts)), fakeController());
      return (result['stat'] as Record<string, unknown>)['selinux_context'];
    };
    const context = ['system_u', 'object_r', 'etc_t', 's0:c0.c1023'];
    expect(await contextIn(['system_u:object_r:etc_t:s0:c0.c1023'])).to.deep.equal(context);
    expect(await contextIn(undefined)).to.deep.equal([null, null, null]);
    expect(await look({ path: '/etc/a' })).to.not.have.property('selinux_context');
  });

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
