import { expect } from 'chai';
import { expandable, shellWords } from '../../engine/module/shell-words.ts';
import command from '../../engine/modules/command.ts';
import shell from '../../engine/modules/shell.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';

testModule(command, 'command', {
  'runs words, not shell text': {
    args: { cmd: 'echo "a  b" | cat' },
    world: { commands: { echo: { stdout: 'a  b | cat\n\n' } } },
    want: {
      changed: true,
      log: ['run echo a  b | cat'],
      result: {
        cmd: ['echo', 'a  b', '|', 'cat'],
        rc: 0,
        stdout: 'a  b | cat',
        stdout_lines: ['a  b | cat'],
        stderr_lines: [],
        delta: '0:00:01.000000',
        start: '2024-01-01 00:00:00.000000',
        msg: '',
      },
    },
  },
  'takes a list': {
    args: { argv: ['printf', '%s', 'a b'] },
    want: { log: ['run printf %s a b'], result: { cmd: ['printf', '%s', 'a b'] } },
  },
  'leaves variables to the host, and everything else quoted': {
    args: { cmd: 'ls $HOME/x "${A}b" ~/c \'*\'' },
    want: { log: [`run 'ls' "\${HOME-\\$HOME}"'/x' "\${A-\\\${A\\}}"'b' ~'/c' '*'`] },
  },
  'leaves variables alone when told so': {
    args: { cmd: 'echo $HOME', expand_argument_vars: false },
    want: { log: ['run echo $HOME'] },
  },
  'is not run when what it creates is there': {
    args: { cmd: 'make', creates: '/etc/a' },
    world: { files: { '/etc/a': '' } },
    want: {
      changed: false,
      log: [],
      result: { rc: 0, msg: "Did not run command since '/etc/a' exists", stdout: "skipped, since '/etc/a' exists" },
    },
  },
  'is run when nothing matches what it creates': {
    args: { cmd: 'make', creates: '/etc/*.out' },
    world: { files: { '/etc/a': '' } },
    want: { changed: true },
  },
  'is not run when a pattern matches': {
    args: { cmd: 'make', creates: '*.out', chdir: '/etc' },
    world: { files: { '/etc/a.out': '' } },
    want: { changed: false, log: [] },
  },
  'is not run when what it removes is gone': {
    args: { cmd: 'rm x', removes: '/etc/x' },
    want: { changed: false, result: { msg: "Did not run command since '/etc/x' does not exist" } },
  },
  'is run when what it removes is there': {
    args: { cmd: 'rm x', removes: '/etc/x*' },
    world: { files: { '/etc/xy': '' } },
    want: { changed: true },
  },
  'fails with a code': {
    args: { cmd: 'false' },
    world: { commands: { false: { code: 1, stderr: 'no' } } },
    fails: 'non-zero return code',
  },
  'says when it was killed': {
    args: { cmd: 'eat' },
    world: { commands: { eat: { code: 137 } } },
    fails: 'killed by SIGKILL (when memory ran out',
  },
  'keeps the ends when told so': {
    args: { cmd: 'x', strip_empty_ends: false },
    world: { commands: { x: { stdout: 'a\n\n' } } },
    want: { result: { stdout: 'a\n\n', stdout_lines: ['a', ''] } },
  },
  'keeps bytes that are no text': {
    args: { cmd: 'x' },
    world: { commands: { x: { stdout: Buffer.from([0xff, 0x0a]) } } },
    want: {
      result: {
        stdout: '\ufffd',
        stdout_base64: '/wo=',
        warnings: ['stdout is not UTF-8: its bytes are in stdout_base64'],
      },
    },
  },
  'needs something to run': { args: { cmd: ' ' }, fails: 'no command given' },
  'takes either a text or a list': {
    args: { cmd: 'a', argv: ['a'] },
    fails: 'cmd and argv of the module exclude each other',
  },
  'refuses a quote that is never closed': { args: { cmd: 'echo "a' }, fails: 'a " is opened and never closed' },
  'is unknown under check': { args: { cmd: 'uptime' }, unknown: 'not run in check mode' },
});

testModule(shell, 'shell', {
  'runs text in a shell': {
    args: { cmd: 'echo a | wc -l' },
    world: { commands: { wc: { stdout: '1\n' } } },
    want: { changed: true, log: ['run echo a | wc -l'], result: { cmd: 'echo a | wc -l', stdout: '1' } },
  },
  'is not run when what it creates is there': {
    args: { cmd: 'x', creates: '/etc' },
    want: { changed: false, log: [] },
  },
  'fails with a code': {
    args: { cmd: 'exit 3' },
    world: { commands: { exit: { code: 3 } } },
    fails: 'non-zero return code',
  },
});

describe('the result of a failed command', () => {
  it('is whole', async () => {
    const target = fakeTarget({ commands: { no: { code: 2, stdout: 'half', stderr: 'why\n' } } });
    const failure = await runModule(command, { cmd: 'no' }, target, fakeController()).catch((error) => error);
    expect(failure.result).to.include({ rc: 2, stdout: 'half', stderr: 'why', failed: true, changed: true });
  });
});

describe('a program that cannot be started', () => {
  const cases: readonly (readonly [code: number, stderr: string, rc: number])[] = [
    [127, '/bin/sh: 2: eval: /opt/no: not found\n', 2],
    [127, 'sh: 1: /opt/no: not found\n', 2],
    [127, '/bin/sh: line 2: /opt/no: No such file or directory\n', 2],
    [127, '/bin/sh: eval: line 1: /opt/no: not found\n', 2],
    [126, '/bin/sh: 2: eval: /opt/no: Permission denied\n', 13],
    [127, '/home/a b/.ansible_async/j123456789012.345/script: 1: /opt/no: not found\n', 2],
    [126, '/jobs/j123456789012.345-2/script: line 1: /opt/no: Permission denied\n', 13],
    // it ran, and could not start another one
    [127, 'sh: 1: other: not found\n', 127],
    [127, 'made: no: not found\n', 127],
    [127, '/opt/script: 1: /opt/no: not found\n', 127],
    [1, 'sh: 1: /opt/no: not found\n', 1],
  ];
  for (const [code, stderr, rc] of cases)
    it(`${code} and ${stderr.trim()}: ${rc}`, async () => {
      const target = fakeTarget({ commands: { '/opt/no': { code, stderr } } });
      const failure = await runModule(command, { cmd: '/opt/no -q' }, target, fakeController()).catch((error) => error);
      expect(failure.result).to.include({ rc, failed: true, changed: rc === code });
      expect(failure.message).to.equal(
        { 2: '[Errno 2] No such file or directory: /opt/no', 13: '[Errno 13] Permission denied: /opt/no' }[rc] ??
          'non-zero return code',
      );
    });
});

describe('words of a command line', () => {
  const cases: Record<string, readonly string[]> = {
    'a b': ['a', 'b'],
    " a  'b c' ": ['a', 'b c'],
    'a\\ b "c\\"d" e\\': ['error'],
    '"a\\nb" \'c\\\'': ['a\\nb', 'c\\'],
    'a"b"\'c\'': ['abc'],
    '\'\' ""': ['', ''],
    'a \\\n b': ['a', 'b'],
  };
  for (const [text, words] of Object.entries(cases)) {
    it(`are parted: ${JSON.stringify(text)}`, () => {
      if (words[0] === 'error') expect(() => shellWords(text)).to.throw('ends in a backslash');
      else expect(shellWords(text)).to.deep.equal(words);
    });
  }

  it('expand nothing but variables and homes', () => {
    expect(expandable('~root/$(id)`id`$1')).to.equal("~root'/$(id)`id`''$1'");
    expect(expandable('')).to.equal("''");
    expect(expandable('${A}x$B')).to.equal('"${A-\\${A\\}}"\'x\'"${B-\\$B}"');
  });
});
