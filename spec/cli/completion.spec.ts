/** bash is asked; the other shells' texts are compared with the help they are made from. */
import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { kplay } from '../kplay.ts';

describe('kplay completion', function () {
  this.timeout(60_000);
  let script: string;
  before(async () => {
    script = (await kplay(['completion', 'bash'])).stdout;
  });

  /** What bash offers at the end of a line. */
  const offered = (line: string): readonly string[] => {
    const words = line.split(' ');
    const modules = 'kplay() { printf "copy  x\\nfile  x\\n"; }';
    const ask = `${script}\n${modules}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}\n_kplay\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', ask], { encoding: 'utf8' }).split('\n').filter(Boolean);
  };

  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['kplay va', ['vault']],
    ['kplay vault re', ['rekey']],
    ['kplay -i hosts vault v', ['view']],
    ['kplay site.yml --list-', ['--list-hosts', '--list-tasks', '--list-tags']],
    ['kplay lint --ex', ['--explain', '--extra-vars']],
    ['kplay inventory --gr', ['--graph']],
    ['kplay site.yml --color a', ['auto', 'always']],
    ['kplay -i ho', []],
    ['kplay doc co', ['copy']],
    ['kplay run web -m f', ['file']],
    ['kplay init ', ['role', 'module', 'project']],
  ];
  for (const [line, words] of cases)
    it(`offers ${words.join(', ') || 'files'} for "${line}" in bash`, () => {
      expect(offered(line)).to.deep.equal(words);
    });

  for (const shell of ['zsh', 'fish'])
    it(`knows every command and option in ${shell}`, async () => {
      const [{ stdout }, { stdout: help }] = await Promise.all([kplay(['completion', shell]), kplay(['--help'])]);
      const long = [...help.matchAll(/^ +(?:-\w, )?(?:--key-file, )?--([a-z-]+)/gm)].map(([, name]) => name!);
      expect(long.length).to.be.greaterThan(40);
      for (const name of long)
        expect(stdout, name).to.match(new RegExp(shell === 'zsh' ? `--${name}\\[` : `-l ${name} `));
      for (const name of ['doc', 'vault', 'lint', 'rekey', 'schema', 'completion'])
        expect(stdout, name).to.match(new RegExp(shell === 'zsh' ? `'${name}:` : `-a ${name} `));
    });

  it('knows no other shell', async () => {
    expect((await kplay(['completion', 'tcsh'])).code).to.equal(5);
  });
});
