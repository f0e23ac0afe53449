import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Float } from '../../../engine/source/float.ts';
import { expandSubsets, factSubsets, factsKind, subsetsFor } from '../../../engine/target/queries/facts.ts';
import { askHere, shells } from './run-query.ts';

/** Facts as a test looks into them. */
interface Tree {
  readonly [name: string]: Tree;
}
const fixture = (name: string) => readFileSync(`spec/fixtures/facts/${name}`);
const section = (name: string, text: string): string => `\x1e${name}\n${text}\n`;
const one = (subset: string, ...sections: readonly string[]) =>
  factsKind.parse(Buffer.from(`\x1f${sections.join('')}`), [subset])[0]!;

describe('facts of a Debian 12 host', () => {
  const keys = ['platform', 'distribution', 'service_mgr', 'pkg_mgr', 'virtual', 'dns', 'user', 'selinux', 'local'];
  const facts = Object.assign({}, ...factsKind.parse(fixture('debian-12-host.txt'), keys)) as Record<string, unknown>;

  const expected: Readonly<Record<string, unknown>> = {
    system: 'Linux',
    hostname: 'master1',
    nodename: 'master1',
    fqdn: 'master1.example.com',
    domain: 'example.com',
    machine: 'x86_64',
    architecture: 'x86_64',
    userspace_bits: '64',
    kernel: '6.1.0-25-amd64',
    distribution: 'Debian',
    distribution_version: '12.15',
    distribution_major_version: '12',
    distribution_minor_version: '15',
    distribution_release: 'bookworm',
    os_family: 'Debian',
    service_mgr: 'systemd',
    pkg_mgr: 'apt',
    virtualization_type: 'container',
    virtualization_role: 'guest',
    user_id: 'root',
    user_uid: 0,
    user_dir: '/root',
    effective_user_id: 0,
    dns: { nameservers: ['192.0.2.53'] },
    selinux: { status: 'disabled' },
    local: { run: { a: [1] }, site: { Main: { role: 'master' } }, bad: 'Failure executing fact script, rc: 3' },
  };
  for (const [name, value] of Object.entries(expected)) {
    it(`say ${name}`, () => expect(facts[name]).to.deep.equal(value));
  }

  it('keep floats as they are said', () => {
    expect(one('loadavg', section('loadavg', '0.00 1.50 2.00 1/80 7'))).to.deep.equal({
      loadavg: { '1m': new Float(0), '5m': 1.5, '15m': new Float(2) },
    });
    expect(one('local', section('local', '\x1dsite\n{"v": 8.0}'))).to.deep.equal({
      local: { site: { v: new Float(8) } },
    });
  });

  it('have the shape of lsb', () => {
    expect(facts['lsb']).to.deep.equal({
      ...{ id: 'Debian', codename: 'bookworm', release: '12', major_release: '12' },
      description: 'Debian GNU/Linux 12 (bookworm)',
    });
  });
});

describe('facts of distributions', () => {
  const releases: Readonly<
    Record<string, { text: string[]; other?: [string, string]; facts: Record<string, unknown> }>
  > = {
    'Ubuntu 22.04': {
      text: ['ID=ubuntu', 'ID_LIKE=debian', 'VERSION_ID="22.04"', 'VERSION_CODENAME=jammy'],
      other: ['debian_version', 'bookworm/sid'],
      facts: {
        distribution: 'Ubuntu',
        distribution_version: '22.04',
        distribution_major_version: '22',
        distribution_release: 'jammy',
        os_family: 'Debian',
      },
    },
    'Rocky 9.3': {
      text: [
        'NAME="Rocky Linux"',
        'ID="rocky"',
        'ID_LIKE="rhel centos fedora"',
        'VERSION_ID="9.3"',
        'VERSION="9.3 (Blue Onyx)"',
      ],
      other: ['redhat_release', 'Rocky Linux release 9.3 (Blue Onyx)'],
      facts: {
        distribution: 'Rocky',
        distribution_version: '9.3',
        distribution_major_version: '9',
        distribution_release: 'Blue Onyx',
        os_family: 'RedHat',
      },
    },
    'CentOS 7': {
      text: ['NAME="CentOS Linux"', 'ID="centos"', 'VERSION_ID="7"', 'VERSION="7 (Core)"'],
      other: ['redhat_release', 'CentOS Linux release 7.9.2009 (Core)'],
      facts: {
        distribution: 'CentOS',
        distribution_version: '7.9',
        distribution_major_version: '7',
        distribution_release: 'Core',
        os_family: 'RedHat',
      },
    },
    'RHEL 8.8': {
      text: ['NAME="Red Hat Enterprise Linux"', 'ID="rhel"', 'VERSION_ID="8.8"', 'VERSION="8.8 (Ootpa)"'],
      other: ['redhat_release', 'Red Hat Enterprise Linux release 8.8 (Ootpa)'],
      facts: {
        distribution: 'RedHat',
        distribution_version: '8.8',
        distribution_release: 'Ootpa',
        os_family: 'RedHat',
      },
    },
    'Fedora 40': {
      text: ['NAME="Fedora Linux"', 'ID=fedora', 'VERSION_ID=40', 'VERSION="40 (Server Edition)"'],
      facts: {
        distribution: 'Fedora',
        distribution_version: '40',
        distribution_major_version: '40',
        distribution_release: '',
        os_family: 'RedHat',
      },
    },
    'Alpine 3.19': {
      text: ['NAME="Alpine Linux"', 'ID=alpine', 'VERSION_ID=3.19.1'],
      other: ['alpine_release', '3.19.1'],
      facts: {
        distribution: 'Alpine',
        distribution_version: '3.19.1',
        distribution_major_version: '3',
        distribution_release: 'NA',
        os_family: 'Alpine',
      },
    },
    'an unknown child of Debian': {
      text: ['NAME="Proxmox"', 'ID=proxmox', 'ID_LIKE="debian"', 'VERSION_ID="8"'],
      facts: { distribution: 'Proxmox', os_family: 'Debian', distribution_major_version: '8' },
    },
    'a host without os-release': {
      text: [],
      facts: { distribution: 'Linux', distribution_version: 'NA', os_family: 'Linux' },
    },
  };
  for (const [title, { text, other, facts }] of Object.entries(releases)) {
    it(`know ${title}`, () => {
      const sections = [section('os_release', text.join('\n')), ...(other ? [section(...other)] : [])];
      expect(one('distribution', ...sections)).to.deep.include(facts);
    });
  }
});

describe('facts of a network', () => {
  const [facts] = factsKind.parse(fixture('debian-12-network.txt'), ['network']) as unknown as [Tree];

  it('know the default route and its interface', () => {
    expect(facts['default_ipv4']).to.deep.equal({
      ...{
        address: '192.0.2.2',
        broadcast: '192.0.2.255',
        netmask: '255.255.255.0',
        network: '192.0.2.0',
        prefix: '24',
      },
      ...{
        alias: 'eth0',
        interface: 'eth0',
        gateway: '192.0.2.1',
        macaddress: '02:fc:00:00:00:01',
        mtu: 1400,
        type: 'ether',
      },
    });
    expect(facts['default_ipv6']).to.include({
      address: 'fd00::2',
      gateway: 'fd00::1',
      interface: 'eth0',
      prefix: '64',
    });
  });

  it('list interfaces and addresses without loopback', () => {
    expect(facts['interfaces']).to.include.members(['eth0', 'lo', 'kplay0', 'vb-etcd1']);
    expect(facts['all_ipv4_addresses']).to.deep.equal(['192.0.2.2', '10.77.0.1']);
    expect(facts['all_ipv6_addresses']).to.include('fd00::2').and.not.include('::1');
  });

  it('have one fact for each interface, dashes as underscores, bridges with their ports', () => {
    expect(facts).to.include.keys('eth0', 'lo', 'vb_etcd1').and.not.include.keys('vb-etcd1');
    expect(facts['eth0']).to.deep.include({ device: 'eth0', active: true, type: 'ether', mtu: 1400, pciid: 'virtio2' });
    expect(facts['lo']).to.deep.include({ type: 'loopback', ipv6: [{ address: '::1', prefix: '128', scope: 'host' }] });
    expect(facts['kplay0']).to.include({ type: 'bridge', stp: false });
    expect(facts['kplay0']?.['interfaces']).to.include.members(['vb-etcd1', 'vb-master3']);
  });

  it('are the same from /proc alone, but for the default route of IPv6', () => {
    const [bare] = factsKind.parse(fixture('network-from-proc.txt'), ['network']) as [Record<string, unknown>];
    expect(bare['default_ipv4']).to.deep.equal(facts['default_ipv4']);
    expect(bare['eth0']).to.deep.equal(facts['eth0']);
    expect(bare['all_ipv4_addresses']).to.have.members(facts['all_ipv4_addresses'] as unknown as string[]);
    expect(bare['default_ipv6']).to.deep.equal({});
  });

  it('are empty, not wrong, where there is no default route', () => {
    const alone = one(
      'network',
      section('links', 'lo/mtu:65536\nlo/operstate:unknown\nlo/type:772'),
      section('addresses', ''),
    );
    expect(alone).to.deep.include({ default_ipv4: {}, default_ipv6: {}, interfaces: ['lo'] });
  });
});

describe('facts of hardware', () => {
  const [facts] = factsKind.parse(fixture('debian-12-hardware.txt'), ['hardware']) as unknown as [Tree];

  it('count processors, cores and threads', () => {
    expect(facts).to.include({
      processor_count: 1,
      processor_cores: 2,
      processor_threads_per_core: 1,
      processor_vcpus: 2,
      processor_nproc: 2,
    });
    expect(facts['processor']).to.deep.equal(['0', 'AuthenticAMD', 'AMD EPYC', '1', 'AuthenticAMD', 'AMD EPYC']);
  });

  it('measure memory in MiB and mounts in bytes', () => {
    expect(facts).to.include({ memtotal_mb: 24105, swaptotal_mb: 0 });
    const [root] = facts['mounts'] as unknown as [Record<string, unknown>];
    expect(root).to.include({ mount: '/', device: '/dev/vda', fstype: 'ext4', size_total: 270553174016, uuid: 'N/A' });
  });

  it('know block devices', () => {
    expect(facts['devices']?.['vda']).to.include({ size: '256.00 GB', virtual: 0, rotational: '1', sectorsize: '512' });
  });

  it('read mount points with blanks, and leave out what is no device', () => {
    const found = one(
      'hardware',
      section('mounts', '/dev/sdb1 /srv/my\\040disk ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\nnas:/x /mnt/x nfs4 rw 0 0'),
      section('sizes', '4096 4096 100 40 50 20 /srv/my disk'),
      section('uuids', 'lrwxrwxrwx 1 root root 10 Jan 1 00:00 1234-ABCD -> ../../sdb1'),
    ) as Record<string, Record<string, unknown>[]>;
    expect(found['mounts']?.map(({ mount }) => mount)).to.deep.equal(['/srv/my disk', '/mnt/x']);
    expect(found['mounts']?.[0]).to.include({
      size_total: 409600,
      size_available: 163840,
      inode_used: 30,
      uuid: '1234-ABCD',
    });
  });
});

describe('facts of virtualization', () => {
  const cases: Readonly<Record<string, [string, string, string, string]>> = {
    'a docker container on kvm': ['dockerenv', 'product_name:KVM', 'docker', 'guest'],
    'a KVM guest': ['hypervisor', 'sys_vendor:QEMU', 'kvm', 'guest'],
    'an EC2 instance': ['', 'sys_vendor:Amazon EC2', 'kvm', 'guest'],
    'a VMware guest': ['', 'product_name:VMware Virtual Platform', 'VMware', 'guest'],
    'an lxc container': ['container=lxc', '', 'lxc', 'guest'],
    'a podman container': ['container=podman', '', 'podman', 'guest'],
    'a host with kvm': ['kvm 1200000 1 kvm_amd, Live', 'product_name:PowerEdge', 'kvm', 'host'],
    'bare metal': ['', 'product_name:PowerEdge', 'NA', 'NA'],
  };
  for (const [title, [seen, dmi, type, role]] of Object.entries(cases)) {
    it(`know ${title}`, () => {
      const facts = one('virtual', section('virtual', seen), section('virtualdmi', dmi));
      expect(facts).to.include({ virtualization_type: type, virtualization_role: role });
    });
  }
});

describe('facts of time, boot and environment', () => {
  it('have the date in all its forms', () => {
    const text = '2026 11 Saturday 6 46 21 07 05 09 1795244709 CET +0100 123456789\n2026 11 21 06 05 09';
    expect(one('date_time', section('date', text))['date_time']).to.deep.include({
      ...{
        date: '2026-11-21',
        time: '07:05:09',
        tz: 'CET',
        tz_offset: '+0100',
        weekday: 'Saturday',
        epoch: '1795244709',
      },
      ...{
        iso8601: '2026-11-21T06:05:09Z',
        iso8601_micro: '2026-11-21T06:05:09.123456Z',
        iso8601_basic_short: '20261121T070509',
      },
    });
  });

  it('read the boot line, the last of a word that comes twice winning', () => {
    const facts = one('cmdline', section('cmdline', 'ro console=tty0 console=ttyS0 init="/bin/a b"'));
    expect(facts['cmdline']).to.deep.equal({ ro: true, console: 'ttyS0', init: '/bin/a b' });
    expect(facts['proc_cmdline']).to.deep.include({ console: ['tty0', 'ttyS0'] });
  });

  it('read an environment whose values hold line breaks', () => {
    expect(one('env', section('env', 'A=1\0B=two\nlines=x\0'))['env']).to.deep.equal({ A: '1', B: 'two\nlines=x' });
  });

  it('say plainly that a host has no Python', () => {
    expect(one('python', section('python', ''))).to.deep.equal({ python: false });
  });
});

describe('subsets of facts', () => {
  it('are found by the facts that a playbook names', () => {
    expect(subsetsFor(['ansible_os_family', 'distribution', 'default_ipv4', 'hostname'])).to.deep.equal([
      'distribution',
      'network',
      'platform',
    ]);
    expect(subsetsFor(['eth1', 'ansible_ens3'])).to.deep.equal(['network']);
  });

  it('hold no fact twice', () => {
    const all = Object.values(factSubsets).flat();
    expect(new Set(all).size).to.equal(all.length);
  });

  const all = Object.keys(factSubsets);
  const cases: Readonly<Record<string, [string[], (names: string[]) => void]>> = {
    all: [['all'], (names) => expect(names).to.have.members(all)],
    'one and the least': [
      ['network'],
      (names) => expect(names).to.include.members(['network', 'platform']).and.not.include('hardware'),
    ],
    'the least only': [['!all'], (names) => expect(names).to.include('platform').and.not.include('network')],
    'nothing at all': [['!all', '!min'], (names) => expect(names).to.deep.equal([])],
    'one alone': [['!all', '!min', 'network'], (names) => expect(names).to.deep.equal(['network'])],
    'all but one': [['!hardware'], (names) => expect(names).to.include('network').and.not.include('hardware')],
    'several in one text': [
      ['!all,!min,virtual,lsb'],
      (names) => expect(names).to.deep.equal(['distribution', 'virtual']),
    ],
  };
  for (const [title, [asked, check]] of Object.entries(cases)) {
    it(`expand to ${title}`, () => check(expandSubsets(asked)));
  }

  it('are refused by a name that none has', () => {
    expect(() => expandSubsets(['netwrok'])).to.throw(RangeError, '"netwrok" is not a subset of facts; there are all,');
  });

  for (const shell of shells) {
    it(`are all read through ${shell.join(' ')}`, function () {
      this.timeout(20_000);
      const facts = Object.assign({}, ...askHere(factsKind, all, shell)) as Record<string, unknown>;
      expect(facts).to.include({ system: 'Linux', user_uid: process.getuid?.() });
      const declared = [
        'platform',
        'distribution',
        'date_time',
        'env',
        'user',
        'network',
        'hardware',
        'virtual',
        'local',
      ];
      for (const name of declared.flatMap((subset) => factSubsets[subset] ?? [])) {
        if (name !== 'distribution_minor_version') expect(facts).to.have.property(name);
      }
    });
  }

  it('those that may hold NULs, or leave a process behind that holds their output, are not gathered on the host', () => {
    const gathered = (...keys: readonly string[]) => factsKind.gathers?.(keys);
    expect([gathered('platform', 'network'), gathered('platform', 'env')]).to.deep.equal([true, false]);
    expect([gathered('local'), gathered('local /opt/facts'), gathered('lsb')]).to.deep.equal([false, false, true]);
  });
});
