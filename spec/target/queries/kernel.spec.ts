import { expect } from 'chai';
import { kernelModuleKind } from '../../../engine/target/queries/kernel-modules.ts';
import { sysctlKind, sysctlPath } from '../../../engine/target/queries/sysctl.ts';
import { askHere, shells } from './run-query.ts';

describe('sysctlKind', () => {
  const paths: Readonly<Record<string, string>> = {
    'net.ipv4.ip_forward': '/proc/sys/net/ipv4/ip_forward',
    'net/ipv4/ip_forward': '/proc/sys/net/ipv4/ip_forward',
    'net.ipv4.conf.eth0/100.mtu': '/proc/sys/net/ipv4/conf/eth0.100/mtu',
    'net/ipv4/conf/eth0.100/mtu': '/proc/sys/net/ipv4/conf/eth0.100/mtu',
  };
  for (const [name, path] of Object.entries(paths)) {
    it(`finds ${name} at ${path}`, () => expect(sysctlPath(name)).to.equal(path));
  }

  for (const shell of shells) {
    it(`reads whole values through ${shell.join(' ')}`, () => {
      const [type, range, none] = askHere(
        sysctlKind,
        ['kernel.ostype', 'net.ipv4.ip_local_port_range', 'no.such'],
        shell,
      );
      expect(type).to.equal('Linux');
      expect(range).to.match(/^\d+\s+\d+$/);
      expect(none).to.equal(undefined);
    });
  }
});

describe('kernelModuleKind', () => {
  const stdout = [
    'br_netfilter 32768 0 - Live 0x0\nbridge 300000 1 br_netfilter, Live 0x0\n',
    'kernel/fs/ext4/ext4.ko\nkernel/net/dummy-net.ko.xz\n',
    '/etc/modules:# comment\n/etc/modules-load.d/k8s.conf:br-netfilter\n',
    '/etc/modprobe.d/k.conf:options br_netfilter a=1 b=2\n',
  ].join('\x1e');

  it('knows a module by either spelling, what is built in, and what boot brings', () => {
    const found = kernelModuleKind.parse(Buffer.from(stdout), ['br-netfilter', 'ext4', 'dummy_net', 'overlay']);
    expect(found.map(({ loaded, builtIn, atBoot }) => [loaded, builtIn, atBoot])).to.deep.equal([
      [true, false, true],
      [true, true, false],
      [true, true, false],
      [false, false, false],
    ]);
    expect(found[0]).to.deep.include({
      options: ['a=1 b=2'],
      files: ['/etc/modules-load.d/k8s.conf', '/etc/modprobe.d/k.conf'],
    });
  });

  it('asks without failing where there are no such folders', () => {
    expect(askHere(kernelModuleKind, ['no_such_module'])[0]?.loaded).to.equal(false);
  });
});
