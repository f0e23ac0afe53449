/** Three roles as Ansible's users write them bring hosts to the same state by kplay as by Debian's ansible-playbook. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findPeers } from '../bench/peers.ts';
import { kplay, recapOf, type Said, tail, total } from '../kplay.ts';
import { attempt } from '../lab/command.ts';
import { compareSnapshots, type Lab, type Snapshot, startLab } from '../lab/lab.ts';
import { timedLog } from '../lab/progress.ts';
import { type HostPicture, pictureOf } from './host-picture.ts';

const names = ['web', 'db'] as const;
type Name = (typeof names)[number];

/** Ansible needs these on a host before it can do anything; apt would want the second for itself. */
const python = 'python3-minimal python3-apt';

/** What may differ, and why. */
const differing: readonly (readonly [path: RegExp, reason: string])[] = [
  [/^\/etc\/machine-id$/, 'each boot of a bare host makes one'],
  [/^\/root\/\.ansible(\/|$)/, "Ansible's folder for its modules"],
  [/\/__pycache__(\/|$)/, 'compiled by Python'],
  [/^\/(var|usr\/local)\/lib\/python/, 'made when Python is installed'],
  [/^\/usr\/(lib|share)\/python3/, 'made when Python is installed'],
  [/^\/etc\/(python3|inputrc)/, 'made when Python is installed'],
  [/^\/etc\/ld\.so\.cache$/, "lists the libraries of Python's packages too"],
  [
    /^\/var\/lib\/dpkg\/(status|available|diversions|statoverride)(-old)?$/,
    'lists packages, in the order of their coming',
  ],
  [/^\/var\/lib\/dpkg\/(info|alternatives|triggers)(\/|$)/, 'beside packages, which are compared by name'],
  [/^\/var\/cache\/debconf\//, 'holds the questions of packages, in the order of their coming'],
  [/^\/etc\/(passwd|group|shadow|gshadow)-$/, 'the state before the last change, whichever that was'],
  [/^\/etc\/shadow$/, 'has the day of the change; compared without it'],
  [/\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/, 'a backup has the time in its name'],
  [/^\/var\/lib\/mysql(\/|$)/, 'the database itself; compared by what it answers'],
  [/^\/var\/backups\/mariadb\/.*\.sql$/, 'compared without the times in it'],
];

/** Questions about the database, which holds random numbers in its files. */
const database = {
  databases: 'mariadb -BNe "SELECT schema_name, default_collation_name FROM information_schema.schemata"',
  accounts: 'mariadb -BNe "SELECT user, host, authentication_string FROM mysql.user"',
  rights: 'mariadb -BNe "SELECT user, host, db, select_priv, insert_priv, show_view_priv FROM mysql.db"',
  settings:
    "mariadb -BNe \"SHOW VARIABLES WHERE variable_name IN ('max_connections', 'skip_name_resolve', 'bind_address', 'slow_query_log')\"",
  dump: 'cat /var/backups/mariadb/*.sql',
};
const website = {
  main: 'curl -fsS -H "Host: www.example.org" http://127.0.0.1/ http://127.0.0.1/robots.txt',
  api: 'curl -fsS -i -H "Host: api.example.org" http://127.0.0.1:8080/ | grep -v -e ^Date -e ^ETag -e ^Last-Modified',
};

describe('roles written for Ansible', function () {
  this.timeout('10m');
  const log = timedLog();
  let lab: Lab;
  let folder: string;
  let bare: Record<Name, Snapshot>;
  let byKplay: Record<Name, HostPicture>;
  let first: Said;
  let play: (...args: string[]) => Promise<Said>;
  let ansible: () => Promise<Said>;

  const ofEach = async <T>(look: (name: Name) => Promise<T>): Promise<Record<Name, T>> => ({
    web: await look('web'),
    db: await look('db'),
  });
  const pictures = () => ofEach((name) => pictureOf(lab.host(name), name === 'db' ? database : website));

  before(async () => {
    const peers = await findPeers({ ansible: true, mitogen: false }, log);
    expect(peers.ansible, 'ansible-core is not to be had here').to.equal(true);
    lab = await startLab({
      hosts: names.map((name) => ({ name })),
      groups: { webservers: ['web'], databases: ['db'] },
      log,
    });
    folder = await mkdtemp(join(tmpdir(), 'kplay-roles-'));
    await cp('spec/fixtures/ansible-roles', folder, { recursive: true });
    await writeFile(join(folder, 'hosts'), lab.inventory);
    await writeFile(join(folder, 'ansible.cfg'), ''); // nobody's own settings
    await mkdir(join(folder, 'home'));
    const env = { HOME: join(folder, 'home'), ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), SSH_AUTH_SOCK: '' };
    play = (...args) => kplay(['site.yml', '-i', 'hosts', ...args], { cwd: folder, env });
    ansible = () => ansiblePlaybook(folder, env);
    bare = await ofEach((name) => lab.host(name).snapshot());
  });
  after(async () => {
    await lab?.down();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('are planned on bare hosts, with diffs, and nothing is written', async () => {
    const said = await play('--check', '--diff');
    log('kplay --check is done');
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed')).to.be.greaterThan(50);
    expect(said.stdout).to.include('+    log_format combined_host').and.include('+net.ipv4.tcp_syncookies');
    for (const name of names)
      expect(compareSnapshots(bare[name], await lab.host(name).snapshot()), name).to.deep.equal([]);
  });

  it('run without Python on the hosts, and change nothing the second time', async () => {
    first = await play();
    log('kplay is done');
    expect(first.code, tail(first)).to.equal(0);
    const second = await play();
    expect(second.code, tail(second)).to.equal(0);
    expect(total(second, 'changed'), tail(second)).to.equal(0);
    const planned = await play('--check', '--diff');
    expect(planned.code, tail(planned)).to.equal(0);
    expect(total(planned, 'changed'), tail(planned)).to.equal(0);
    byKplay = await pictures();
    expect(byKplay.web.packages).to.not.have.property('python3-minimal');
  });

  it('end in the same files, services and users by ansible-playbook, with the same counts', async () => {
    await Promise.all(
      names.map(async (name) => {
        await lab.host(name).reset();
        const ready = await lab
          .host(name)
          .exec(`DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${python} </dev/null`);
        expect(ready.code, ready.stderr).to.equal(0);
      }),
    );
    log('the hosts are bare again, but for Python');
    const said = await ansible();
    log('ansible-playbook is done');
    expect(said.code, tail(said)).to.equal(0);
    const again = await ansible();
    log('ansible-playbook is done once more');
    expect(again.code, tail(again)).to.equal(0);
    expect(total(again, 'changed'), tail(again)).to.equal(0);
    const byAnsible = await pictures();
    for (const name of names) {
      expect(differences(byKplay[name], byAnsible[name]), name).to.deep.equal([]);
      expect(comparable(byKplay[name].answers), name).to.deep.equal(comparable(byAnsible[name].answers));
      expect(first.recap[name], `the recap of ${name}`).to.deep.equal(said.recap[name]);
    }
  });
});

/** Runs Debian's ansible-playbook as a user with Python on the hosts would. */
async function ansiblePlaybook(cwd: string, more: Readonly<Record<string, string>>): Promise<Said> {
  const started = performance.now();
  const { code, stdout, stderr } = await attempt(['ansible-playbook', 'site.yml', '-i', 'hosts'], {
    cwd,
    env: {
      ...process.env,
      ...more,
      ANSIBLE_PIPELINING: 'True',
      ANSIBLE_NOCOWS: '1',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
    },
  });
  return { code, stdout, stderr, seconds: (performance.now() - started) / 1000, recap: recapOf(stdout) };
}

/** The files that differ, less those that may. Those of packages which only Ansible needs are left out. */
function differences(one: HostPicture, other: HostPicture): string[] {
  const more = Object.keys(other.packages).filter((name) => !(name in one.packages));
  // packages that say /lib mean /usr/lib, where that link points
  const theirs = new Set(
    more.flatMap((name) => other.packages[name]!.map((path) => path.replace(/^\/lib\//, '/usr/lib/'))),
  );
  const missing = Object.keys(one.packages).filter((name) => !(name in other.packages));
  expect(missing, 'packages that only kplay installed').to.deep.equal([]);
  const may = (path: string) => theirs.has(path) || differing.some(([pattern]) => pattern.test(path));
  const left = (files: Snapshot) => Object.fromEntries(Object.entries(files).filter(([path]) => !may(path)));
  return compareSnapshots(left(one.files), left(other.files));
}

/** Answers without what a login brings, and without the time at which a dump was made. */
function comparable(answers: HostPicture['answers']): HostPicture['answers'] {
  const passing = /^user(-runtime-dir)?@\d+\.service$|^-- Dump completed/;
  return Object.fromEntries(
    Object.entries(answers).map(([question, lines]) => [question, lines.filter((line) => !passing.test(line))]),
  );
}
