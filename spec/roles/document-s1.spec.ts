/** S1 as the document has it: what it writes to hosts, rendered for its own addresses, and what the roles make of each of its flags. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';
import { expectCorrected } from './document.ts';
import { type Mapping, readMapping, roleNames, tasksOf } from './read-roles.ts';

const fixtures = resolve('spec/fixtures/roles/s1');
const faithful = join(fixtures, 'faithful');
const files = readdirSync(faithful)
  .filter((name) => name.endsWith('.golden'))
  .map((name) => name.slice(0, -'.golden'.length));

/** What becomes of a flag: the roles set it too, set it to what closes it, set another instead, or refuse it. */
type Fate = 'kept' | 'closed' | 'refused' | { readonly instead: string };

const fates: Readonly<Record<string, Readonly<Record<string, Fate>>>> = {
  'kube-apiserver': {
    'insecure-bind-address': 'refused',
    'insecure-port': 'closed',
    'cors-allowed-origins': 'refused',
    etcd_servers: { instead: 'etcd-servers' },
    'service-cluster-ip': { instead: 'service-cluster-ip-range' },
    v: 'kept',
    logtostderr: 'refused',
    log_dir: 'refused',
  },
  'kube-controller-manager': {
    master: { instead: 'kubeconfig' },
    'enable-hostpath-provisioner': 'refused',
    'pod-eviction-timeout': 'refused',
    v: 'kept',
    logtostderr: 'refused',
    log_dir: 'refused',
    'leader-elect': 'kept',
  },
  'kube-scheduler': {
    master: { instead: 'kubeconfig' },
    v: 'kept',
    logtostderr: 'refused',
    log_dir: 'refused',
    'leader-elect': 'kept',
  },
  kubelet: {
    address: { instead: 'config' },
    port: { instead: 'config' },
    api_servers: { instead: 'kubeconfig' },
    'pod-infra-container-image': 'kept',
    'node-labels': 'kept',
    v: 'kept',
    logtostderr: 'refused',
    log_dir: 'refused',
  },
  'kube-proxy': {
    master: { instead: 'config' },
    'proxy-mode': { instead: 'config' },
    v: 'kept',
    logtostderr: 'refused',
    log_dir: 'refused',
  },
};

/** What the document says of etcd and the role does not: why. */
const etcd: Readonly<Record<string, string>> = {
  name: "the host's",
  'data-dir': '/var/lib/etcd, for etcd alone (S1.E8)',
  'initial-advertise-peer-urls': 'TLS (S1.E3)',
  'listen-peer-urls': "TLS, on the host's own address (S1.E8)",
  'listen-client-urls': 'likewise, and on 127.0.0.1; without port 4001',
  'advertise-client-urls': 'likewise',
  'initial-cluster': 'TLS, and the names of the hosts',
};

describe('S1 as the document has it', () => {
  let on: Stage;
  before(async () => {
    on = stage();
    cpSync('roles/cluster', join(on.folder, 'roles/cluster'), { recursive: true });
    on.write({
      hosts: `${readFileSync(join(fixtures, 'hosts'), 'utf8')}\nansible_connection=exec\nansible_exec_command="/bin/sh"\n`,
    });
    const { outcomes } = await on.play(`
- hosts: master0
  gather_facts: false
  roles: [cluster]
  tasks:
    - name: render
      template: { src: "${faithful}/{{ item }}.j2", dest: "{{ playbook_dir }}/{{ item }}", mode: "0600" }
      loop: ${JSON.stringify(files)}
`);
    const render = outcomes.find(({ task }) => task.name === 'render');
    expect(render?.status, JSON.stringify(render?.result)).to.equal('changed');
  });
  after(() => on?.close());

  for (const file of files) {
    it(`follows from the inventory: ${file}`, () => {
      expect(readFileSync(join(on.folder, file), 'utf8')).to.equal(
        readFileSync(join(faithful, `${file}.golden`), 'utf8'),
      );
    });
  }

  it('is never rendered for a host: no role knows its templates, Upstart, or an API without TLS', () => {
    for (const role of roleNames) {
      const templates = join('roles', role, 'templates');
      const texts = existsSync(templates)
        ? readdirSync(templates).map((name) => readFileSync(join(templates, name), 'utf8'))
        : [];
      for (const text of [...texts, JSON.stringify(tasksOf(role).map(({ task }) => task))])
        expect(text, role).not.to.match(/\/etc\/init\/|--insecure-port|listen-client-urls: http:|proxy_pass http:/);
    }
  });

  it('nginx: each line is kept, or corrected for a reason', () => {
    expectCorrected(join(faithful, 'mynginx.conf.golden'), join(fixtures, 'nginx/nginx.conf.golden'), {
      ...Object.fromEntries(
        ['192.168.0.2', '192.168.0.3', '192.168.0.4'].map((address) => [
          `server ${address}:8080;`,
          'the secure port, and when a server is passed over (S1.E3)',
        ]),
      ),
      'listen 8888;': 'the port that docker published: the container has the network of the host',
      'server_name localhost;': 'a stream knows no names',
      'location / {': 'nor paths (S1.E1)',
      'proxy_pass http://k8smaster;': 'TLS goes through (S1.E1, S1.E3)',
    });
  });

  it('etcd: each of the nine options is kept, or corrected for a reason', () => {
    const text = readFileSync(join(faithful, 'etcd.default.golden'), 'utf8');
    const options = [...text.matchAll(/--([a-z-]+)[ =](\S+?)"?(?=\s)/g)].map(
      ([, name, value]) => [name!, value!] as const,
    );
    expect(options).to.have.length(9);
    const file = readMapping(join(fixtures, 'master0/etcd.yml.golden'));
    const differing = options.filter(([name, value]) => file[name] !== value).map(([name]) => name);
    expect(differing).to.deep.equal(Object.keys(etcd));
    for (const name of differing)
      expect(file[name], name)
        .to.be.a('string')
        .and.not.match(/http:|0\.0\.0\.0|4001/);
  });

  const table = readMapping('roles/kube-common/vars/main.yml')['kube_common_flags'] as readonly Mapping[];
  for (const [component, fate] of Object.entries(fates)) {
    it(`leaves no flag of ${component} without an answer`, () => {
      const text = readFileSync(join(faithful, `${component}.default.golden`), 'utf8');
      const named = [...text.matchAll(/--([A-Za-z_-]+)=/g)].map(([, flag]) => flag!);
      expect(named).to.deep.equal(Object.keys(fate));
      const set = flagsOf(component);
      for (const [flag, what] of Object.entries(fate)) {
        if (what === 'kept') expect(set).to.have.property(flag);
        else if (what === 'closed') expect(set).to.have.property(flag, '0');
        else if (what !== 'refused') {
          expect(set).to.have.property(what.instead);
          expect(set).not.to.have.property(flag);
        } else {
          expect(set).not.to.have.property(flag);
          // names with underscores are refused as such, whatever they mean
          const row = table.find((one) => one['flag'] === `${component}/${flag}`);
          expect(flag.includes('_') || row?.['refuse'] !== undefined, `${component}/${flag}`).to.equal(true);
        }
      }
    });
  }
});

/** The flags that the role of a component sets, in any version: the mappings of its vars named `…_flags`, and what is combined with them. */
function flagsOf(component: string): Mapping {
  const vars = Object.entries(readMapping(join('roles', component, 'vars/main.yml')));
  const flags = vars.filter(([name]) => name.endsWith('_flags')).map(([, value]) => value);
  return Object.assign(
    {},
    ...flags.map((value) =>
      typeof value === 'string'
        ? Object.fromEntries([...value.matchAll(/'([a-z][a-z-]*)': /g)].map(([, flag]) => [flag, '']))
        : value,
    ),
  );
}
