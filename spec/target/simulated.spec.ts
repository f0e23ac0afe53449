import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { ModuleFailure, UnknownState } from '../../engine/target/failure.ts';
import { predictedWorld } from '../../engine/target/prediction.ts';
import { groupKind } from '../../engine/target/queries/accounts.ts';
import { effect, type QueryKind } from '../../engine/target/query.ts';
import { simulatedTarget } from '../../engine/target/simulated.ts';
import { Unknown } from '../../engine/template/values.ts';
import { fakeTarget } from '../../engine/testing/fake-target.ts';

describe('a simulated target', () => {
  const open = () => {
    const real = fakeTarget({
      files: { '/etc/a': 'old', '/etc/sub/b': 'b', '/run/x': 'x' },
      units: { sshd: { exists: true, active: 'active' } },
    });
    const world = predictedWorld();
    return { real, world, target: simulatedTarget(real, world) };
  };
  const text = async (content: Promise<Buffer | undefined>) => (await content)?.toString();
  const reason = (asking: Promise<unknown>) =>
    asking.then(
      () => 'known',
      (error: Error) => (error instanceof UnknownState ? error.reason : `failed: ${error.message}`),
    );

  it('believes of a file that it was written, with what is known of it', async () => {
    const { target, real } = open();
    await target.writeFile('/etc/a', Buffer.from('new'), { mode: '600', owner: 'etcd' });
    expect(await text(target.readFile('/etc//a'))).to.equal('new');
    expect(await target.checksum('/etc/a')).to.equal(
      execFileSync('sha256sum', { input: 'new', encoding: 'utf8' }).slice(0, 64),
    );
    expect(await target.stat('/etc/a')).to.include({ type: 'file', mode: '0600', owner: 'etcd', size: 3 });
    expect(real.log).to.deep.equal([]);
    expect(await text(real.readFile('/etc/a'))).to.equal('old');
  });

  it('believes of an unknown content that it is unknown, and of the file that it is there', async () => {
    const { target } = open();
    await target.writeFile('/etc/u', new Unknown('a command says'), {});
    expect([await reason(target.readFile('/etc/u')), await reason(target.checksum('/etc/u'))]).to.deep.equal([
      'a command says',
      'a command says',
    ]);
    expect(await target.stat('/etc/u')).to.include({ exists: true, type: 'file' });
  });

  it('makes folders with those above them, keeps those that are there', async () => {
    const { target } = open();
    await target.makeDirectory('/etc/new/deep', { mode: '0750', owner: 'etcd' });
    expect(await target.stat('/etc/new')).to.include({ type: 'directory', mode: '0750', owner: 'etcd' });
    expect(await target.stat('/etc/new/deep', { follow: true })).to.include({ type: 'directory' });
    expect(await target.stat('/etc')).to.include({ mode: '0755' });
  });

  it('removes with everything below, and lets it be made again', async () => {
    const { target } = open();
    await target.writeFile('/etc/sub/c', Buffer.from('c'), {});
    await target.remove('/etc/sub/');
    for (const path of ['/etc/sub', '/etc/sub/b', '/etc/sub/c'])
      expect(await target.stat(path), path).to.deep.equal({ exists: false });
    expect([await target.readFile('/etc/sub/b'), await target.checksum('/etc/sub/c')]).to.deep.equal([
      undefined,
      undefined,
    ]);
    await target.makeDirectory('/etc/sub', {});
    await target.writeFile('/etc/sub/c', Buffer.from('again'), {});
    expect([
      (await target.stat('/etc/sub')).exists,
      (await target.stat('/etc/sub/b')).exists,
      await text(target.readFile('/etc/sub/c')),
    ]).to.deep.equal([true, false, 'again']);
  });

  it('sets only the attributes given', async () => {
    const { target } = open();
    await target.setAttributes('/etc/a', { mode: '0400' });
    await target.setAttributes('/etc/a', { owner: 'etcd' });
    expect(await target.stat('/etc/a')).to.include({ mode: '0400', owner: 'etcd', size: 3 });
    await target.setAttributes('/etc/none', { mode: '0400' });
    expect(await target.stat('/etc/none')).to.deep.equal({ exists: false });
  });

  it('follows the links it believes in, both to look and to change', async () => {
    const { target } = open();
    await target.makeLink('/opt', '/etc', 'symbolic');
    await target.makeLink('/etc/l', 'a', 'symbolic');
    expect(await target.stat('/opt')).to.include({ type: 'link', linkTarget: '/etc' });
    expect(await target.stat('/opt', { follow: true })).to.include({ type: 'directory' });
    expect([await text(target.readFile('/opt/a')), await text(target.readFile('/opt/l'))]).to.deep.equal([
      'old',
      'old',
    ]);
    await target.writeFile('/opt/a', Buffer.from('new'), {});
    expect([await text(target.readFile('/etc/a')), await text(target.readFile('/opt/l'))]).to.deep.equal([
      'new',
      'new',
    ]);
    await target.setAttributes('/opt/l', { mode: '0400' });
    expect(await target.stat('/etc/a')).to.include({ type: 'file', mode: '0400' });
    expect(await target.stat('/etc/l')).to.include({ type: 'link' });
    await target.remove('/opt/a');
    expect((await target.stat('/etc/a')).exists).to.equal(false);
    await target.writeFile('/etc/l', Buffer.from('own'), {});
    expect(await target.stat('/etc/l')).to.include({ type: 'file' });
    await target.remove('/opt');
    expect((await target.stat('/etc/sub/b')).exists).to.equal(true);
  });

  it('is not led astray by links in a circle', async () => {
    const { target } = open();
    await target.makeLink('/c1', '/c2', 'symbolic');
    await target.makeLink('/c2', '/c1', 'symbolic');
    expect(await target.stat('/c1')).to.include({ type: 'link' });
    await target.stat('/c1/below');
  });

  it('knows a unit by the file that would be written, and doubts others once a package would bring them', async () => {
    const { target } = open();
    expect(await target.unit('kubelet')).to.include({ exists: false });
    await target.writeFile('/etc/systemd/system/kubelet.service', Buffer.from('[Unit]\n'), {});
    expect(await target.unit('kubelet.service')).to.include({
      exists: true,
      active: 'inactive',
      fileState: 'disabled',
    });
    await target.mutate({ summary: 'install haproxy', script: 'x', effects: [], brings: 'package haproxy' });
    expect(await reason(target.unit('haproxy'))).to.match(/may come with package haproxy/);
    expect(await reason(target.groupEntry('haproxy'))).to.match(/may come with package haproxy/);
    expect(await target.stat('/etc/haproxy')).to.include({ type: 'directory' });
    expect(await target.unit('sshd')).to.include({ active: 'active' });
  });

  it('doubts, for who wants to be certain, the absence of a file that a package may well bring', async () => {
    const { target } = open();
    const certain = { certain: true };
    expect(await target.stat('/usr/sbin/haproxy', certain)).to.deep.equal({ exists: false });
    await target.mutate({ summary: 'install haproxy', script: 'x', effects: [], brings: 'package haproxy' });
    for (const path of ['/usr/sbin/haproxy', '/etc/haproxy/errors/400.http', '/etc/default/haproxy'])
      expect(await reason(target.stat(path, certain)), path).to.match(
        /may come with package haproxy, which is not there/,
      );
    expect(await target.stat('/usr/sbin/haproxy')).to.deep.equal({ exists: false });
    expect(await target.stat('/etc/haproxy', certain)).to.include({ type: 'directory' });
    for (const path of ['/etc/kubernetes/admin.conf', '/usr/local/bin/etcd', '/root/haproxy'])
      expect(await target.stat(path, certain), path).to.deep.equal({ exists: false });
  });

  it('believes the effects a mutation states, and runs nothing', async () => {
    const { target, real } = open();
    await target.mutate({
      summary: 'groupadd',
      script: 'groupadd etcd',
      effects: [effect(groupKind, 'etcd', { name: 'etcd', gid: 900, members: [] })],
    });
    expect(await target.groupEntry('etcd')).to.deep.equal({ name: 'etcd', gid: 900, members: [] });
    expect([real.log, real.scripts]).to.deep.equal([[], []]);
  });

  it('does not know what a command would say', async () => {
    const { target, real } = open();
    expect(await reason(target.run({ script: 'rm -rf /' }))).to.match(/not run/);
    expect(real.scripts).to.deep.equal([]);
  });

  it('looks at what lives only while nothing is pending, anywhere', async () => {
    const { target, world } = open();
    expect((await target.observe({ script: 'curl' })).code).to.equal(0);
    await target.mutate({ summary: 'systemctl daemon-reload', script: 'x', effects: [], inert: true });
    expect((await target.observe({ script: 'curl' })).code).to.equal(0);
    const other = simulatedTarget({ ...fakeTarget(), host: 'other' }, world);
    await other.makeDirectory('/new', {});
    expect(await reason(target.observe({ script: 'curl' }))).to.match(/mkdir \/new on other/);
  });

  it('takes an API that does not answer for one that the changes bring, once any are pending', async () => {
    const { real, target } = open();
    const pods: QueryKind<string, string> = {
      name: 'pods',
      domains: [],
      volatile: true,
      id: (key) => key,
      script: () => '',
      parse: () => [],
    };
    const failing = { ...real, query: () => Promise.reject(new ModuleFailure('refused')) };
    const world = predictedWorld();
    const simulated = simulatedTarget(failing, world);
    expect(await reason(simulated.query(pods, ''))).to.equal('failed: refused');
    world.pending = 'write /etc/a on h1';
    expect(await reason(simulated.query(pods, ''))).to.equal(
      'as things stand it would fail (refused), but write /etc/a on h1 comes first',
    );
    await target.mutate({ summary: 'apply', script: ':', effects: [effect(pods, 'x', 'there')] });
    expect(await target.query(pods, 'x')).to.equal('there');
  });

  it('keeps what it believes of one host from another, and shares it among the users of one', async () => {
    const { target, world, real } = open();
    await target.writeFile('/etc/a', Buffer.from('new'), {});
    expect(await text(simulatedTarget(real, world).readFile('/etc/a'))).to.equal('new');
    expect(await simulatedTarget({ ...fakeTarget(), host: 'other' }, world).readFile('/etc/a')).to.equal(undefined);
  });
});
