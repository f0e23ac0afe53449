import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { packageManagerKind, packagesKind } from '../../../engine/target/queries/packages.ts';
import { askHere, shells } from './run-query.ts';

const parse = (stdout: string, names: readonly string[]) => packagesKind.parse(Buffer.from(stdout), names);

describe('packagesKind', () => {
  it('reads dpkg: real names, virtual ones, names with an architecture, and what is not there', () => {
    const stdout = readFileSync('spec/fixtures/queries/dpkg-query.txt', 'utf8');
    expect(parse(stdout, ['jq', 'nosuch', 'awk', 'libc6:amd64', 'haproxy'])).to.deep.equal([
      '1.6-2.1+deb12u3',
      undefined,
      '1.3.4.20200120-3.1',
      '2.36-9+deb12u14',
      undefined,
    ]);
  });

  const states: Readonly<Record<string, boolean>> = {
    'ii ': true, // installed
    'hi ': true, // held
    'it ': true, // triggers pending
    'iW ': true, // waiting for another's triggers
    'rc ': false, // removed, configuration kept
    'iU ': false, // unpacked only
    'iF ': false, // configuration failed
    'un ': false,
  };
  for (const [state, installed] of Object.entries(states)) {
    it(`takes dpkg's "${state}" for ${installed ? 'installed' : 'not installed'}`, () => {
      expect(parse(`dpkg\n${state}\tnginx:amd64\t1.22\t\n`, ['nginx'])[0]).to.equal(installed ? '1.22' : undefined);
    });
  }

  it('reads provides with versions and architectures', () => {
    const stdout = 'dpkg\nii \texim4:amd64\t4.96\tmail-transport-agent, default-mta:any (= 1), smtp (= 2)\n';
    expect(parse(stdout, ['mail-transport-agent', 'default-mta', 'smtp', 'mta'])).to.deep.equal([
      '4.96',
      '4.96',
      '4.96',
      undefined,
    ]);
  });

  it('reads rpm: names, NEVRAs, provides and paths', () => {
    const stdout = [
      'rpm',
      'nginx\t1.20.1-14.el9\tx86_64\tnginx webserver config(nginx) ',
      'bash\t5.1.8-6.el9\tx86_64\t/bin/bash',
      '',
    ].join('\n');
    const names = ['nginx', 'nginx.x86_64', 'nginx-1.20.1', 'nginx-1.20.1-14.el9', 'webserver', '/bin/bash', 'httpd'];
    expect(parse(stdout, names).map((version) => version?.split('-')[0])).to.deep.equal([
      ...['1.20.1', '1.20.1', '1.20.1', '1.20.1', '1.20.1', '5.1.8'],
      undefined,
    ]);
  });

  it("reads apk's database", () => {
    const stdout = 'apk\nP:busybox\nV:1.36.1-r5\np:cmd:sh=1.36.1-r5 /bin/sh\nP:musl\nV:1.2.4-r2\n';
    expect(parse(stdout, ['musl', 'cmd:sh', 'curl'])).to.deep.equal(['1.2.4-r2', '1.36.1-r5', undefined]);
  });

  it('finds nothing on a host without a package manager', () => {
    expect(parse('\n', ['nginx'])).to.deep.equal([undefined]);
  });

  for (const shell of shells) {
    it(`asks for names of any spelling through ${shell.join(' ')}`, () => {
      const names = ["it's; touch /tmp/x $(id)", '-W', 'nosuch-package'];
      expect(askHere(packagesKind, names, shell)).to.deep.equal([undefined, undefined, undefined]);
    });
  }
});

describe('packageManagerKind', () => {
  const found: Readonly<Record<string, string | undefined>> = {
    apt: 'apt',
    dnf5: 'dnf',
    microdnf: 'dnf',
    yum: 'yum',
    '': undefined,
  };
  for (const [output, manager] of Object.entries(found)) {
    it(`takes "${output}" for ${manager}`, () => {
      expect(packageManagerKind.parse(Buffer.from(`${output}\n`), [''])).to.deep.equal([manager]);
    });
  }
});
