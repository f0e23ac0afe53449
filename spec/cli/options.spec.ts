import { expect } from 'chai';
import { type CliOptions, parseArguments } from '../../engine/cli/options.ts';
import { isKplayError } from '../../engine/errors.ts';

const cases: readonly { readonly argv: string; readonly options: Partial<CliOptions> }[] = [
  { argv: 'a.yml b.yml -i x --inventory y', options: { playbooks: ['a.yml', 'b.yml'], inventory: ['x', 'y'] } },
  { argv: '-i x a.yml', options: { playbooks: ['a.yml'], inventory: ['x'] } },
  { argv: 'a.yml -- -b.yml', options: { playbooks: ['a.yml', '-b.yml'] } },
  { argv: 'a.yml -CDbK', options: { check: true, diff: true, become: true, askBecomePass: true } },
  { argv: 'a.yml -vvv -v', options: { verbose: 4 } },
  { argv: 'a.yml -t a,b --tags c --skip-tags=d', options: { tags: ['a', 'b', 'c'], skipTags: ['d'] } },
  { argv: 'a.yml --private-key k', options: { privateKey: 'k' } },
  { argv: 'a.yml --key-file k', options: { privateKey: 'k' } },
  { argv: 'a.yml -u me -c local -T 3 -f 7', options: { user: 'me', connection: 'local', timeout: 3, forks: 7 } },
  {
    argv: 'a.yml',
    options: {
      forks: 100,
      timeout: 10,
      input: true,
      probeAhead: true,
      color: 'auto',
      check: false,
      verbose: 0,
      inventory: [],
      tags: [],
    },
  },
  {
    argv: 'a.yml --step --flush-cache --scp-extra-args=-l --sftp-extra-args -f',
    options: { step: true, flushCache: true, scpExtraArgs: '-l', sftpExtraArgs: '-f' },
  },
  {
    argv: 'a.yml -k --ask-become-pass --connection-password-file p --become-password-file q',
    options: { askPass: true, askBecomePass: true, connectionPasswordFile: 'p', becomePasswordFile: 'q' },
  },
  {
    argv: 'a.yml --conn-pass-file=p --become-pass-file q --vault-pass-file r --ask-vault-password --inventory-file s',
    options: {
      connectionPasswordFile: 'p',
      becomePasswordFile: 'q',
      vaultPasswordFile: ['r'],
      askVaultPass: true,
      inventory: ['s'],
    },
  },
  { argv: 'a.yml --no-input --no-probe-ahead', options: { input: false, probeAhead: false } },
];

/** Every flag of ansible-playbook but those that print and end. */
const ansibles: readonly string[] = [
  ...['-v', '-vvvvvv', '--verbose', '-b', '--become', '-K', '--ask-become-pass', '-k', '--ask-pass', '-C', '--check'],
  ...['-D', '--diff', '--syntax-check', '--list-hosts', '--list-tasks', '--list-tags', '--step', '--force-handlers'],
  ...['--flush-cache', '-J', '--ask-vault-pass', '--ask-vault-password'],
  ...['-i x', '--inventory x', '--inventory-file x', '-l x', '--limit x', '-t x', '--tags x', '--skip-tags x'],
  ...['-e x=1', '--extra-vars x=1', '-f 2', '--forks 2', '-u x', '--user x', '-c ssh', '--connection ssh', '-T 2'],
  ...['--timeout 2', '-M x', '--module-path x', '--private-key x', '--key-file x', '--start-at-task x'],
  ...['--become-method su', '--become-user x', '--become-password-file x', '--become-pass-file x'],
  ...['--connection-password-file x', '--conn-pass-file x', '--vault-id x@y', '--vault-password-file x'],
  ...[
    '--vault-pass-file x',
    '--ssh-common-args=-x',
    '--ssh-extra-args=-x',
    '--scp-extra-args=-x',
    '--sftp-extra-args=-x',
  ],
];

describe('the command line', () => {
  it('takes every flag of ansible-playbook', () => {
    for (const flag of ansibles) {
      const invocation = parseArguments(['a.yml', ...flag.split(' ')], '1');
      if (invocation.kind !== 'play') throw new Error(`${flag}: a ${invocation.kind}`);
      expect(invocation.options.playbooks, flag).to.deep.equal(['a.yml']);
    }
  });

  it('lists the commands of a command of commands that is named alone', () => {
    for (const [name, one] of [
      ['vault', 'rekey'],
      ['init', 'project'],
      ['completion', 'zsh'],
    ] as const) {
      const invocation = parseArguments([name], '1.2.3');
      if (invocation.kind !== 'text') throw new Error(`a ${invocation.kind}`);
      expect([invocation.stream, invocation.exitCode]).to.deep.equal(['stderr', 5]);
      expect(invocation.text).to.contain(`Usage: kplay ${name}`).and.to.contain(one);
    }
  });

  for (const { argv, options } of cases) {
    it(`reads ${argv}`, () => {
      const invocation = parseArguments(argv.split(' '), '1.2.3');
      if (invocation.kind !== 'play') throw new Error(`a ${invocation.kind}`);
      expect(invocation.options).to.deep.include(options);
    });
  }

  it('reads doc with and without modules', () => {
    for (const modules of [[], ['copy', 'file']])
      expect(parseArguments(['doc', ...modules], '1')).to.deep.include({ kind: 'doc', modules });
  });

  for (const argv of [
    ['--nonsense'],
    ['a.yml', '-f', '0'],
    ['a.yml', '-T', '1.5'],
    ['a.yml', '--host-key-checking', 'no'],
    [],
  ]) {
    it(`refuses ${argv.join(' ') || 'nothing at all'} with exit code 5`, () => {
      expect(() => parseArguments(argv, '1'))
        .to.throw()
        .that.satisfies((error: unknown) => isKplayError(error) && error.exitCode === 5);
    });
  }
});
