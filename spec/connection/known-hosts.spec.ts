import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  checkHostKey,
  fingerprint,
  knownHostLine,
  knownKeyTypes,
  parseKnownHosts,
} from '../../engine/connection/known-hosts.ts';
import { wildcard } from '../../engine/connection/wildcard.ts';

/** The wire form of a key: its type, then anything. */
function key(type: string, body: string): Buffer {
  const fields = [type, body].map((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return Buffer.concat([length, Buffer.from(field)]);
  });
  return Buffer.concat(fields);
}

const ed = key('ssh-ed25519', 'a'.repeat(32));
const other = key('ssh-ed25519', 'b'.repeat(32));
const rsa = key('ssh-rsa', 'c'.repeat(64));
const text = (bytes: Buffer): string => bytes.toString('base64');

describe('known hosts', () => {
  const cases: readonly [what: string, lines: string, host: string, port: number, shown: Buffer, verdict: string][] = [
    ['a plain name', `web1 ssh-ed25519 ${text(ed)}`, 'web1', 22, ed, 'known'],
    ['a name in other letters', `Web1 ssh-ed25519 ${text(ed)} me@here`, 'wEB1', 22, ed, 'known'],
    ['one of several names', `a,web1,10.0.0.1 ssh-ed25519 ${text(ed)}`, '10.0.0.1', 22, ed, 'known'],
    ['another port', `web1 ssh-ed25519 ${text(other)}`, 'web1', 2222, ed, 'unknown'],
    ['the bare name, for any port', `web1 ssh-ed25519 ${text(ed)}`, 'web1', 2222, ed, 'known'],
    ['a bracketed port', `[web1]:2222 ssh-ed25519 ${text(ed)}`, 'web1', 2222, ed, 'known'],
    ['a bracketed port, not the bare host', `[web1]:2222 ssh-ed25519 ${text(ed)}`, 'web1', 22, ed, 'unknown'],
    ['an IPv6 address', `fe80::1 ssh-ed25519 ${text(ed)}`, 'fe80::1', 22, ed, 'known'],
    ['a wildcard', `*.example.com,!bad.example.com ssh-ed25519 ${text(ed)}`, 'web.example.com', 22, ed, 'known'],
    ['a negated name', `*.example.com,!bad.example.com ssh-ed25519 ${text(ed)}`, 'bad.example.com', 22, ed, 'unknown'],
    ['no entry', `# web1\n\nnonsense\nweb1 ssh-ed25519 !!!`, 'web1', 22, ed, 'unknown'],
    ['a type that is not the key’s', `web1 ssh-rsa ${text(ed)}`, 'web1', 22, ed, 'unknown'],
    ['another key', `web1 ssh-ed25519 ${text(other)}`, 'web1', 22, ed, 'changed f:1'],
    ['another type of key only', `\nweb1 ssh-rsa ${text(rsa)}`, 'web1', 22, ed, 'changed f:2'],
    ['several keys', `web1 ssh-ed25519 ${text(other)}\nweb1 ssh-ed25519 ${text(ed)}`, 'web1', 22, ed, 'known'],
    [
      'a revoked key',
      `web1 ssh-ed25519 ${text(ed)}\n@revoked * ssh-ed25519 ${text(ed)}`,
      'web1',
      22,
      ed,
      'revoked f:2',
    ],
    [
      'another revoked key',
      `web1 ssh-ed25519 ${text(ed)}\n@revoked * ssh-ed25519 ${text(other)}`,
      'web1',
      22,
      ed,
      'known',
    ],
    ['an authority only', `@cert-authority web1 ssh-ed25519 ${text(ed)}`, 'web1', 22, ed, 'unknown'],
    ['a marker nobody knows', `@new web1 ssh-ed25519 ${text(ed)}`, 'web1', 22, ed, 'unknown'],
  ];
  for (const [what, lines, host, port, shown, expected] of cases) {
    it(`${expected.split(' ')[0]}: ${what}`, () => {
      const verdict = checkHostKey(parseKnownHosts(lines, 'f'), host, port, shown);
      const place = 'entry' in verdict ? ` ${verdict.entry.file}:${verdict.entry.line}` : '';
      expect(verdict.kind + place).to.equal(expected);
    });
  }

  it('lists the types by which a host is known', () => {
    const lines = `web1 ssh-rsa ${text(rsa)}\nweb1 ssh-ed25519 ${text(ed)}\nweb2 ssh-rsa ${text(rsa)}`;
    expect(knownKeyTypes(parseKnownHosts(lines, 'f'), 'web1', 22)).to.deep.equal(['ssh-rsa', 'ssh-ed25519']);
  });

  it('reads what it writes', () => {
    const line = knownHostLine('web1', 2222, ed);
    expect(checkHostKey(parseKnownHosts(line, 'f'), 'web1', 2222, ed).kind).to.equal('known');
  });
});

describe('wildcard', () => {
  const cases: readonly [pattern: string, name: string, matches: boolean][] = [
    ['*', '', true],
    ['?', '', false],
    ['a?c*', 'abcd', true],
    ['*a*b', 'xaxbxb', true],
    ['*a*b', 'xaxbxc', false],
    ['[web1]:22', '[web1]:22', true],
    [`${'*a'.repeat(50)}b`, 'a'.repeat(5000), false],
  ];
  for (const [pattern, name, matches] of cases) {
    it(`${matches ? 'matches' : 'does not match'} ${name.slice(0, 20)} by ${pattern.slice(0, 20)}`, () => {
      expect(wildcard(pattern, name)).to.equal(matches);
    });
  }
});

const noKeygen = existsSync('/usr/bin/ssh-keygen') ? '' : ' (skipped: ssh-keygen is not installed)';

describe(`known hosts, as ssh-keygen sees them${noKeygen}`, () => {
  let directory: string;

  before(function () {
    if (noKeygen !== '') this.skip();
    directory = mkdtempSync(join(tmpdir(), 'kplay-known-'));
  });
  after(() => directory && rmSync(directory, { recursive: true }));

  it('finds hashed names, and prints the same fingerprints', () => {
    const file = join(directory, 'known_hosts');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')]);
    const [type = '', base64 = ''] = readFileSync(join(directory, 'key.pub'), 'utf8').split(' ');
    const names = ['web1', '[web1]:2222', '10.0.0.1', '*.example.com', 'fe80::1'];
    writeFileSync(file, names.map((name) => `${name} ${type} ${base64}\n`).join(''));
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const known = parseKnownHosts(readFileSync(file, 'utf8'), file);
    const shown = Buffer.from(base64, 'base64');
    for (const [host, port] of [
      ['web1', 22],
      ['web1', 2222],
      ['web2', 22],
      ['10.0.0.1', 22],
      ['a.example.com', 22],
      ['fe80::1', 22],
    ] as const) {
      const name = port === 22 ? host : `[${host}]:${port}`;
      const oracle = spawnSync('ssh-keygen', ['-F', name, '-f', file]).status === 0 ? 'known' : 'unknown';
      expect(checkHostKey(known, host, port, shown).kind, name).to.equal(oracle);
    }
    const printed = execFileSync('ssh-keygen', ['-l', '-f', join(directory, 'key.pub')], { encoding: 'utf8' });
    expect(printed).to.include(fingerprint(shown));
  });
});
