import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostKeyLine, hostKeyOf, isAbout, withHashedName } from '../../engine/module/ssh/known-hosts.ts';
import knownHosts from '../../engine/modules/known_hosts.ts';
import { testModule } from '../../engine/testing.ts';

const path = '/etc/ssh/ssh_known_hosts';
const ed = 'git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA';
const rsa = 'git.example.com,10.0.0.5 ssh-rsa AAAAB3NzaC1yc2EAAAA=';
const other = 'web ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBB comment of it';
const world = (...lines: readonly string[]) => ({
  files: { [path]: lines.map((line) => `${line}\n`).join(''), '/etc/ssh': { type: 'directory' as const } },
});
const name = 'git.example.com';

testModule(knownHosts, 'known_hosts', {
  'makes the file': {
    args: { name, key: ed, path },
    world: { files: { '/etc/ssh': { type: 'directory' } } },
    want: { files: { [path]: { content: `${ed}\n`, mode: '0644' } }, diffs: [['', `${ed}\n`]], result: { name, path } },
  },
  'is done with a key that is there': {
    args: { name, key: `${ed} with a comment`, path },
    world: world('# all', rsa, ed),
    want: { changed: false },
  },
  'adds a key of another type, and keeps what is there': {
    args: { name, key: ed, path },
    world: world('# all', rsa, other),
    want: { files: { [path]: `# all\n${rsa}\n${other}\n${ed}\n` } },
  },
  'replaces another key of its type': {
    args: { name, key: ed.replace('IAAA', 'ICCC'), path },
    world: world(ed, other),
    want: { files: { [path]: `${other}\n${ed.replace('IAAA', 'ICCC')}\n` } },
  },
  'takes several keys at once': {
    args: { name, key: `# git.example.com:22 SSH-2.0\n${ed}\n${rsa}\n`, path },
    world: world(other),
    want: { files: { [path]: `${other}\n${ed}\n${rsa}\n` } },
  },
  'writes the name as a hash, once': {
    args: { name, key: ed, path, hash_host: true },
    world: world(),
    want: { changed: true },
  },
  'finds a hashed name': {
    args: { name, state: 'absent', path },
    world: world(hostKeyLine(withHashedName(hostKeyOf(ed)!, name)), rsa, other),
    want: { files: { [path]: `${other}\n` } },
  },
  'takes one key away': {
    args: { name, key: ed, state: 'absent', path },
    world: world(ed, rsa),
    want: { files: { [path]: `${rsa}\n` } },
  },
  'has nothing to take away': { args: { name, state: 'absent', path }, world: world(other), want: { changed: false } },
  'refuses the key of somebody else': { args: { name: 'x', key: ed, path }, world: world(), fails: 'not of x' },
  'refuses what is no key': { args: { name, key: 'git.example.com', path }, world: world(), fails: 'no key of a host' },
  'needs a key to know': { args: { name, path }, fails: 'key' },
});

describe('hashed names', () => {
  it('are those of ssh-keygen', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kplay-known-'));
    try {
      const file = join(folder, 'known_hosts');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
      const key = execFileSync('cut', ['-d', ' ', '-f', '1,2', join(folder, 'key.pub')])
        .toString()
        .trim();
      const entry = hostKeyOf(`[Git.example.com]:2222 ${key}`)!;
      writeFileSync(file, `${hostKeyLine(withHashedName(entry, '[git.example.com]:2222'))}\n`);
      const found = execFileSync('ssh-keygen', ['-F', '[git.example.com]:2222', '-f', file]).toString();
      const line = found.split('\n').find((one) => one.startsWith('|1|'))!;
      expect(isAbout(hostKeyOf(line)!, '[git.example.com]:2222')).to.equal(true);
      expect(isAbout(hostKeyOf(line)!, 'git.example.com')).to.equal(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
