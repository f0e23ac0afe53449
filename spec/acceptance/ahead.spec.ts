/**
 * Commands that change, without a word, what the tasks after them look at: packages, accounts, units, the kernel, facts. A task's
 * name says how it must end. Each play is played on fresh hosts with and without reading ahead: all that is told must be the same,
 * and the hosts must come out the same.
 */
import { expect } from 'chai';
import { type HostPicture, pictureOf } from './host-picture.ts';
import { type TwoHosts, twoHosts } from './two-hosts.ts';

/** Plays after `- hosts: all`; what they make lies in the root of both hosts. */
const plays: Readonly<Record<string, string>> = {
  packages: `
    - { name: "changed: installed", apt: { name: tree, update_cache: true } }
    - { name: "ok: installed", package: { name: tree, state: present } }
    - { name: "ok: taken away", command: apt-get remove -y tree, changed_when: false }
    - { name: "changed: installed once more", package: { name: tree, state: present } }
    - { name: "changed: taken away", command: apt-get remove -y tree }
    - { name: "ok: absent", package: { name: tree, state: absent } }
    - { name: "changed: brought", command: apt-get install -y tree }
    - { name: "ok: there", package: { name: tree, state: present } }
    - { name: "ok: facts", package_facts: }
    - { name: "ok: known", assert: { that: "'tree' in ansible_facts.packages" } }
    - { name: "ok: gone", command: apt-get purge -y tree, changed_when: false }
    - { name: "ok: facts again", package_facts: }
    - { name: "ok: unknown", assert: { that: "'tree' not in ansible_facts.packages" } }`,
  accounts: `
    - { name: "changed: a group", group: { name: crew } }
    - { name: "ok: no group", command: groupdel crew, changed_when: false }
    - { name: "changed: the group again", group: { name: crew } }
    - { name: "changed: a user", user: { name: ann, shell: /bin/bash, groups: crew } }
    - { name: "changed: another shell", command: usermod --shell /bin/sh ann }
    - { name: "changed: the shell again", user: { name: ann, shell: /bin/bash, groups: crew } }
    - { name: "ok: out of the group", shell: gpasswd -d ann crew, changed_when: false }
    - { name: "changed: in the group again", user: { name: ann, shell: /bin/bash, groups: crew } }
    - { name: "changed: an owner", file: { path: /root/hers, state: touch, owner: ann } }
    - { name: "ok: no user", command: userdel --remove ann, changed_when: false }
    - { name: "changed: the user again", user: { name: ann, uid: 4321 } }
    - { name: "changed: hers again", file: { path: /root/hers, owner: ann } }
    - { name: "ok: her number", getent: { database: passwd, key: ann } }
    - { name: "ok: it is", assert: { that: "getent_passwd.ann[1] == '4321'" } }`,
  units: `
    - { name: "changed: a unit", copy: { dest: /etc/systemd/system/nap.service, content: "[Service]\\nExecStart=/bin/sleep inf\\n[Install]\\nWantedBy=multi-user.target\\n" } }
    - { name: "changed: started", systemd: { name: nap, state: started, enabled: true, daemon_reload: true } }
    - { name: "ok: stopped", command: systemctl stop nap, changed_when: false }
    - { name: "changed: started once more", systemd: { name: nap, state: started, enabled: true } }
    - { name: "ok: disabled", command: systemctl disable nap, changed_when: false }
    - { name: "changed: enabled", systemd: { name: nap, state: started, enabled: true } }
    - { name: "ok: masked", shell: "systemctl stop nap; rm /etc/systemd/system/nap.service; systemctl mask nap", changed_when: false }
    - { name: "ok: facts", service_facts: }
    - { name: "ok: known", assert: { that: "ansible_facts.services['nap.service'].status == 'masked'" } }
    - { name: "changed: unmasked", systemd: { name: nap, masked: false } }`,
  'the kernel and facts': `
    - { name: "changed: set", sysctl: { name: net.ipv4.conf.all.log_martians, value: "1" } }
    - { name: "ok: unset", shell: "rm /etc/sysctl.conf; sysctl -w net.ipv4.conf.all.log_martians=0", changed_when: false }
    - { name: "changed: set again", sysctl: { name: net.ipv4.conf.all.log_martians, value: "1" } }
    - { name: "changed: a name", hostname: { name: other } }
    - { name: "ok: the name back", command: "hostname {{ inventory_hostname }}", changed_when: false }
    - { name: "ok: facts", setup: { gather_subset: min } }
    - { name: "ok: known", assert: { that: "ansible_hostname == inventory_hostname" } }`,
  'handlers, rescue, delegation and jobs': `
    - { name: "changed: a file", copy: { dest: /root/conf, content: x }, notify: "changed: no user" }
    - { name: "changed: a user", user: { name: bob } }
    - { name: "ok: the user", user: { name: bob } }
    - meta: flush_handlers
    - { name: "changed: the user again", user: { name: bob } }
    - name: block
      block:
        - { name: "ok: no bob", command: userdel bob, changed_when: false }
        - { name: "failed: a test", command: id bob }
        - { name: "never", user: { name: bob, comment: never } }
      rescue:
        - { name: "changed: bob", user: { name: bob } }
        - { name: "ok: bob is gone", command: userdel bob, changed_when: false }
      always:
        - { name: "changed: bob after all", user: { name: bob } }
    - { name: "ok: of each other", command: userdel bob, changed_when: false, delegate_to: "{{ ansible_play_batch | difference([inventory_hostname]) | first | default(inventory_hostname) }}", throttle: 1 }
    - { name: "ok: all were here", wait_for: { timeout: 1 } }
    - { name: "changed: bob once more", user: { name: bob } }
    - { name: "changed: a job", shell: sleep 1; userdel bob, async: 20, poll: 0, register: job }
    - { name: "changed: its end", async_status: { jid: "{{ job.ansible_job_id }}" }, register: end, until: end.finished, delay: 1, retries: 20 }
    - { name: "changed: bob at last", user: { name: bob } }
    - { name: "changed: a job waited for", shell: userdel bob, async: 20, poll: 1 }
    - { name: "changed: bob in the end", user: { name: bob } }
  handlers:
    - { name: "changed: no user", command: userdel bob }`,
};

/** Commands that are really run in a check, and what the tasks after them foretell. */
const checked = `
    - { name: "changed: a user", command: useradd --create-home eve, check_mode: false }
    - { name: "ok: the user", user: { name: eve } }
    - { name: "changed: no user", command: userdel --remove eve, check_mode: false }
    - { name: "changed: a user would be", user: { name: eve } }
    - { name: "changed: a group", command: groupadd gang, check_mode: false }
    - { name: "ok: the group", group: { name: gang } }
    - { name: "changed: stopped", command: systemctl stop systemd-tmpfiles-clean.timer, check_mode: false }
    - { name: "changed: would be started", systemd: { name: systemd-tmpfiles-clean.timer, state: started } }`;

describe('reading ahead on real hosts', function () {
  this.timeout('10m');
  let hosts: TwoHosts;
  before(async () => {
    hosts = await twoHosts();
  });
  after(() => hosts?.down());

  /** Plays it on fresh hosts, and holds each task to its name. */
  async function played(book: string, args: readonly string[]) {
    await Promise.all([hosts.h1.reset(), hosts.h2.reset()]);
    const said = await hosts.runBook(book, hosts.inventory('root'), ['--json', '--diff', ...args]);
    expect(said.stdout, said.stderr).not.to.equal('');
    const told = tasksOf(said.stdout);
    expect(told.filter(({ name, status }) => !name.startsWith(`${status}:`))).to.deep.equal([]);
    expect(said.code).to.equal(0);
    return { told, pictures: [await pictureOf(hosts.h1), await pictureOf(hosts.h2)] };
  }

  async function bothWays(book: string, args: readonly string[] = []) {
    const slow = await played(book, ['--no-probe-ahead', ...args]);
    const quick = await played(book, args);
    expect(quick.told.length).to.be.greaterThan(7);
    expect(byHost(quick.told)).to.deep.equal(byHost(slow.told));
    for (const [at, picture] of quick.pictures.entries()) {
      const [here, there] = [lasting(picture), lasting(slow.pictures[at]!)];
      expect(
        here.filter((line) => !there.includes(line)).concat(there.filter((line) => !here.includes(line))),
      ).to.deep.equal([]);
    }
  }

  for (const [strategy, more] of [
    ['linear', ''],
    ['linear', '  serial: 1\n'],
    ['free', ''],
  ] as const)
    it(`sees what commands have changed, strategy ${strategy}${more && ', one host after the other'}`, async () => {
      const head = `- hosts: all\n  gather_facts: false\n  strategy: ${strategy}\n${more}  tasks:`;
      // who is first at the other's account is a matter of luck when nobody waits
      const steady = Object.entries(plays).filter(([name]) => !/delegation/.test(name) || strategy === 'linear');
      await bothWays(steady.map(([, tasks]) => `${head}${tasks}\n`).join(''));
    });

  it('sees what commands change that a check really runs', async () => {
    await bothWays(`- hosts: all\n  gather_facts: false\n  tasks:${checked}\n`, ['--check']);
  });
});

interface Told {
  readonly host: string;
  readonly name: string;
  readonly status: string;
  readonly result: Readonly<Record<string, unknown>>;
}

/** What a run told of its tasks, but for what no two runs have in common: times, process ids, names of jobs. */
function tasksOf(json: string): readonly Told[] {
  const report = JSON.parse(json) as {
    readonly plays: readonly {
      readonly tasks: readonly {
        readonly task: { readonly name: string };
        readonly hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      }[];
    }[];
  };
  const steady = ['changed', 'failed', 'rc', 'name', 'state', 'shell', 'groups', 'uid', 'enabled', 'diff', 'finished'];
  return report.plays
    .flatMap(({ tasks }) => tasks)
    .flatMap(({ task, hosts }) =>
      Object.entries(hosts).map(([host, result]) => ({
        host,
        name: task.name,
        status: (result['_kplay'] as { readonly status: string }).status,
        result: Object.fromEntries(steady.map((key) => [key, result[key]])),
      })),
    );
}

const byHost = (told: readonly Told[]) => ['h1', 'h2'].map((name) => told.filter(({ host }) => host === name));

/** A picture as lines, without what differs between any two runs: logs, caches, and the files that services write by themselves. */
function lasting({ files, answers, packages }: HostPicture): readonly string[] {
  const own =
    /^\/(var\/(log|cache|lib\/(apt|dpkg|systemd))|tmp|run|etc\/(ld.so.cache|machine-id)|root\/\.ansible_async)/;
  return [
    ...Object.entries(files).flatMap(([path, what]) => (own.test(path) ? [] : [`${path} ${what}`])),
    ...Object.entries(answers).flatMap(([question, lines]) => lines.map((line) => `${question}: ${line}`)),
    ...Object.keys(packages),
  ].sort();
}
