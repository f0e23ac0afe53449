/** Fingerprints of public keys, as ssh-keygen tells them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fingerprintOf } from '../../engine/module/ssh/fingerprint.ts';

describe('fingerprints of public keys', () => {
  for (const [kind, ...options] of [
    ['ed25519', '-C', 'bob@host, two words'],
    ['rsa', '-b', '2048', '-C', 'r'],
    ['ecdsa', '-b', '384', '-C', 'c'],
  ])
    it(`are those of ssh-keygen: ${kind}`, function () {
      if (spawnSync('ssh-keygen', ['-?']).error) this.skip();
      const folder = mkdtempSync(join(tmpdir(), 'kplay-key-'));
      try {
        const path = join(folder, 'key');
        execFileSync('ssh-keygen', ['-q', '-t', kind!, ...options, '-N', '', '-f', path]);
        const told = execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' }).trim();
        expect(fingerprintOf(readFileSync(`${path}.pub`, 'utf8').trim())).to.equal(told);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  it('are none of what is no key', () => {
    for (const text of ['', 'no key at all', 'ssh-rsa AAAA', 'ssh-other AAAAB3NzaC1yc2E= x'])
      expect(fingerprintOf(text)).to.equal(undefined);
  });
});
