import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  aptCandidateKind,
  aptLeftoverKind,
  aptListsKind,
  aptPlanKind,
  debFileKind,
} from '../../../engine/target/queries/apt.ts';
import { rpmUpdateKind } from '../../../engine/target/queries/dnf.ts';

describe('aptCandidateKind', () => {
  it('reads what apt-cache policy would install', () => {
    const stdout = readFileSync('spec/fixtures/queries/apt-cache-policy.txt');
    expect(aptCandidateKind.parse(stdout, ['haproxy', 'jq', 'nosuch', 'mail-transport-agent'])).to.deep.equal([
      ...['2.6.12-1+deb12u4', '1.6-2.1+deb12u3'],
      ...[undefined, undefined],
    ]);
  });
});

describe('aptListsKind', () => {
  const cases: Readonly<Record<string, [string, { fetched: number; age: number }]>> = {
    'lists fetched a minute ago': ['1700000060\n1700000000\nlists\n', { fetched: 1_700_000_000, age: 60 }],
    'a folder without lists': ['1700000060\n1700000000\n', { fetched: 0, age: 1_700_000_060 }],
    'no folder at all': ['1700000060\n', { fetched: 0, age: 1_700_000_060 }],
  };
  for (const [title, [stdout, lists]] of Object.entries(cases)) {
    it(`knows the age of ${title}`, () => expect(aptListsKind.parse(Buffer.from(stdout), [''])).to.deep.equal([lists]));
  }
});

describe('aptPlanKind', () => {
  it('names what each simulated run would touch', () => {
    const stdout = '\x1eInst bash [5.2] (5.3 Debian)\nInst vim (9.1 Debian)\n\x1eRemv libonig5 [6.9]\n\x1e';
    expect(aptPlanKind.parse(Buffer.from(stdout), ['dist-upgrade', 'autoremove', 'clean'])).to.deep.equal([
      ['bash', 'vim'],
      ['libonig5'],
      [],
    ]);
  });

  it('only ever simulates', () => {
    const script = aptPlanKind.script(['dist-upgrade', 'autoremove', 'build-dep nginx', '-f install']);
    for (const line of script.split('\n').filter((one) => one.includes('apt-get')))
      expect(line).to.contain('apt-get -s ');
  });
});

describe('aptLeftoverKind and debFileKind', () => {
  it('tell a removed package whose configuration is there', () => {
    expect(aptLeftoverKind.parse(Buffer.from('rc \thaproxy\nii \tjq\n'), ['haproxy', 'jq', 'x'])).to.deep.equal([
      true,
      false,
      false,
    ]);
  });

  it('tell what a package file holds, that it is no package, or that it is not there', () => {
    const stdout =
      "\x1ePackage: tree\nVersion: 2.1.0-1\n\x1edpkg-deb: error: '/etc/passwd' is not a Debian format archive\n\x1e";
    expect(debFileKind.parse(Buffer.from(stdout), ['/a.deb', '/etc/passwd', '/none'])).to.deep.equal([
      { name: 'tree', version: '2.1.0-1' },
      "dpkg-deb: error: '/etc/passwd' is not a Debian format archive",
      undefined,
    ]);
  });
});

describe('rpmUpdateKind', () => {
  it('reads dnf check-update up to what is merely obsoleted', () => {
    const stdout = [
      '',
      'bash.x86_64                  5.1.8-9.el9                 baseos',
      'python3-libs.x86_64          3.9.18-3.el9                baseos',
      'Obsoleting Packages',
      'old.noarch                   2-1                         baseos',
    ].join('\n');
    expect(rpmUpdateKind.parse(Buffer.from(stdout), ['bash', 'old', '*'])).to.deep.equal([
      '5.1.8-9.el9',
      undefined,
      'bash python3-libs',
    ]);
  });
});
