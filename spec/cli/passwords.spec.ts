/** `--ask-pass`, `--ask-become-pass`, and the files that are read in their place. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { connectionDefaults } from '../../engine/cli/connection-defaults.ts';
import { parseArguments } from '../../engine/cli/options.ts';
import type { Terminal } from '../../engine/cli/secret-input.ts';

async function passwordsOf(flags: readonly string[], typed = '') {
  const invocation = parseArguments(['site.yml', ...flags], '1');
  if (invocation.kind !== 'play') throw new Error(`a ${invocation.kind}`);
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => raw.push(mode) });
  const output = new PassThrough();
  input.write(typed);
  const defaults = await connectionDefaults(invocation.options, { input, output } as unknown as Terminal);
  return { password: defaults.password, become: defaults.becomePassword, shown: String(output.read() ?? ''), raw };
}

describe('passwords of the command line', () => {
  it('are asked for one after the other, without an echo', async () => {
    const { password, become, shown, raw } = await passwordsOf(['-k', '-K'], 'one\ntwo\n');
    expect([password, become]).to.deep.equal(['one', 'two']);
    expect(shown).to.equal('SSH password: \nBECOME password: \n');
    expect(raw).to.deep.equal([true, false, true, false]);
  });

  it('come from the first line of a file, and then nobody is asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kplay-passwords-'));
    try {
      const [one, two] = ['one', 'two'].map((name) => join(folder, name)) as [string, string];
      writeFileSync(one, 'first\nsecond\n');
      writeFileSync(two, 'third');
      const said = await passwordsOf(['-kK', '--connection-password-file', one, '--become-password-file', two]);
      expect([said.password, said.become, said.shown]).to.deep.equal(['first', 'third', '']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('are nobody’s where nobody asks', async () => {
    const said = await passwordsOf([]);
    expect([said.password, said.become, said.shown]).to.deep.equal([undefined, undefined, '']);
  });
});
