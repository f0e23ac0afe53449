/** Ctrl-C once lets what runs end; twice ends it on the hosts; three times is the end of kplay alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { makeProject, type Project } from './project.ts';

const inventory =
  "h1 ansible_connection=exec ansible_exec_command='sh'\nh2 ansible_connection=exec ansible_exec_command='sh'\n";

/** A play of one command on both hosts, and a task behind it that leaves a trace. */
function play(command: string, more = ''): string {
  return `- hosts: all
  gather_facts: false
  tasks:
    - name: take a while
      command: ${command}
${more}    - name: never
      file: { path: "FOLDER/out/{{ inventory_hostname }}", state: directory }
`;
}

describe('an interrupted run', function () {
  this.timeout(30_000);
  let project: Project;
  let child: ChildProcess;
  let said: { stdout: string; stderr: string };
  let ended: Promise<number | null>;
  let count = 0;
  /** Seconds that nobody else sleeps for. */
  let seconds: (whole: number) => string;

  beforeEach(() => {
    project = makeProject({ hosts: inventory });
    const own = `${process.pid}${++count}`;
    seconds = (whole) => `${whole}.0${own}`;
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await ended;
    for (const pid of sleepers()) process.kill(pid, 'SIGKILL');
    project.remove();
  });

  function start(playbook: string, ...args: string[]): void {
    project.write({ 'site.yml': playbook });
    child = spawn(process.execPath, [join(process.cwd(), 'dist/kplay.js'), 'site.yml', '-i', 'hosts', ...args], {
      cwd: project.folder,
      env: { ...process.env, NO_COLOR: '1', HOME: project.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name]!.on('data', (bytes: Buffer) => {
        said[name] += bytes;
      });
    ended = new Promise((resolve) => child.on('close', resolve));
  }

  /** The processes of this spec's own sleeps. */
  function sleepers(): readonly number[] {
    const own = seconds(0).slice(1);
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const [program, time = ''] = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return program === 'sleep' && time.endsWith(own) ? [Number(name)] : [];
      } catch {
        return []; // it is over
      }
    });
  }

  async function until(what: string, holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 8000; !holds(); await pause(20))
      if (Date.now() > end) throw new Error(`in vain: ${what}\n${said.stdout}\n${said.stderr}`);
  }

  /** Sends the signal, and waits until kplay has heard it. */
  async function signal(name: 'SIGINT' | 'SIGTERM'): Promise<void> {
    const before = said.stderr.split('kplay: SIG').length;
    child.kill(name);
    await until('an answer to the signal', () => said.stderr.split('kplay: SIG').length > before);
  }

  it('once: says what it waits for, lets it end, begins nothing new, and ends with 130', async () => {
    start(play(`sleep ${seconds(2)}`));
    await until('both sleep', () => sleepers().length === 2);
    await signal('SIGINT');
    expect(await ended).to.equal(130);
    expect(said.stderr).to.contain(
      'SIGINT: nothing new is begun; waiting for "take a while" on h1, h2; once more ends it',
    );
    expect(said.stdout)
      .to.match(/^changed: \[h1\]/m)
      .and.to.match(/^changed: \[h2\]/m);
    expect(said.stdout)
      .to.match(/^h1 +: ok=1 +changed=1 .*failed=0/m)
      .and.not.to.contain('never');
    expect(existsSync(project.path('out/h1'))).to.equal(false);
  });

  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${name} twice: ends the commands on the hosts, prints the recap, and ends with ${code}`, async () => {
      start(play(`sleep ${seconds(30)}`, '      ignore_errors: true\n      retries: 3\n      until: false\n'));
      await until('both sleep', () => sleepers().length === 2);
      await signal(name);
      expect(sleepers()).to.have.length(2);
      const from = Date.now();
      await signal(name);
      expect(await ended).to.equal(code);
      expect(Date.now() - from).to.be.lessThan(5000);
      expect(sleepers()).to.deep.equal([]);
      expect(said.stdout).to.match(/^fatal: \[h1\]: FAILED! => .*interrupted: exec h1: what ran there was ended/m);
      for (const host of ['h1', 'h2'])
        expect(said.stdout).to.match(new RegExp(`^${host} +: ok=0 .*unreachable=0 +failed=1 .*ignored=0`, 'm'));
      expect(said.stdout).not.to.contain('never');
    });
  }

  it('twice: ends what ignores the gentle signal', async () => {
    start(play(`sh -c 'trap "" TERM; exec sleep ${seconds(30)}'`));
    await until('both sleep', () => sleepers().length === 2);
    await signal('SIGINT');
    await signal('SIGINT');
    expect(await ended).to.equal(130);
    await until('the killed are gone', () => sleepers().length === 0);
    expect(said.stdout).to.match(/^h1 +: ok=0 .*failed=1/m);
  });

  it('twice: ends what waits on the controller', async () => {
    start('- hosts: h2\n  gather_facts: false\n  tasks:\n    - pause: { seconds: 30 }\n');
    await until('it waits', () => said.stdout.includes('TASK [pause]'));
    await signal('SIGINT');
    await signal('SIGINT');
    expect(await ended).to.equal(130);
    expect(said.stdout)
      .to.match(/^fatal: \[h2\]: FAILED! => .*interrupted/m)
      .and.to.match(/^h2 +: ok=0 .*failed=1/m);
  });

  it('twice while a host lets itself be waited for: it ends all the same', async () => {
    project.write({ hosts: "h1 ansible_connection=exec ansible_exec_command='sleep 30'\n" });
    start(play('echo x'));
    await until('it is being connected', () => said.stdout.includes('TASK [take a while]'));
    await signal('SIGINT');
    await signal('SIGINT');
    expect(await ended).to.equal(130);
    expect(said.stdout).to.match(/^h1 +: ok=0 .*failed=1/m);
  });

  it('three times: ends at once', async () => {
    start(play(`sh -c 'trap "" TERM; exec sleep ${seconds(30)}'`));
    await until('both sleep', () => sleepers().length === 2);
    await signal('SIGINT');
    await signal('SIGINT');
    child.kill('SIGINT');
    expect(await ended).to.equal(130);
    expect(said.stdout).not.to.contain('RECAP');
  });
});
