import { execFile } from 'node:child_process';
import { expect } from 'chai';
import { type Ask, batchedReader } from '../../engine/target/batch.ts';
import { type Domain, type QueryKind, refusal } from '../../engine/target/query.ts';
import { shells } from './queries/run-query.ts';

/** Echoes its keys; `bad` is refused, a key that begins with `!` ends the script. */
function kind(name: string, domains: readonly Domain[]): QueryKind<string, string> {
  return {
    name,
    domains,
    id: (key) => key.toLowerCase(),
    script(keys) {
      if (keys.includes('unsayable')) throw new TypeError('no such word');
      return keys.map((key) => (key.startsWith('!') ? 'echo dead >&2; exit 7' : `echo '${name} ${key}'`)).join('\n');
    },
    parse: (stdout, keys) =>
      keys.map((key, index) => (key === 'bad' ? refusal(`${key} is bad`) : stdout.toString().split('\n')[index]!)),
  };
}

describe('a batched reader', () => {
  const files = kind('files', ['files']);
  const units = kind('units', ['units', 'files']);
  let asked: string[];
  const ask: Ask = (script) => {
    asked.push(script);
    return new Promise((resolve) => {
      execFile('/bin/sh', ['-c', script], { encoding: 'buffer' }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  };
  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'no failure',
      (error: Error) => error.message,
    );
  beforeEach(() => {
    asked = [];
  });

  it('asks all that is asked in one tick by one script, each kind once, and answers in order', async () => {
    const reader = batchedReader(ask);
    const answers = await Promise.all([reader.query(files, 'a'), reader.query(units, 'b'), reader.query(files, 'c')]);
    expect(answers).to.deep.equal(['files a', 'units b', 'files c']);
    expect(asked).to.have.length(1);
  });

  it('waits for what follows from promises already settled', async () => {
    const reader = batchedReader(ask);
    const late = async () => {
      for (let turn = 0; turn < 20; turn += 1) await null;
      return reader.query(files, 'late');
    };
    await Promise.all([reader.query(files, 'soon'), late()]);
    expect(asked).to.have.length(1);
  });

  it('asks anew what changes without the host', async () => {
    const reader = batchedReader(ask);
    const volatile = { ...files, volatile: true } as const;
    for (const _ of [1, 2]) expect(await reader.query(volatile, 'a')).to.equal('files a');
    expect(asked).to.have.length(2);
  });

  it('remembers answers by their identity, also while they are under way', async () => {
    const reader = batchedReader(ask);
    const [one, same] = await Promise.all([reader.query(files, 'a'), reader.query(files, 'A')]);
    expect([one, same, await reader.query(files, 'a')]).to.deep.equal(['files a', 'files a', 'files a']);
    expect(asked).to.have.length(1);
    expect(asked[0]!.match(/echo/g)).to.have.length(1);
  });

  const forgettings: readonly (readonly [readonly Domain[] | undefined, number, number])[] = [
    [undefined, 1, 1],
    [['files'], 1, 1],
    [['units'], 0, 1],
    [['packages', 'kernel'], 0, 0],
    [[], 0, 0],
  ];
  for (const [domains, filesAgain, unitsAgain] of forgettings) {
    it(`after a change of ${domains ? domains.join(', ') || 'nothing' : 'anything'} asks ${filesAgain + unitsAgain} of two kinds again`, async () => {
      const reader = batchedReader(ask);
      const both = () => Promise.all([reader.query(files, 'x'), reader.query(units, 'x')]);
      await both();
      reader.forget({ domains });
      await both();
      const again = asked.slice(1).join();
      expect([again.includes('files x'), again.includes('units x')]).to.deep.equal([
        filesAgain === 1,
        unitsAgain === 1,
      ]);
    });
  }

  it('gives nobody an answer from before the forgetting who asks after it', async () => {
    let answer = 'old';
    const releases: (() => void)[] = [];
    const reader = batchedReader(async (script) => {
      const nonce = /[0-9a-f]{32}/.exec(script)![0];
      const stdout = Buffer.from(`${answer}\n\n${nonce} 0\n`);
      await new Promise<void>((resolve) => releases.push(resolve));
      return { code: 0, stdout, stderr: Buffer.alloc(0) };
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const before = reader.query(files, 'a');
    await turn();
    reader.forget();
    answer = 'new';
    const after = reader.query(files, 'a');
    await turn();
    for (const release of releases) release();
    expect(await Promise.all([before, after])).to.deep.equal(['old', 'new']);
    expect(await reader.query(files, 'a')).to.equal('new');
  });

  it('a kind that fails fails alone, with its exit code and what it said', async () => {
    const reader = batchedReader(ask);
    const [failure, other] = await Promise.all([failureOf(reader.query(files, '!')), reader.query(units, 'a')]);
    expect(failure).to.equal('reading files failed (exit 7): dead');
    expect(other).to.equal('units a');
  });

  it('a kind whose script cannot be written fails alone', async () => {
    const reader = batchedReader(ask);
    const [failure, other] = await Promise.all([failureOf(reader.query(files, 'unsayable')), reader.query(units, 'a')]);
    expect([failure, other]).to.deep.equal(['no such word', 'units a']);
    expect(await failureOf(reader.query(files, 'unsayable'))).to.equal('no such word');
  });

  it('a question that is refused fails alone among those of its kind', async () => {
    const reader = batchedReader(ask);
    expect(
      await Promise.all([reader.query(files, 'a'), failureOf(reader.query(files, 'bad')), reader.query(files, 'c')]),
    ).to.deep.equal(['files a', 'bad is bad', 'files c']);
  });

  it('does not remember failures: a lost shell may be there again', async () => {
    let lost = true;
    const reader = batchedReader((script) => (lost ? Promise.reject(new Error('lost')) : ask(script)));
    expect(await failureOf(reader.query(files, 'a'))).to.equal('lost');
    lost = false;
    expect(await reader.query(files, 'a')).to.equal('files a');
  });

  it('a host that stops answering in the middle fails the questions that are left, not those answered', async () => {
    const reader = batchedReader(async (script) => {
      const nonce = /[0-9a-f]{32}/.exec(script)![0];
      return { code: 0, stdout: Buffer.from(`files a\n\n${nonce} 0\n`), stderr: Buffer.from('killed') };
    });
    const [answer, failure] = await Promise.all([reader.query(files, 'a'), failureOf(reader.query(units, 'a'))]);
    expect([answer, failure]).to.deep.equal(['files a', 'reading units gave no answer: killed']);
  });

  for (const [program, ...words] of shells) {
    it(`what a kind tells in pieces is written by ${program} at once, to the byte`, async () => {
      // bytes that are no letters, those that dash marks things with, line ends at the end, a `)` that ends nothing
      const pieces = ['a\n', 'é \\201\\210\\377 %', '$x `y` "z" \\\\', '\n\n\n'];
      const bytes = Buffer.concat([
        Buffer.from('a\né '),
        Buffer.from([0o201, 0o210, 0o377]),
        Buffer.from(' %$x `y` "z" \\\n\n\n'),
      ]);
      const inPieces: QueryKind<string, string> = {
        name: 'pieces',
        domains: ['files'],
        gathers: (keys) => !keys.includes('apart'),
        id: (key) => key,
        script: () =>
          [`case x in x) :;; esac # it's`, ...pieces.map((piece) => `printf '${piece.replaceAll(' %', ' %%')}'`)].join(
            '\n',
          ),
        parse: (stdout, keys) => keys.map(() => stdout.toString('hex')),
      };
      const dead = kind('dead', ['units']);
      const gathered = { ...dead, name: 'gathered', gathers: () => true };
      let writes = '';
      const reader = batchedReader(
        (script) =>
          new Promise((resolve) => {
            writes = script;
            execFile(program!, [...words, '-c', script], { encoding: 'buffer' }, (error, stdout, stderr) =>
              resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
            );
          }),
      );
      const [whole, plain, failed, after] = await Promise.all([
        reader.query(inPieces, 'any'),
        reader.query(files, 'b'),
        failureOf(reader.query(gathered, '!')),
        reader.query({ ...inPieces, name: 'others' }, 'apart'),
      ]);
      expect(whole).to.equal(bytes.toString('hex'));
      expect(after).to.equal(whole);
      expect([plain, failed]).to.deep.equal(['files b', 'reading gathered failed (exit 7): dead']);
      expect(writes.match(/printf '%s' "\$\{o%\.\}"/g), 'gathered').to.have.length(1);
    });
  }

  it('what is gathered may be large', async () => {
    const large: QueryKind<string, number> = {
      name: 'large',
      domains: ['files'],
      gathers: () => true,
      id: (key) => key,
      script: () => 'seq 100000',
      parse: (stdout, keys) => keys.map(() => stdout.length),
    };
    expect(await batchedReader(ask).query(large, 'a')).to.equal(
      Array.from({ length: 100_000 }, (_, n) => `${n + 1}\n`).join('').length,
    );
  });
});
