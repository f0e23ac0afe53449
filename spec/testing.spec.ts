import { expect } from 'chai';
import { defineModule } from '../engine/module/definition.ts';
import { checkCase, fakeController, fakeTarget, type ModuleCase, runModule, testModule } from '../engine/testing.ts';

interface Motd {
  readonly text: string;
}

const motd = (
  faults: {
    readonly writesWhileProbing?: boolean;
    readonly neverSettles?: boolean;
    readonly unforeseen?: boolean;
  } = {},
) =>
  defineModule({
    summary: 'Keeps a message.',
    args: { text: { required: true } },
    async probe({ target }): Promise<Motd> {
      if (faults.writesWhileProbing)
        await (target as ReturnType<typeof fakeTarget>).writeFile('/etc/x', Buffer.from(''), {});
      return { text: (await target.readFile('/etc/motd'))?.toString() ?? '' };
    },
    desired: ({ args }) => ({ text: args.text }),
    async apply({ args, target }) {
      if (faults.unforeseen) await target.mutate({ summary: 'write a message', script: 'true', effects: [] });
      else if (!faults.neverSettles) await target.writeFile('/etc/motd', Buffer.from(args.text), {});
    },
  });

const breach = async (module: ReturnType<typeof motd>, given: ModuleCase): Promise<string> =>
  checkCase(module, given).then(
    () => 'nothing',
    (error: Error) => error.message,
  );

testModule(motd(), 'the test kit, on a module that is as it should be', {
  'passes a change': {
    args: { text: 'hi' },
    want: { changed: true, fields: ['text'], log: ['write /etc/motd'], files: { '/etc/motd': 'hi' } },
  },
  'passes no change': {
    args: { text: 'hi' },
    world: { files: { '/etc/motd': 'hi' } },
    want: { changed: false, log: [] },
  },
  'passes a failure that is expected': { args: {}, fails: 'needs text' },
});

describe('the test kit', () => {
  const args = { text: 'hi' };
  it('finds a probe that changes the host', async () => {
    expect(await breach(motd({ writesWhileProbing: true }), { args })).to.contain('probing changed the host');
  });
  it('finds a change that is not settled by being made', async () => {
    expect(await breach(motd({ neverSettles: true }), { args })).to.contain(
      'check mode did not predict what the run does',
    );
  });
  it('finds effects that are not declared', async () => {
    expect(await breach(motd({ unforeseen: true }), { args })).to.contain(
      'check mode did not predict what the run does',
    );
  });
  it('finds another outcome than expected', async () => {
    expect(await breach(motd(), { args, want: { changed: false } })).to.contain('changed');
    expect(await breach(motd(), { args, want: { log: [] } })).to.contain('changes made');
    expect(await breach(motd(), { args, want: { files: { '/etc/motd': null } } })).to.contain('/etc/motd is there');
    expect(await breach(motd(), { args, want: { result: { rc: 0 } } })).to.contain('result.rc');
    expect(await breach(motd(), { args, fails: 'x' })).to.contain('it should have failed with "x"');
    expect(await breach(motd(), { args, unknown: 'x' })).to.contain('it should have been unknown: "x"');
  });
  it('declares its tests with whatever runner it is given', () => {
    const titles: string[] = [];
    const runner = {
      describe: (title: string, body: () => void) => {
        titles.push(title);
        body();
      },
      it: (title: string) => titles.push(title),
    };
    testModule(motd(), 'motd', { one: {}, two: {} }, runner);
    expect(titles).to.deep.equal(['motd', 'one', 'two']);
  });
});

describe('the host in memory', () => {
  it('answers about files, links and what is above them', async () => {
    const target = fakeTarget({
      files: { '/opt/a/b': { content: 'x', mode: '0600', owner: 'etcd' }, '/opt/l': { linkTarget: 'a/b' } },
      accounts: { etcd: { uid: 7 } },
    });
    expect(await target.stat('/opt/a')).to.include({ type: 'directory', mode: '0755' });
    expect(await target.stat('/opt/l')).to.include({ type: 'link', linkTarget: 'a/b' });
    expect(await target.stat('/opt/l', { follow: true })).to.include({ type: 'file', uid: 7, mode: '0600' });
    expect(String(await target.readFile('/opt/l'))).to.equal('x');
    expect(await target.stat('/none')).to.deep.equal({ exists: false });
  });
  it('answers about packages, units and users', async () => {
    const target = fakeTarget({
      packages: { etcd: '3.5' },
      units: { etcd: { active: 'active' } },
      accounts: { etcd: {} },
      facts: { system: 'Linux' },
    });
    expect([...(await target.packages(['etcd', 'vim']))]).to.deep.equal([
      ['etcd', '3.5'],
      ['vim', undefined],
    ]);
    expect(await target.unit('etcd')).to.include({ exists: true, active: 'active', fileState: 'disabled' });
    expect(await target.unit('none')).to.include({ exists: false });
    expect(await target.account('etcd')).to.include({ uid: 1000, home: '/home/etcd' });
    expect(await target.facts(['all'])).to.deep.equal({ system: 'Linux' });
  });
  it('says which answer a test forgot to state', async () => {
    const kind = { name: 'moon', domains: [], id: (key: string) => key, script: () => '', parse: () => [] };
    const error = await fakeTarget()
      .query(kind, 'full')
      .catch((reason: Error) => reason);
    expect(String(error)).to.contain('has no answer to "moon full"');
    expect(await fakeTarget({ answers: { 'moon full': 1 } }).query(kind, 'full')).to.equal(1);
  });
  it('fails where a real one would', async () => {
    const outcome = await fakeTarget()
      .writeFile('/none/a', Buffer.from(''), {})
      .catch((reason: Error) => reason.message);
    expect(outcome).to.contain('the directory /none does not exist');
    expect((await runModule(motd(), { text: 'a' }, fakeTarget(), fakeController())).fields).to.deep.equal(['text']);
  });
});
