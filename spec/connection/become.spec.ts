import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { becomeCommand } from '../../engine/connection/become.ts';
import { connect } from '../../engine/connection/connect.ts';
import type { Become, Connection } from '../../engine/connection/connection.ts';
import { openShell } from '../../engine/connection/shell.ts';
import { isUnreachable, type Unreachable } from '../../engine/connection/unreachable.ts';
import { upload } from '../../engine/connection/upload.ts';

describe('becomeCommand', () => {
  const cases: readonly [become: Become, command: string][] = [
    [{ method: 'sudo', user: 'root' }, `'sudo' '-H' -n -u 'root' /bin/sh -c 'x'`],
    [{ method: 'sudo', user: 'root', password: 'secret' }, `'sudo' '-H' -S -p PROMPT -u 'root' /bin/sh -c 'x'`],
    [{ method: 'sudo', user: 'a b', flags: '-H -S -n' }, `'sudo' '-H' -n -u 'a b' /bin/sh -c 'x'`],
    [
      { method: 'sudo', user: 'root', flags: '-HSn -E', password: 'x' },
      `'sudo' '-H' '-E' -S -p PROMPT -u 'root' /bin/sh -c 'x'`,
    ],
    [
      { method: 'sudo', user: 'root', flags: '-r sysadm', exe: '/opt/sudo' },
      `'/opt/sudo' '-r' 'sysadm' -n -u 'root' /bin/sh -c 'x'`,
    ],
    [{ method: 'su', user: 'app', password: 'secret' }, `'su' 'app' -c 'x'`],
    [{ method: 'su', user: 'app', flags: '-l' }, `'su' '-l' 'app' -c 'x'`],
    [{ method: 'su', user: 'app', exe: 'sudo su' }, `'sudo' 'su' 'app' -c 'x'`],
  ];
  for (const [become, command] of cases) {
    it(`${become.exe ?? become.method} ${become.flags ?? ''} ${become.password ? 'with' : 'without'} a password`, () => {
      expect(becomeCommand(become, 'PROMPT', 'x')).to.equal(command);
    });
  }
});

/** Stands in for sudo: takes the password `right` by the prompt it was given, up to three times, as sudo does. */
const sudo = `#!/bin/sh
echo "$*" >>"$0.argv"
prompt= ask=
while [ $# -gt 0 ]; do
  case $1 in
    -p) prompt=$2; shift ;;
    -S) ask=1 ;;
    -u) user=$2; shift ;;
    -*) ;;
    *) break ;;
  esac
  shift
done
[ "$user" = nobody-here ] && { echo "sudo: unknown user: $user" >&2; exit 1; }
[ "$user" = tty ] && { echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1; }
[ "$user" = free ] && exec "$@"
[ "$ask" ] || { echo 'sudo: a password is required' >&2; exit 1; }
echo 'We trust you have received the usual lecture: behave' >&2
for try in 1 2 3; do
  echo try >>"$0.tries"
  printf %s "$prompt" >&2
  read -r password || exit 1
  [ "$password" = right ] && exec "$@"
  echo 'Das hat nicht funktioniert.' >&2
done
exit 1
`;

/** Stands in for su: asks in its own language, once. */
const su = `#!/bin/sh
printf 'Passwort: ' >&2
read -r password
[ "$password" = right ] || { echo 'su: Fehler bei Authentifizierung' >&2; exit 1; }
shift; shift
exec /bin/sh -c "$1"
`;

describe('becoming another user', function () {
  this.timeout(10_000);
  let directory: string;
  let connection: Connection;
  const exe = (name: string): string => join(directory, name);

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kplay-become-'));
    for (const [name, text] of Object.entries({ sudo, su })) {
      writeFileSync(exe(name), text);
      chmodSync(exe(name), 0o755);
    }
    connection = await connect({ kind: 'local', host: 'box', hostKeyChecking: 'strict', connectTimeoutMs: 1000 });
  });

  after(async () => {
    await connection.close();
    rmSync(directory, { recursive: true });
  });

  async function refusal(become: Become): Promise<Unreachable> {
    const error = await openShell(connection, { become, readyTimeoutMs: 3000 }).catch((caught: unknown) => caught);
    if (!isUnreachable(error)) throw new Error(`not refused: ${String(error)}`);
    expect([error.kind, error.retryable]).to.deep.equal(['become', false]);
    return error;
  }

  for (const method of ['sudo', 'su'] as const) {
    it(`gives ${method} the password on stdin, and a working shell comes`, async () => {
      const shell = await openShell(connection, {
        become: { method, user: 'app', password: 'right', exe: exe(method) },
      });
      const reply = await shell.run({ script: 'echo out; echo err >&2; exit 4' });
      expect([reply.code, reply.stdout.toString(), reply.stderr.toString()]).to.deep.equal([4, 'out\n', 'err\n']);
      await shell.close();
    });

    it(`tries a wrong password for ${method} once, and says so`, async () => {
      rmSync(exe('sudo.tries'), { force: true });
      const error = await refusal({ method, user: 'app', password: 'wrong', exe: exe(method) });
      expect(error.message).to.match(new RegExp(`^local: ${method} to app: wrong password`));
      if (method === 'sudo') expect(readFileSync(exe('sudo.tries'), 'utf8')).to.match(/^try\n(try\n)?$/);
    });
  }

  it('never puts the password into a command line', () => {
    expect(readFileSync(exe('sudo.argv'), 'utf8')).not.to.match(/right|wrong/);
  });

  it('does not send the password to a sudo that does not ask', async () => {
    const become: Become = { method: 'sudo', user: 'free', password: 'touch-me-not', exe: exe('sudo') };
    const shell = await openShell(connection, { become });
    const reply = await shell.run({ script: 'echo fine' });
    expect([reply.stdout.toString(), reply.stderr.toString()]).to.deep.equal(['fine\n', '']);
    await shell.close();
  });

  const refusals: readonly [what: string, become: Partial<Become>, message: RegExp][] = [
    ['a missing password', {}, /sudo to app needs a password$/],
    ['su’s question without a password', { method: 'su' }, /su to app needs a password$/],
    ['requiretty', { user: 'tty' }, /needs a terminal: sudo: sorry, you must have a tty/],
    [
      'an unknown user',
      { user: 'nobody-here' },
      /was refused \(ended with exit code 1\): sudo: unknown user: nobody-here/,
    ],
    ['a missing program', { exe: '/no/such/sudo' }, /was refused \(ended with exit code 127\): .*not found/],
  ];
  for (const [what, changes, message] of refusals) {
    it(`says so: ${what}`, async () => {
      const method = changes.method ?? 'sudo';
      const error = await refusal({ method, user: 'app', exe: exe(method), ...changes });
      expect(error.message).to.match(message);
    });
  }

  it('uploads as the other user', async () => {
    const path = join(directory, 'uploaded');
    const become: Become = { method: 'sudo', user: 'app', password: 'right', exe: exe('sudo') };
    await upload(connection, path, Buffer.from('exec echo no\n\0'), { become });
    expect(readFileSync(path, 'latin1')).to.equal('exec echo no\n\0');
  });

  it('kills what took too long as the other user', async () => {
    const shell = await openShell(connection, {
      become: { method: 'sudo', user: 'app', password: 'right', exe: exe('sudo') },
    });
    const reply = await shell.run({ script: 'sleep 60', timeoutMs: 100 });
    expect([reply.timedOut, reply.code]).to.deep.equal([true, 143]);
    await shell.close();
  });
});
