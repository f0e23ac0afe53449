/** `vars_prompt` asks, confirms and hashes as its entry says. */
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { answerPrompts } from '../../engine/cli/prompts.ts';
import type { Terminal } from '../../engine/cli/secret-input.ts';
import { Unsafe } from '../../engine/template/values.ts';
import { planOf } from '../plan/kit.ts';

/** What was kept, what the terminal showed, and each switch of its echo, after these lines were typed. */
async function asked(entry: string, typed: string, extra: Readonly<Record<string, unknown>> = {}) {
  const { plan } = await planOf({
    'site.yml': `- hosts: all\n  vars_prompt:\n    - {name: x, ${entry}}\n    - name: y\n`,
  });
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => raw.push(mode) });
  const output = new PassThrough();
  input.write(typed);
  const terminal = { input, output } as unknown as Terminal;
  const answers = await answerPrompts(plan, { y: 1, ...extra }, { input: true }, terminal);
  return { answer: answers(0)['x'], shown: String(output.read() ?? ''), raw };
}

describe('vars_prompt', () => {
  it('asks without an echo unless private is false, which shows the default, too', async () => {
    expect(await asked('prompt: Word', 'abc\n')).to.deep.equal({
      answer: 'abc',
      shown: 'Word: \n',
      raw: [true, false],
    });
    expect(await asked('prompt: Word, private: no, default: d', '\n')).to.deep.equal({
      answer: 'd',
      shown: 'Word [d]: ',
      raw: [],
    });
  });

  it('shows a default that is a float as it is written, and keeps it', async () => {
    const { answer, shown } = await asked('private: no, default: 8.0', '\n');
    expect([String(answer), shown]).to.deep.equal(['8.0', 'x [8.0]: ']);
  });

  it('asks a second time, and anew where the answers differ', async () => {
    const { answer, shown } = await asked('confirm: true', 'a\nb\nc\nc\n');
    expect(answer).to.equal('c');
    expect(shown).to.equal('x: \nconfirm x: \nThe two answers differ: once more.\nx: \nconfirm x: \n');
  });

  it('keeps the hash in place of the answer', async () => {
    const { answer } = await asked('encrypt: sha512_crypt, salt: saltsalt', 'secret\n');
    expect((answer as Unsafe).text).to.match(/^\$6\$rounds=656000\$saltsalt\$[./\w]{86}$/);
    const bcrypt = await asked('encrypt: bcrypt', 'secret\n');
    expect((bcrypt.answer as Unsafe).text).to.match(/^\$2b\$12\$[./\w]{53}$/);
    const md5 = await asked('encrypt: md5_crypt, salt: saltsalt', 'pw\n');
    expect((md5.answer as Unsafe).text).to.equal('$1$saltsalt$6SNdNaZLKst2LlSm7oPPL1');
    const drawn = await asked('encrypt: sha256_crypt, salt_size: 7', 'secret\n');
    expect((drawn.answer as Unsafe).text).to.match(/^\$5\$rounds=535000\$[./\w]{7}\$[./\w]{43}$/);
  });

  it('refuses a hash that it does not know before it asks', async () => {
    const refusal = await asked('encrypt: rot13', 'secret\n').then(
      () => '',
      (error: Error) => error.message,
    );
    expect(refusal).to.match(/The answer to "x" cannot be encrypted: .*"rot13"/);
  });

  it('never takes an answer for a template where it is unsafe', async () => {
    expect((await asked('unsafe: true', '{{ y }}\n')).answer).to.deep.equal(new Unsafe('{{ y }}'));
    expect((await asked('unsafe: false', '{{ y }}\n')).answer).to.equal('{{ y }}');
  });

  it('does not ask what is given by -e', async () => {
    expect((await asked('prompt: Word', '', { x: 1 })).shown).to.equal('');
  });
});
