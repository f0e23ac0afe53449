/** Becoming another user on a real host: by sudo and su, with and without a password, and without telling anyone the password. */
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { type TwoHosts, twoHosts } from './two-hosts.ts';

/** Passwords that occur nowhere by chance. */
const secret = { ops: 'c4n4ry-0f-0ps', app: 'c4n4ry-0f-4pp', root: 'c4n4ry-0f-r00t', value: 'c4n4ry-v4lue' };

/** What `id` says, and a file of each kind, written as whoever the task becomes. */
const work = (folder: string) => `    - command: id -un
      register: who
    - debug: { msg: "I am {{ who.stdout }}" }
    - file: { path: ${folder}, state: directory }
    - copy: { content: "copied\\n", dest: ${folder}/copied }
    - copy: { src: large, dest: ${folder}/large }
    - template: { src: small.j2, dest: ${folder}/rendered }
    - shell: echo > ${folder}/by-shell
    - lineinfile: { path: ${folder}/by-line, line: one, create: true }
`;
const made = ['', '/copied', '/large', '/rendered', '/by-shell', '/by-line'];

interface Case {
  readonly title: string;
  readonly login: 'root' | 'ops';
  readonly variables: string;
  readonly becomes: string;
}

const cases: readonly Case[] = [
  { title: 'ops stays ops', login: 'ops', variables: '', becomes: 'ops' },
  {
    title: 'ops becomes root by sudo with a password',
    login: 'ops',
    variables: `ansible_become=true ansible_become_password=${secret.ops}`,
    becomes: 'root',
  },
  {
    title: 'ops becomes app by sudo with a password',
    login: 'ops',
    variables: `ansible_become=true ansible_become_user=app ansible_become_password=${secret.ops}`,
    becomes: 'app',
  },
  {
    title: "ops becomes root by su with root's password",
    login: 'ops',
    variables: `ansible_become=true ansible_become_method=su ansible_become_password=${secret.root}`,
    becomes: 'root',
  },
  {
    title: "ops becomes app by su with app's password",
    login: 'ops',
    variables: `ansible_become=true ansible_become_method=su ansible_become_user=app ansible_become_password=${secret.app}`,
    becomes: 'app',
  },
  {
    title: 'root becomes app by sudo without a password',
    login: 'root',
    variables: 'ansible_become=true ansible_become_user=app',
    becomes: 'app',
  },
  {
    title: 'root becomes app by su without a password',
    login: 'root',
    variables: 'ansible_become=true ansible_become_method=su ansible_become_user=app',
    becomes: 'app',
  },
];

describe('becoming another user on a real host', function () {
  this.timeout('2m');
  let hosts: TwoHosts;
  const run = (tasks: string, one: Pick<Case, 'login' | 'variables'>, args: readonly string[] = []) =>
    hosts.run(tasks, hosts.inventory(one.login, { h1: one.variables }), ['-l', 'h1', ...args]);

  before(async function () {
    this.timeout('10m');
    hosts = await twoHosts();
    const ready = await hosts.h1.exec(
      `useradd --create-home --shell /bin/bash app && printf '%s\\n' ops:${secret.ops} app:${secret.app} root:${secret.root} | chpasswd`,
    );
    expect(ready.code, ready.stderr).to.equal(0);
    await hosts.write('large', `${'x'.repeat(99)}\n`.repeat(6_000));
    await hosts.write('small.j2', 'I am {{ who.stdout }}\n');
  });
  after(() => hosts?.down());

  for (const [index, one] of cases.entries()) {
    it(`${one.title}; what it makes is ${one.becomes}'s, and the second run changes nothing`, async () => {
      const folder = `/var/tmp/become-${index}`;
      const said = await run(work(folder), one);
      expect(said.code, tail(said)).to.equal(0);
      expect(said.stdout).to.include(`"msg": "I am ${one.becomes}"`);
      const owners = await hosts.h1.exec(made.map((file) => `stat -c %U:%G ${folder}${file}`).join('\n'));
      expect(owners.stdout.trim().split('\n'), owners.stderr).to.deep.equal(
        made.map(() => `${one.becomes}:${one.becomes}`),
      );
      const again = await run(work(folder), one);
      // the two commands act each time
      expect(again.recap['h1']?.['changed'], tail(again)).to.equal(2);
    });
  }

  it('tasks of one play become different users, side by side', async () => {
    const tasks = `    - shell: id -un > /var/tmp/who-{{ item }}
      become_user: "{{ item }}"
      loop: [root, app, root]
    - slurp: { src: /root/.profile }
    - command: id -un
      become: false
      register: who
    - assert: { that: who.stdout == 'ops' }
`;
    const said = await run(tasks, { login: 'ops', variables: `ansible_become_password=${secret.ops}` }, ['-b']);
    expect(said.code, tail(said)).to.equal(0);
    const owners = await hosts.h1.exec('cd /var/tmp; cat who-root who-app; stat -c %U who-root who-app');
    expect(owners.stdout).to.equal('root\napp\nroot\napp\n');
  });

  it('leaves nothing behind: no file in /tmp or a home, no process', async () => {
    const traces =
      'ls -A /tmp; ls -A /home/app /home/ops /root; ps -eo user=,args= | grep -v "^root" | grep -c "[/]bin/sh"';
    const before = await hosts.h1.exec(traces);
    const said = await run('    - command: id\n    - copy: { src: large, dest: /var/tmp/large }\n', {
      login: 'ops',
      variables: `ansible_become=true ansible_become_password=${secret.ops}`,
    });
    expect(said.code, tail(said)).to.equal(0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await hosts.h1.exec(traces)).stdout).to.equal(before.stdout);
  });

  describe('secrets', () => {
    /** Looks into every process's command line and environment, as root, dozens of times a second. */
    const watch = `printf '%s\\n' c4n4ry >/run/canary
      end=$(($(date +%s) + 6)); : >/run/seen
      while [ $(date +%s) -lt $end ]; do
        cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -a -F -f /run/canary >>/run/seen
        sleep 0.01
      done; sort -u /run/seen`;

    const tasks = `    - copy: { content: "password {{ secret }}\\n", dest: /var/tmp/secret, mode: '0600' }
    - template: { src: secret.j2, dest: /var/tmp/secret-large, mode: '0600' }
    - lineinfile: { path: /var/tmp/secret-line, line: "password={{ secret }}", create: true, mode: '0600' }
    - command: sleep 2
    - command: cat
      args: { stdin: "{{ secret }}" }
      no_log: true
    - command: sleep 2
`;

    it('are in no command line and no environment on the host while tasks run, and not in the output', async () => {
      await hosts.write('secret.j2', '{% for n in range(20000) %}password {{ secret }}\n{% endfor %}');
      const variables = await hosts.write('secret.yml', `secret: ${secret.value}\n`, 0o600);
      const watching = hosts.h1.exec(watch);
      const said = await run(
        tasks,
        { login: 'ops', variables: `ansible_become=true ansible_become_password=${secret.ops}` },
        ['-e', `@${variables}`, '-vvv'],
      );
      const seen = await watching;
      expect(said.code, tail(said)).to.equal(0);
      expect(seen.stdout, seen.stderr).to.equal('');
      expect(said.stdout + said.stderr).to.not.include(secret.ops);
      const written = await hosts.h1.exec(
        'cat /var/tmp/secret /var/tmp/secret-line; wc -l </var/tmp/secret-large; stat -c %a:%U /var/tmp/secret*',
      );
      expect(written.stdout).to.equal(
        `password ${secret.value}\npassword=${secret.value}\n20000\n600:root\n600:root\n600:root\n`,
      );
    });

    it('would have been seen: a command that has one in its arguments is', async () => {
      const watching = hosts.h1.exec(watch);
      const said = await run(`    - command: sh -c 'sleep 1; true ${secret.value}'\n`, { login: 'ops', variables: '' });
      expect(said.code, tail(said)).to.equal(0);
      expect((await watching).stdout).to.include(secret.value);
    });
  });
});
