import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { bothWays, tasks } from './both-ways.ts';
import { type Stage, stage } from './harness.ts';

/** Jobs of these plays lie below the stage's own folder. */
const book = (text: string, hosts = 'h1') =>
  tasks(text, hosts).replace('vars: { d:', 'vars: { ansible_async_dir: "{{ playbook_dir }}/jobs", d:');

describe('async', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage();
  });
  afterEach(() => on.close());
  const left = () => (existsSync(join(on.folder, 'jobs')) ? readdirSync(join(on.folder, 'jobs')) : []);

  it('waits for the task with a poll, gives the result of the command, and leaves nothing behind', async () => {
    const played = await on.play(
      book(`
- { name: work, shell: "echo out; echo err >&2; exit 3", async: 10, poll: 1, register: x, failed_when: x.rc != 3 }
- { name: list, command: { argv: [printf, "%s|", a b, "it's"], stdin: fed }, async: 10, poll: 1 }
- { name: stdin, command: cat, args: { stdin: fed }, environment: { HIDDEN: y }, async: 10, poll: 1 }`),
    );
    expect(played.story).to.deep.equal(['h1 work changed', 'h1 list changed', 'h1 stdin changed']);
    const { rc, stdout, stderr, started, finished } = played.result('work');
    expect({ rc, stdout, stderr, started, finished }).to.deep.equal({
      rc: 3,
      stdout: 'out',
      stderr: 'err',
      started: true,
      finished: true,
    });
    expect(played.result('work')['ansible_job_id']).to.match(/^j\d{12}\.\d+$/);
    expect(played.result('list')['stdout']).to.equal("a b|it's|");
    expect(played.result('stdin')['stdout']).to.equal('fed');
    expect(left()).to.deep.equal([]);
  });

  it('runs in a session of its own, which the connection does not end', async () => {
    const played = await on.play(
      book(`
- { name: own, shell: "read -r pid comm state parent group session rest </proc/self/stat; echo $session; echo $PPID", async: 10, poll: 1 }
- { name: start, shell: "sleep 0.8; touch {{ d }}/made", async: 20, poll: 0 }
- meta: reset_connection
- { name: made, wait_for: { path: "{{ d }}/made", timeout: 5 } }`),
    );
    const [session] = played.result('own')['stdout_lines'] as string[];
    expect(Number(session)).to.be.greaterThan(1);
    expect(session).to.not.equal(readFileSync('/proc/self/stat', 'utf8').split(' ')[5]);
    expect(played.recap['h1']).to.include({ failed: 0, unreachable: 0 });
  });

  it('ends what takes longer than its time, with all that it has started, and fails', async () => {
    const played = await on.play(
      book(`
- { name: long, shell: "(sleep 4; touch {{ d }}/late) & sleep 30", async: 1, poll: 1, ignore_errors: true }
- { name: wait, pause: { seconds: 3 } }
- { name: look, stat: { path: "{{ d }}/late" } }`),
    );
    expect(played.story[0]).to.equal('h1 long failed ignored');
    expect(played.result('long')['msg']).to.equal('async task did not complete within the requested time of 1 s');
    expect(played.result('look')['stat']).to.include({ exists: false });
    expect(left()).to.deep.equal([]);
  });

  it('goes on at once with poll 0, and async_status tells the rest', async () => {
    const played = await on.play(
      book(`
- { name: start, shell: "sleep 1; echo done; exit 2", async: 20, poll: 0, register: job }
- { name: first, async_status: { jid: "{{ job.ansible_job_id }}" }, register: x }
- { name: running, assert: { that: [x is started, x is not finished, not x.finished] } }
- { name: last, async_status: { jid: "{{ job.ansible_job_id }}" }, register: x, until: x is finished, retries: 20, delay: 0.2, failed_when: "x.rc | default(0) not in [0, 2]" }
- { name: folder, stat: { path: "{{ job.results_file }}" } }
- { name: away, async_status: { jid: "{{ job.ansible_job_id }}", mode: cleanup } }`),
    );
    const { changed, started, finished, results_file: file } = played.result('start');
    expect({ changed, started, finished }).to.deep.equal({ changed: true, started: true, finished: false });
    expect(String(file)).to.match(/\/jobs\/j\d+\.\d+$/);
    expect(played.result('last')).to.include({
      rc: 2,
      stdout: 'done',
      cmd: 'sleep 1; echo done; exit 2',
      finished: true,
    });
    expect(played.result('last')['delta']).to.match(/^0:00:01\./);
    expect(played.result('folder')['stat']).to.include({ exists: true, mode: '0700' });
    expect(left()).to.deep.equal([]);
  });

  it('a run after it finds the job by its folder; an unknown id is a failure', async () => {
    const first = await on.play(book('- { name: start, command: echo hello, async: 20, poll: 0 }'));
    const jid = String(first.result('start')['ansible_job_id']);
    const next = await on.play(
      book(`
- { name: there, async_status: { jid: ${jid}, async_dir: "{{ d }}/jobs" }, register: x, until: x is finished, delay: 0.2, retries: 20 }
- { name: elsewhere, async_status: { jid: j1.2, async_dir: "{{ d }}/jobs" }, ignore_errors: true }`),
    );
    expect(next.result('there')).to.include({ rc: 0, stdout: 'hello', changed: true, finished: true });
    expect(next.result('elsewhere')['msg']).to.contain('could not find job');
  });

  it('a loop starts a job for each item, side by side', async () => {
    const begun = Date.now();
    const played = await on.play(
      book(`
- { name: start, shell: "sleep 1; echo {{ item }}", loop: [a, b, c, d], async: 20, poll: 0, register: jobs }
- { name: collect, async_status: { jid: "{{ item.ansible_job_id }}" }, loop: "{{ jobs.results }}", register: all, until: all is finished, retries: 30, delay: 0.2 }
- { name: told, debug: { msg: "{{ all.results | map(attribute='stdout') | join }}" } }`),
    );
    expect(played.result('told')['msg']).to.equal('abcd');
    expect(Date.now() - begun).to.be.lessThan(4000);
  });

  describe('a module about a state', () => {
    const engine = join(import.meta.dirname, '../../engine/index.js');
    beforeEach(() =>
      on.write({
        'modules/slow.mjs': `import { defineModule } from '${engine}';
export default defineModule({
  summary: 'Makes a file, slowly.',
  args: { path: { required: true }, code: { type: 'int', default: 0 } },
  probe: async ({ args, target }) => ({ there: await target.exists(args.path) }),
  desired: () => ({ there: true }),
  async apply({ args, target }) {
    await target.mutate({ summary: 'first', script: 'sleep 0.3', effects: [] });
    await target.mutate({ summary: 'then', script: 'touch ' + args.path + '; exit ' + args.code, effects: [] });
  },
});`,
      }),
    );
    const warnings = ({ events }: Awaited<ReturnType<Stage['play']>>) =>
      events.flatMap((one) => (one.type === 'warning' ? [one.message] : []));

    it('is done by jobs, and is over before its play is', async () => {
      const played = await on.play(
        book(`
- { name: waited, slow: { path: "{{ d }}/a" }, async: 30, poll: 1 }
- { name: again, slow: { path: "{{ d }}/a" }, async: 30, poll: 0 }
- { name: begun, slow: { path: "{{ d }}/b" }, async: 30, poll: 0 }
- { name: not yet, stat: { path: "{{ d }}/b" } }`),
      );
      expect(played.story).to.deep.equal(['h1 waited changed', 'h1 again ok', 'h1 begun changed', 'h1 not yet ok']);
      expect(played.result('again')).to.include({ finished: true });
      expect(played.result('begun')).to.include({ finished: false });
      expect(played.result('not yet')['stat']).to.include({ exists: false });
      expect(existsSync(join(on.folder, 'b'))).to.equal(true);
      expect(warnings(played)).to.deep.equal([]);
      expect(left()).to.deep.equal([]);
    });

    it('that fails in the background is warned of, unless it is asked about', async () => {
      const played = await on.play(
        book(`
- { name: asked, slow: { path: "{{ d }}/a", code: 4 }, async: 30, poll: 0, register: job }
- { name: tells, async_status: { jid: "{{ job.ansible_job_id }}" }, register: x, until: x is finished, retries: 30, delay: 0.3, ignore_errors: true }
- { name: unasked, slow: { path: "{{ d }}/b", code: 4 }, async: 30, poll: 0 }`),
      );
      expect(played.story).to.deep.equal(['h1 asked changed', 'h1 tells failed ignored', 'h1 unasked changed']);
      expect(played.result('tells')).to.include({ rc: 4, finished: true, msg: 'then: exit code 4' });
      expect(warnings(played)).to.deep.equal(['"unasked" on h1 failed in the background: then: exit code 4']);
    });
  });

  it('keeps what it is told out of the process list', async () => {
    const played = await on.play(
      book(
        `- { name: look, shell: "cat /proc/[0-9]*/cmdline | tr '\\\\0' ' ' | grep -c 'sec[r]et word' ; true", environment: { WORD: secret word }, args: { stdin: secret word }, async: 10, poll: 1 }`,
      ),
    );
    expect(played.result('look')['stdout']).to.equal('0');
  });

  it('is ended with the run, with all that it has started, and leaves nothing behind', async () => {
    const [signal, stop] = [new AbortController(), new AbortController()];
    const begun = join(on.folder, 'begun');
    const playing = on.play(
      book('- { name: long, shell: "echo $$ > {{ d }}/begun; sleep 60", async: 100, poll: 1, ignore_errors: true }'),
      { signal: signal.signal, stop: stop.signal },
    );
    while (!existsSync(begun) || readFileSync(begun, 'utf8') === '') await sleep(50);
    signal.abort();
    stop.abort();
    const played = await playing;
    expect(played.story).to.deep.equal(['h1 long failed']);
    const pid = readFileSync(begun, 'utf8').trim();
    for (let tries = 0; existsSync(`/proc/${pid}`) && tries < 60; tries += 1) await sleep(50);
    expect(existsSync(`/proc/${pid}`)).to.equal(false);
    for (let tries = 0; left().length > 0 && tries < 60; tries += 1) await sleep(50);
    expect(left()).to.deep.equal([]);
  });

  it('tells a program that cannot be started as any command does', async () => {
    const played = await on.play(
      book('- { name: none, command: /nowhere/none, async: 10, poll: 1, ignore_errors: true }'),
    );
    expect(played.result('none')).to.include({ rc: 2, changed: false });
    expect(played.result('none')['msg']).to.equal('[Errno 2] No such file or directory: /nowhere/none');
  });

  it('is done as the user that the task becomes', async function () {
    if (process.getuid?.() !== 0) this.skip();
    chmodSync(on.folder, 0o777);
    const played = await on.play(
      book(
        '- { name: who, command: id -un, async: 20, poll: 1 }\n- { name: owner, shell: "sleep 1; id -un", async: 20, poll: 0, register: job }\n- { name: its, stat: { path: "{{ job.results_file }}" } }',
      ).replace(
        'gather_facts: false',
        'gather_facts: false\n  become: true\n  become_user: nobody\n  become_method: su\n  become_flags: -s /bin/sh',
      ),
    );
    expect(played.result('who')['stdout']).to.equal('nobody');
    expect(played.result('its')['stat']).to.include({ pw_name: 'nobody', mode: '0700' });
  });

  it('has no meaning for what runs on the controller', async () => {
    const played = await on.play(book('- { name: say, debug: { msg: x }, async: 10 }'));
    expect(played.result('say')['msg']).to.contain('debug cannot have async');
  });

  it('0 is an ordinary task', async () => {
    const played = await on.play(book('- { name: plain, command: echo x, async: "{{ 0 }}", poll: 0 }'));
    expect(played.result('plain')).to.include({ stdout: 'x' }).and.not.to.have.property('ansible_job_id');
  });

  it('check mode predicts a state, does not know a command, and starts nothing', async () => {
    const played = await on.play(
      book(`
- { name: file, copy: { content: x, dest: "{{ d }}/plain" }, async: 30, poll: 0, register: job }
- { name: told, async_status: { jid: "{{ job.ansible_job_id }}" } }
- { name: there, stat: { path: "{{ d }}/plain" } }
- { name: command, command: "touch {{ d }}/made", async: 30, poll: 0, register: job }
- { name: unknown, async_status: { jid: "{{ job.ansible_job_id }}" }, register: x, until: x is finished }
- { name: waited, command: "touch {{ d }}/made", async: 30, poll: 1 }`),
      { check: true },
    );
    expect(played.recap['h1']).to.include({ failed: 0 });
    expect(played.result('told')).to.include({ changed: true, finished: true });
    expect(played.result('there')['stat']).to.include({ exists: true });
    expect(played.outcomes.filter(({ unknown }) => unknown !== undefined).map(({ task }) => task.name)).to.deep.equal([
      'command',
      'unknown',
      'waited',
    ]);
    expect(readdirSync(on.folder).sort()).to.deep.equal(['hosts', 'site.yml']);
  });

  describe('and reading ahead', () => {
    const later = 'sleep 0.6; touch {{ d }}/x';
    const look = `- { name: look, stat: { path: "{{ d }}/x" }, register: x }
- { name: there, assert: { that: x.stat.exists } }`;
    const plays: Readonly<Record<string, string>> = {
      'sees what a job made that was waited for': `
- { name: before, stat: { path: "{{ d }}/x" } }
- { name: job, shell: "${later}", async: 10, poll: 1 }
${look}`,
      'sees what a job made that was asked about': `
- { name: job, shell: "${later}", async: 10, poll: 0, register: job }
- { name: before, stat: { path: "{{ d }}/x" } }
- { name: asked, async_status: { jid: "{{ job.ansible_job_id }}" }, register: j, until: j is finished, retries: 20, delay: 0.3 }
${look}`,
      'sees what a job made that nobody asks about': `
- { name: job, shell: "${later}", async: 10, poll: 0 }
- { name: before, stat: { path: "{{ d }}/x" } }
- { name: slow, command: sleep 1 }
${look}
- { name: made anew, copy: { content: y, dest: "{{ d }}/x" } }`,
      'does not send changes ahead of what a job may still do': `
- { name: job, shell: "sleep 0.5; echo old > {{ d }}/conf", async: 10, poll: 0, register: job }
- { name: other, copy: { content: a, dest: "{{ d }}/a" } }
- { name: wait, pause: { seconds: 1 } }
- { name: conf, copy: { content: new, dest: "{{ d }}/conf" } }
- { name: mode, file: { path: "{{ d }}/conf", mode: "0600" } }`,
    };
    for (const [title, text] of Object.entries(plays))
      it(title, async () => {
        const { story } = await bothWays(
          book(`${text}\n- { name: away, file: { path: "{{ d }}/jobs", state: absent } }`),
        );
        expect(story.some((line) => line.includes('failed'))).to.equal(false);
      });
  });
});
