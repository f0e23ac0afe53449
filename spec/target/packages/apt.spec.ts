import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { aptRun, aptUpdate } from '../../../engine/target/packages/apt.ts';

/** Runs a script against an apt-get that does what a test says; tells what it was asked and what came of it. */
function withApt(body: string, script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'kplay-apt-'));
  try {
    const log = join(folder, 'log');
    writeFileSync(
      join(folder, 'apt-get'),
      `#!/bin/sh\nfor word in "$@"; do last=$word; done\nprintf '%s\\n' "$*" >>${log}\ncalls=$(wc -l <${log})\n${body}\n`,
    );
    chmodSync(join(folder, 'apt-get'), 0o755);
    // Whether this machine has lists must not matter.
    const lists = join(folder, 'lists');
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script.replaceAll('/var/lib/apt/lists', lists)], {
      env: { PATH: `${folder}:${process.env['PATH']}` },
      encoding: 'utf8',
    });
    const asked = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.replace(/^.*--force-confold /, ''));
    return { status, stdout, stderr, asked };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const install = (lockTimeout = 60) =>
  aptRun({ command: ['install', 'nginx'], update: false, options: { lockTimeout } });

describe('aptRun', function () {
  this.timeout(20_000);

  it('fetches lists first on a host that has none', () => {
    expect(withApt('exit 0', install()).asked).to.deep.equal(['update', 'install nginx']);
  });

  it('fetches lists once when they turn out to be old, and tries again', () => {
    const script = install().replace(/ls \/var\/lib\/apt\/lists.*$/m, '');
    const body =
      'case $last in nginx) [ $calls -gt 1 ] || { echo "E: Failed to fetch http://x 404"; exit 100; };; esac';
    const { status, asked } = withApt(body, script);
    expect(asked).to.deep.equal(['install nginx', 'update', 'install nginx']);
    expect(status).to.equal(0);
  });

  it('does not try again when lists are no reason, and tells only what apt complained of', () => {
    const body =
      'case $last in nginx) echo "Reading package lists..."; echo "E: held broken packages"; exit 100;; esac';
    const { status, stderr, asked } = withApt(body, install());
    expect(asked).to.deep.equal(['update', 'install nginx']);
    expect([status, stderr]).to.deep.equal([100, 'E: held broken packages\n']);
  });

  it('waits while another package manager holds the lock', () => {
    const body =
      'case $last in nginx) [ $calls -gt 2 ] || { echo "E: Could not get lock /x. It is held by process 7 (dpkg)"; exit 100; };; esac';
    const { status, asked } = withApt(body, install());
    expect(asked).to.deep.equal(['update', 'install nginx', 'install nginx']);
    expect(status).to.equal(0);
  });

  it('gives up at the deadline and names the holder', () => {
    const body = 'echo "E: Could not get lock /x. It is held by process 7 (dpkg)"; exit 100';
    const { status, stderr } = withApt(body, aptUpdate({ lockTimeout: 0 }, 0, 1));
    expect(status).to.equal(100);
    expect(stderr).to.contain('kept its lock for 0 s').and.contain('held by process 7 (dpkg)');
  });
});

describe('aptUpdate', function () {
  this.timeout(20_000);

  it('tries again as often as it is told', () => {
    const { status, asked } = withApt('[ $calls -gt 1 ] || { echo "E: no network"; exit 100; }', aptUpdate({}, 2, 1));
    expect(asked).to.deep.equal(['update', 'update']);
    expect(status).to.equal(0);
  });
});
