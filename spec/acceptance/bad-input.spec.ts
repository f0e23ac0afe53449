/** What goes wrong between here and a real host: told once, in plain words, and never called a success. */

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Said, tail, total } from '../kplay.ts';
import { type TwoHosts, twoHosts } from './two-hosts.ts';
import { until } from './virtual-address.ts';

const touch = '    - command: touch /run/{{ inventory_hostname }}-was-here\n';

describe('wrong keys, passwords and disks on real hosts', function () {
  this.timeout('2m');
  let hosts: TwoHosts;

  before(async function () {
    this.timeout('10m');
    hosts = await twoHosts();
  });
  after(() => hosts?.down());

  /** Host h1 was unreachable for this reason, said once; h2 finished. */
  function onlyFirstUnreachable(said: Said, why: RegExp): void {
    expect(said.code, tail(said)).to.equal(4);
    expect(said.recap['h1']).to.include({ ok: 0, changed: 0, unreachable: 1, failed: 0 });
    expect(said.recap['h2']).to.include({ unreachable: 0, failed: 0 });
    expect(said.recap['h2']?.['ok']).to.be.greaterThan(0);
    const fatal = said.stdout.split('\n').filter((line) => line.startsWith('fatal:'));
    expect(fatal, tail(said)).to.have.length(1);
    expect(fatal[0])
      .to.match(/^fatal: \[h1\]: UNREACHABLE!/)
      .and.match(why);
  }

  /** Makes a key pair; answers with the path of the private one. */
  function makeKey(name: string): string {
    const path = join(hosts.folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
    return path;
  }

  const fingerprint = (publicKey: string) =>
    execFileSync('ssh-keygen', ['-lf', publicKey], { encoding: 'utf8' }).split(' ')[1]!;

  describe('ssh', () => {
    it('a key that the host does not know: not let in, with what was tried', async () => {
      const key = makeKey('stranger');
      const said = await hosts.run(touch, hosts.inventory('root', { h1: `ansible_ssh_private_key_file=${key}` }));
      onlyFirstUnreachable(said, /did not let us in/);
      expect(said.stdout).to.include('stranger');
    });

    it('a key file that does not exist is told by its name', async () => {
      const said = await hosts.run(touch, hosts.inventory('root', { h1: 'ansible_ssh_private_key_file=/nowhere/key' }));
      onlyFirstUnreachable(said, /\/nowhere\/key/);
    });

    it('a changed host key: both fingerprints and the place of the old one, and nothing is fixed', async () => {
      const other = `${makeKey('other')}.pub`;
      const [type, base64] = (await readFile(other, 'utf8')).split(' ');
      const text = (await readFile(hosts.lab.knownHosts, 'utf8')).replace(
        /^h1,.*$/m,
        `h1,${hosts.h1.address} ${type} ${base64}`,
      );
      const known = await hosts.write('known-changed', text);
      const said = await hosts.run(touch, hosts.inventory('root', { h1: `ansible_ssh_known_hosts_file=${known}` }), [
        '--host-key-checking',
        'accept-new',
      ]);
      onlyFirstUnreachable(said, /host key has changed/);
      const line = text.split('\n').findIndex((one) => one.startsWith('h1,')) + 1;
      const shown = fingerprint(join(hosts.h1.rootfs, 'etc/ssh/ssh_host_ed25519_key.pub'));
      for (const words of [fingerprint(other), shown, `${known}:${line}`]) expect(said.stdout).to.include(words);
      expect(await readFile(known, 'utf8')).to.equal(text);
    });

    it('an unknown host key is refused, until accept-new remembers it', async () => {
      const known = await hosts.write('known-none', '');
      const inventory = hosts.inventory('root', { h1: `ansible_ssh_known_hosts_file=${known}` });
      const said = await hosts.run(touch, inventory);
      onlyFirstUnreachable(said, /host key of 10\.77\.\d\.11 is not known: ssh-ed25519 SHA256:/);
      expect(await readFile(known, 'utf8')).to.equal('');
      const accepted = await hosts.run(touch, inventory, ['--host-key-checking', 'accept-new']);
      expect(accepted.code, tail(accepted)).to.equal(0);
      expect(accepted.stderr).to.match(/remembered the host key of 10\.77\.\d\.11 \(SHA256:/);
      const strict = await hosts.run(touch, inventory);
      expect(strict.code, tail(strict)).to.equal(0);
    });

    it('a user who does not exist', async () => {
      onlyFirstUnreachable(
        await hosts.run(touch, hosts.inventory('root', { h1: 'ansible_user=nosuch' })),
        /nosuch@.*did not let us in/,
      );
    });

    it('a port where nobody listens', async () => {
      onlyFirstUnreachable(
        await hosts.run(touch, hosts.inventory('root', { h1: 'ansible_port=2222' })),
        /:2222: connection refused/,
      );
    });
  });

  describe('sudo', () => {
    const become = async (password: string) => [
      '-b',
      '--become-password-file',
      await hosts.write('password', `${password}\n`, 0o600),
    ];
    const refused = async () => {
      const log = await hosts.h1.exec(
        'journalctl -q -o cat -t sudo | grep -c "incorrect password\\|authentication failure"',
      );
      return Number(log.stdout);
    };

    it('with the right password the tasks run as root', async () => {
      const said = await hosts.run(
        '    - command: id -un\n      register: who\n    - assert: { that: who.stdout == "root" }\n',
        hosts.inventory('ops'),
        await become('ops'),
      );
      expect(said.code, tail(said)).to.equal(0);
      expect(total(said, 'ok')).to.equal(4);
    });

    it('a wrong password is one clear error for each host, tried once, and is never shown', async () => {
      const before = await refused();
      const tasks = `${touch}${touch}${touch}`;
      const said = await hosts.run(tasks, hosts.inventory('ops'), [...(await become('wr0ng-pa55')), '-vvv']);
      expect(said.code, tail(said)).to.equal(4);
      const fatal = said.stdout.split('\n').filter((line) => line.startsWith('fatal:'));
      expect(fatal, tail(said)).to.have.length(2);
      for (const line of fatal) expect(line).to.match(/sudo to root: wrong password/);
      expect(said.stdout + said.stderr).to.not.include('wr0ng-pa55');
      expect(total(said, 'ok')).to.equal(0);
      const after = await refused();
      expect(after - before, 'what sudo on h1 wrote to its journal').to.be.within(1, 2);
    });

    it('no password where one is needed: says so, and how to give one', async () => {
      const said = await hosts.run(touch, hosts.inventory('ops'), ['-b']);
      expect(said.code, tail(said)).to.equal(4);
      expect(said.stdout).to.match(/^fatal: \[h1\]: UNREACHABLE!.*needs a password/m);
    });
  });

  describe('a disk that is full', () => {
    before(async () => {
      const made = await hosts.h1.exec(
        'mkdir -p /mnt/small && mount -t tmpfs -o size=64k none /mnt/small && echo old >/mnt/small/app.conf && chmod 640 /mnt/small/app.conf',
      );
      expect(made.code, made.stderr).to.equal(0);
    });

    for (const [how, size] of [
      ['small enough for one message', 100_000],
      ['streamed', 1_000_000],
    ] as const) {
      it(`a file too large for it, ${how}: fails, names the file system and what is free, and the old file stays`, async () => {
        await hosts.write('large', `${'x'.repeat(99)}\n`.repeat(size / 100));
        const said = await hosts.run(
          '    - copy: { src: large, dest: /mnt/small/app.conf }\n',
          hosts.inventory('root'),
          ['-l', 'h1'],
        );
        expect(said.code, tail(said)).to.equal(2);
        expect(said.recap['h1']).to.include({ failed: 1, unreachable: 0, changed: 0 });
        expect(said.stdout, tail(said))
          .to.match(/No space left on device/i)
          .and.match(/\/mnt\/small\b.* \d+ \w+ free/);
        const left = await hosts.h1.exec('cd /mnt/small; ls -A; cat app.conf; stat -c %a app.conf');
        expect(left.stdout).to.equal('app.conf\nold\n640\n');
      });
    }
  });

  describe('power and cables', () => {
    const slow =
      '    - name: begin\n      command: touch /run/begun\n    - name: work\n      shell: touch /run/working; sleep 20; touch /run/worked\n      when: inventory_hostname == "h1"\n    - name: end\n      command: touch /run/ended\n';

    for (const [who, kill] of [
      ['the session', "pkill -KILL -f '^sshd: root@notty'"],
      ['all of sshd and its sessions', "systemctl kill -s KILL ssh; pkill -KILL -f '^sshd'"],
    ] as const) {
      it(`when ${who} is killed in mid-task, the host is unreachable and the task never ok; the other host finishes`, async () => {
        await Promise.all(
          [hosts.h1, hosts.h2].map((host) => host.exec('rm -f /run/begun /run/working /run/worked /run/ended')),
        );
        const running = hosts.run(slow, hosts.inventory('root'));
        await until('the task runs on h1', 20, async () => (await hosts.h1.exec('test -e /run/working')).code === 0);
        await hosts.h1.exec(kill);
        const said = await running;
        expect(said.code, tail(said)).to.equal(4);
        expect(said.recap['h1']).to.include({ ok: 1, changed: 1, unreachable: 1, failed: 0 });
        expect(said.stdout).to.match(/^fatal: \[h1\]: UNREACHABLE!.*(lost|ended)/m);
        const work = said.stdout.split(/^(?=TASK )/m).find((part) => part.startsWith('TASK [work]'));
        expect(work).to.not.match(/^(ok|changed): \[h1\]/m);
        expect(said.recap['h2']).to.include({ ok: 2, skipped: 1, unreachable: 0 });
        expect(said.seconds, 'told at once').to.be.lessThan(15);
        expect((await hosts.h1.exec('test -e /run/ended')).code).to.not.equal(0);
        await hosts.h1.exec('systemctl reset-failed ssh; systemctl start ssh');
        await until(
          'sshd is back',
          20,
          async () => (await hosts.h1.exec('systemctl is-active ssh')).stdout.trim() === 'active',
        );
      });
    }

    it('a host that is off from the start is unreachable in the time given; the other one finishes', async () => {
      await hosts.h1.powerOff();
      const said = await hosts.run(touch, hosts.inventory('root'), ['-T', '2']);
      onlyFirstUnreachable(said, /10\.77\.\d\.11/);
      expect(said.seconds).to.be.lessThan(10);
      await hosts.h1.powerOn();
      const again = await hosts.run(touch, hosts.inventory('root'));
      expect(again.code, tail(again)).to.equal(0);
    });
  });
});
