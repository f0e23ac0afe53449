import { randomBytes } from 'node:crypto';
import { existsSync, rmdirSync } from 'node:fs';
import { expect } from 'chai';
import { connect } from '../../engine/connection/connect.ts';
import type { Connection, ConnectionSettings } from '../../engine/connection/connection.ts';
import { openShell, type Shell } from '../../engine/connection/shell.ts';
import { isUnreachable, type Unreachable } from '../../engine/connection/unreachable.ts';

const base: Omit<ConnectionSettings, 'kind'> = { host: 'box', hostKeyChecking: 'strict', connectTimeoutMs: 5000 };

/** Each way to a shell, and each shell, that this machine has. */
const shells: readonly { name: string; program: string | undefined; settings: ConnectionSettings }[] = [
  { name: 'local /bin/sh', program: '/bin/sh', settings: { ...base, kind: 'local' } },
  { name: 'exec dash', program: '/usr/bin/dash', settings: { ...base, kind: 'exec', command: 'dash' } },
  { name: 'exec bash', program: '/usr/bin/bash', settings: { ...base, kind: 'exec', command: 'bash' } },
  { name: 'exec bash as sh', program: '/usr/bin/bash', settings: { ...base, kind: 'exec', command: 'bash --posix' } },
  { name: 'exec busybox', program: '/usr/bin/busybox', settings: { ...base, kind: 'exec', command: 'busybox sh' } },
];

for (const { name, program, settings } of shells) {
  describe(`a shell by ${name}`, function () {
    this.timeout(20_000);
    let connection: Connection;
    let shell: Shell;

    before(async function () {
      if (program !== undefined && !existsSync(program)) {
        this.test?.parent?.eachTest((test) => {
          test.title += ` (skipped: ${program} is not installed)`;
        });
        this.skip();
      }
      connection = await connect(settings);
      shell = await openShell(connection);
    });

    after(async () => {
      await shell?.close();
      await connection?.close();
    });

    async function run(script: string): Promise<{ code: number; out: string; err: string }> {
      const reply = await shell.run({ script });
      return { code: reply.code, out: reply.stdout.toString(), err: reply.stderr.toString() };
    }

    it('returns what a script prints on both streams, and its exit code', async () => {
      expect(await run('echo out; echo err >&2; exit 3')).to.deep.equal({ code: 3, out: 'out\n', err: 'err\n' });
      expect(await run('printf x')).to.deep.equal({ code: 0, out: 'x', err: '' });
      expect(await run('')).to.deep.equal({ code: 0, out: '', err: '' });
    });

    const survivors: readonly [what: string, script: string, code: (code: number) => boolean][] = [
      ['a syntax error', 'if then (', (code) => code !== 0],
      ['an open quote', "echo 'open", (code) => code !== 0],
      ['exit', 'exit 7', (code) => code === 7],
      ['a failure under set -e', 'set -e; false; echo no', (code) => code === 1],
      ['exec of a command', 'exec false', (code) => code === 1],
      ['cd and variables', 'cd /usr; PATH=/nowhere; IFS=x; k=5; umask 0', (code) => code === 0],
      [
        'functions over the words it uses',
        'printf() { exit 9; }; eval() { exit 9; }; read() { exit 9; }',
        (c) => c >= 0,
      ],
      ['traps', 'trap "echo trapped" EXIT; trap "" TERM', (code) => code === 0],
      ['closed streams', 'exec >&- 2>&- <&- 3>&-', (code) => code === 0],
      ['streams sent elsewhere', 'exec >/dev/null 2>&1; echo no', (code) => code === 0],
      ['a read from stdin, which is empty', 'cat; read -r line', (code) => code !== 0],
      ['a signal to its process group', 'kill -TERM 0', (code) => code === 143],
      ['a signal to the shell by $$', 'kill -TERM $$', (code) => code === 0],
    ];
    for (const [what, script, expected] of survivors) {
      it(`goes on after ${what}`, async () => {
        const where = await run('pwd; umask');
        const { code } = await run(script);
        expect(expected(code), `exit code ${code}`).to.equal(true);
        expect(await run('pwd; umask')).to.deep.equal(where);
      });
    }

    it('names the signal that killed a script', async () => {
      const reply = await shell.run({ script: "sh -c 'kill -KILL $$'; exit $?" });
      expect([reply.code, reply.signal]).to.deep.equal([137, 'SIGKILL']);
      const self = await shell.run({ script: 'read -r pid rest </proc/self/stat; echo before; kill -KILL $pid' });
      expect([self.code, self.stdout.toString(), self.stderr.toString()]).to.deep.equal([137, 'before\n', '']);
    });

    it('carries every byte value in quoted scripts and in output', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
      const octal = [...bytes].map((value) => `\\${value.toString(8).padStart(3, '0')}`).join('');
      const reply = await shell.run({ script: `printf '${octal}'; printf '${octal}' >&2` });
      expect(reply.stdout.equals(bytes)).to.equal(true);
      expect(reply.stderr.equals(bytes)).to.equal(true);
      const text = "naïve “quotes” 'single' $HOME `id` \\ \u0001 ☃\n";
      const quoted = await shell.run({ script: `cat <<'END'\n${text}END\n` });
      expect(quoted.stdout.toString()).to.equal(text);
    });

    it('carries a megabyte of random bytes', async () => {
      const bytes = randomBytes(1024 * 1024);
      const script = `base64 -d <<'END'\n${bytes.toString('base64').replace(/(.{76})/g, '$1\n')}\nEND\n`;
      const reply = await shell.run({ script, outputLimit: 4 * 1024 * 1024 });
      expect(reply.stdout.equals(bytes)).to.equal(true);
      expect(reply.stdoutTruncated).to.equal(false);
    });

    it('does not take printed frames for its own', async () => {
      const fake = `${'0123456789abcdef'.repeat(2)}`;
      const printed = `${fake}<\\nhello${fake}>0\\n`;
      const script = `printf '${printed}'; printf '${printed}' >&2; exit 5`;
      expect(await run(script)).to.deep.equal({
        code: 5,
        out: `${fake}<\nhello${fake}>0\n`,
        err: `${fake}<\nhello${fake}>0\n`,
      });
    });

    it('refuses a NUL in a script, and goes on', async () => {
      const refused = await shell.run({ script: 'echo \0' }).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(TypeError);
      expect((await run('echo on')).out).to.equal('on\n');
    });

    it('runs frames sent at once in their order, in one round trip', async () => {
      const trips = shell.roundTrips;
      const counter = Array.from({ length: 50 }, (_, index) => run(`echo ${index}; echo e${index} >&2; exit ${index}`));
      const replies = await Promise.all(counter);
      expect(replies).to.deep.equal(
        Array.from({ length: 50 }, (_, index) => ({ code: index, out: `${index}\n`, err: `e${index}\n` })),
      );
      expect(shell.roundTrips).to.equal(trips + 1);
      await run(':');
      expect(shell.roundTrips).to.equal(trips + 2);
    });

    it('stops a train where one of it fails, in one round trip', async () => {
      const trips = shell.roundTrips;
      const frames = [
        { script: 'echo 1', inTrain: 'first' },
        { script: 'false' },
        { script: 'echo 2; echo e >&2', inTrain: 'next', timeoutMs: 5000 },
        { script: 'exit 3', inTrain: 'next' },
        { script: 'echo between' },
        { script: 'echo never', inTrain: 'next', timeoutMs: 5000 },
        { script: 'echo never', inTrain: 'next' },
        { script: 'echo another', inTrain: 'first' },
        { script: 'echo 4', inTrain: 'next' },
      ] as const;
      const replies = await Promise.all(frames.map((frame) => shell.run(frame)));
      expect(replies.map(({ code, stdout, stderr }) => `${code} ${stdout}${stderr}`)).to.deep.equal([
        '0 1\n',
        '1 ',
        '0 2\ne\n',
        '3 ',
        '0 between\n',
        '256 ',
        '256 ',
        '0 another\n',
        '0 4\n',
      ]);
      expect(shell.roundTrips).to.equal(trips + 1);
    });

    it('keeps head and tail of a long output, and counts the rest', async () => {
      const reply = await shell.run({ script: 'echo begin; head -c 3000000 /dev/zero; echo end', outputLimit: 1000 });
      expect(reply.stdoutBytes).to.equal(3_000_010);
      expect([reply.stdout.length, reply.stdoutTruncated, reply.stderrTruncated]).to.deep.equal([1000, true, false]);
      expect(reply.stdout.toString('latin1', 0, 7)).to.equal('begin\n\0');
      expect(reply.stdout.toString('latin1', 995)).to.equal('\0end\n');
    });

    it('kills a frame that takes too long, with all it started, and goes on', async () => {
      const started = Date.now();
      const [one, other] = [`61.${process.pid}`, `62.${process.pid}`]; // nobody else's sleeps
      const slow = shell.run({ script: `echo started; sleep ${one} & sh -c "sleep ${other}"`, timeoutMs: 200 });
      const next = run('echo next');
      const reply = await slow;
      expect([reply.timedOut, reply.stdout.toString()]).to.deep.equal([true, 'started\n']);
      expect(reply.code).to.be.greaterThan(128);
      expect((await next).out).to.equal('next\n');
      expect(Date.now() - started).to.be.lessThan(4000);
      const left = `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c 'sleep 6[12][.]${process.pid}'`;
      // the last of them may still be dying when the frame is over
      const end = Date.now() + 4000;
      while ((await run(left)).out !== '0\n' && Date.now() < end) await new Promise((done) => setTimeout(done, 50));
      expect((await run(left)).out).to.equal('0\n');
    });

    it('when aborted ends what is under way with all it started, within three seconds, and begins nothing more', async () => {
      const other = await openShell(connection);
      const [one, two] = [`71.${process.pid}`, `72.${process.pid}`];
      const done = await other.run({ script: 'echo done' });
      const settled = Promise.allSettled([
        other.run({ script: `sleep ${one} & sh -c "trap '' TERM; sleep ${two}; sleep ${two}"` }),
        other.run({ script: `sleep ${one}; sleep ${one}` }),
      ]);
      const each = `for it in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$it; echo; done 2>/dev/null`;
      const alive = `{ ${each}; } | grep -c '^sleep 7[12][.]${process.pid} $'`;
      const waitFor = async (count: string): Promise<void> => {
        const end = Date.now() + 4000;
        while ((await run(alive)).out !== count && Date.now() < end) await new Promise((go) => setTimeout(go, 50));
        expect((await run(alive)).out).to.equal(count);
      };
      await waitFor('2\n');
      const started = Date.now();
      await other.abort();
      expect(Date.now() - started).to.be.lessThan(3500);
      const late = await other.run({ script: ':' }).catch((error: unknown) => error);
      expect(done.code).to.equal(0);
      for (const end of await settled) {
        const { reason } = end as PromiseRejectedResult;
        expect(isUnreachable(reason) && reason.kind).to.equal('lost');
        expect((reason as Unreachable).message).to.match(/what ran there was ended$/);
      }
      expect(isUnreachable(late)).to.equal(true);
      await waitFor('0\n');
      await other.close();
    });

    it('when aborted with nothing under way is over at once', async () => {
      const other = await openShell(connection);
      await Promise.all([other.abort(), other.abort()]);
      expect(isUnreachable(await other.run({ script: ':' }).catch((error: unknown) => error))).to.equal(true);
      await other.close();
    });

    it('leaves a frame alone that ends in time', async () => {
      const reply = await shell.run({ script: 'echo "[$k$l]"; exit 4', timeoutMs: 5000 });
      expect([reply.timedOut, reply.code, reply.stdout.toString()]).to.deep.equal([false, 4, '[]\n']);
    });

    it('rejects all frames under way when the shell dies, and those that come later', async () => {
      const other = await openShell(connection);
      const settled = await Promise.allSettled([
        other.run({ script: 'echo done' }),
        other.run({ script: 'echo partial; kill -KILL $$; sleep 5' }),
        other.run({ script: 'echo never' }),
      ]);
      expect(settled.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'rejected']);
      const late = await other.run({ script: ':' }).catch((error: unknown) => error);
      for (const error of [(settled[1] as PromiseRejectedResult).reason, late]) {
        expect(isUnreachable(error) && error.kind).to.equal('lost');
        expect((error as Unreachable).message).to.match(/ended killed by SIGKILL/);
      }
      await other.close();
    });
  });
}

describe('a shell', function () {
  this.timeout(20_000);

  async function refused(settings: Partial<ConnectionSettings>, readyTimeoutMs = 5000): Promise<Unreachable> {
    const connection = await connect({ ...base, kind: 'exec', ...settings });
    const error = await openShell(connection, { readyTimeoutMs }).catch((caught: unknown) => caught);
    await connection.close();
    if (!isUnreachable(error)) throw new Error(`not refused: ${String(error)}`);
    return error;
  }

  it('ignores what is printed before its first frame', async () => {
    const noise = `sh -c 'echo welcome; echo "\\033[1mhi" >&2; head -c 100000 /dev/urandom; exec sh'`;
    const connection = await connect({ ...base, kind: 'exec', command: noise });
    const shell = await openShell(connection);
    const reply = await shell.run({ script: 'echo clean' });
    expect([reply.stdout.toString(), reply.stderr.toString()]).to.deep.equal(['clean\n', '']);
    await shell.close();
    await connection.close();
  });

  it('says what the host said when it gives no shell', async () => {
    const none = await refused({ command: "sh -c 'echo This account is currently not available.; exit 1'" });
    expect(none.kind).to.equal('shell');
    expect(none.message).to.equal(
      'exec box: /bin/sh ended with exit code 1 before its first reply: This account is currently not available.',
    );
    expect(none.hint).to.equal('the account has no login shell');
    const missing = await refused({ command: '/no/such/program' });
    expect([missing.kind, /ENOENT/.test(missing.message)]).to.deep.equal(['shell', true]);
  });

  it('says so when the host never answers', async () => {
    const silent = await refused({ command: 'sleep 60' }, 200);
    expect(silent.kind).to.equal('shell');
    expect(silent.message).to.match(/no answer in 200 ms/);
  });

  it('keeps memory bounded and finishes soon with 100 MB of output', async () => {
    const connection = await connect({ ...base, kind: 'local' });
    const shell = await openShell(connection);
    const before = process.memoryUsage().rss;
    const started = Date.now();
    const reply = await shell.run({ script: 'head -c 100000000 /dev/zero' });
    const taken = Date.now() - started;
    const grown = process.memoryUsage().rss - before;
    expect([reply.stdoutBytes, reply.stdout.length]).to.deep.equal([100_000_000, 1024 * 1024]);
    expect(taken).to.be.lessThan(3000);
    expect(grown).to.be.lessThan(60_000_000);
    await shell.close();
    await connection.close();
  });

  it('kills a frame that ignores the gentle signal', async () => {
    const connection = await connect({ ...base, kind: 'local' });
    const shell = await openShell(connection);
    const stubborn = await shell.run({ script: "trap '' TERM; while :; do sleep 0.1; done", timeoutMs: 100 });
    expect([stubborn.timedOut, stubborn.code]).to.deep.equal([true, 137]);
    await shell.close();
    await connection.close();
  });

  it('says so when an abort could not end what runs', async () => {
    const mark = `/tmp/kplay-abort-${process.pid}`;
    const onlyOne = `sh -c 'if mkdir "$0" 2>/dev/null; then exec sh; else exec sleep 20; fi' ${mark}`;
    const connection = await connect({ ...base, kind: 'exec', command: onlyOne });
    const shell = await openShell(connection);
    const cut = shell.run({ script: 'sleep 20' }).catch((error: unknown) => error);
    const started = Date.now();
    await shell.abort();
    expect(Date.now() - started).to.be.within(2900, 4000);
    expect(((await cut) as Unreachable).message).to.match(/could not be ended in time, and may run on$/);
    await connection.close();
    rmdirSync(mark);
  });

  it('gives up the shell when a frame cannot be killed', async () => {
    const onlyOne = `sh -c 'if mkdir "$0" 2>/dev/null; then exec sh; else exit 1; fi' /tmp/kplay-once-${process.pid}`;
    const connection = await connect({ ...base, kind: 'exec', command: onlyOne });
    const shell = await openShell(connection);
    const [slow, next] = await Promise.allSettled([
      shell.run({
        script: `rmdir /tmp/kplay-once-${process.pid}; mkdir /tmp/kplay-once-${process.pid}; sleep 60`,
        timeoutMs: 300,
      }),
      shell.run({ script: 'echo never' }),
    ]);
    expect(slow.status === 'fulfilled' && [slow.value.timedOut, slow.value.code]).to.deep.equal([true, -1]);
    expect(next.status === 'rejected' && (next.reason as Unreachable).kind).to.equal('lost');
    await connection.close();
    const cleaner = await connect({ ...base, kind: 'local' });
    const broom = await openShell(cleaner);
    await broom.run({ script: `rmdir /tmp/kplay-once-${process.pid}` });
    await broom.close();
  });
});
