import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import helm from '../../engine/modules/helm.ts';
import { chartKind, releaseKind } from '../../engine/target/queries/helm.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const args = { name: 'web', release_namespace: 'shop', chart_ref: 'stable/nginx' };
const release = (more: object = {}) => ({
  ...{ revision: '3', status: 'deployed', chart: 'nginx-1.2.3', app_version: '1.27', values: { replicas: 2 } },
  ...more,
});
const world = (found: object | undefined, chart = 'nginx-1.2.3', asked = 'stable/nginx') => ({
  answers: { 'helm release shop web': found, [`helm chart ${asked}`]: chart },
});

testModule(helm, 'helm', {
  'makes a release': {
    args: {
      ...args,
      values: { replicas: 2, db: { password: 'secret' } },
      create_namespace: true,
      wait: true,
      timeout: 300,
    },
    world: world(undefined),
    want: {
      fields: ['chart', 'values', 'status'],
      log: ['helm upgrade shop/web'],
      scripts: [
        "'helm' 'upgrade' '--install' 'web' 'stable/nginx' '--reset-values' '--create-namespace' '--values=-' '--namespace=shop' '--wait' '--timeout=300s'",
      ],
      diffs: [['', "chart: nginx-1.2.3\nstatus: deployed\ndb:\n  password: '********'\nreplicas: 2\n"]],
    },
  },
  'leaves alone what is so': {
    args: { ...args, release_values: { replicas: 2 } },
    world: world(release()),
    want: {
      changed: false,
      log: [],
      result: {
        status: {
          name: 'web',
          namespace: 'shop',
          chart: 'nginx-1.2.3',
          revision: '3',
          status: 'deployed',
          app_version: '1.27',
        },
      },
    },
  },
  'brings another version, from another repository': {
    args: {
      ...args,
      chart_ref: 'nginx',
      chart_version: '1.3.0',
      chart_repo_url: 'https://c.example',
      values: { replicas: 2 },
    },
    world: world(release(), 'nginx-1.3.0', 'https://c.example nginx 1.3.0'),
    want: {
      fields: ['chart'],
      scripts: ["'web' 'nginx' '--version=1.3.0' '--repo=https://c.example'"],
      diffs: [
        ['chart: nginx-1.2.3\nstatus: deployed\nreplicas: 2\n', 'chart: nginx-1.3.0\nstatus: deployed\nreplicas: 2\n'],
      ],
    },
  },
  'forgets values that are asked for no longer': { args, world: world(release()), want: { fields: ['values'] } },
  'keeps them when told so': {
    args: { ...args, reuse_values: true, values: { replicas: 2 } },
    world: world(release({ values: { replicas: 2, other: { a: 1 } } })),
    want: { changed: false },
  },
  'takes values of files, and what the task says before them': {
    args: { ...args, values_files: ['/etc/web.yml'], values: { db: { port: 1 } } },
    world: {
      ...world(release({ values: { db: { host: 'a', port: 1 } } })),
      files: { '/etc/web.yml': 'db: { host: a, port: 2 }\n' },
    },
    want: { changed: false },
  },
  'hides what is called a secret, and says that it is another': {
    args: { ...args, values: { token: 'new' } },
    world: world(release({ values: { token: 'old' } })),
    want: {
      diffs: [
        [
          "chart: nginx-1.2.3\nstatus: deployed\ntoken: '********'\n",
          "chart: nginx-1.2.3\nstatus: deployed\ntoken: '******** (another value)'\n",
        ],
      ],
    },
  },
  'hides what secrets hold at any depth, lists among them': {
    args: {
      ...args,
      values: {
        secrets: { db: 'hunter2' },
        users: [{ name: 'bob', password: 'hunter3' }],
        env: [
          { name: 'DB_PASSWORD', value: 'hunter4' },
          { name: 'LEVEL', value: 'info' },
        ],
      },
    },
    world: world(release({ values: { secrets: { db: 'hunter1' }, env: [{ name: 'DB_PASSWORD', value: 'hunter4' }] } })),
    want: {
      diffs: [
        [
          "chart: nginx-1.2.3\nstatus: deployed\nenv:\n- name: DB_PASSWORD\n  value: '********'\nsecrets:\n  db: '********'\n",
          "chart: nginx-1.2.3\nstatus: deployed\nenv:\n- name: DB_PASSWORD\n  value: '********'\n- name: LEVEL\n  value: info\nsecrets:\n  db: '******** (another value)'\nusers:\n- name: bob\n  password: '******** (another value)'\n",
        ],
      ],
    },
  },
  'mends a release that failed': {
    args: { ...args, values: { replicas: 2 }, atomic: true },
    world: world(release({ status: 'failed' })),
    want: { fields: ['status'], scripts: ["'--atomic'"] },
  },
  'takes a release away': {
    args: { name: 'web', release_namespace: 'shop', state: 'absent', purge: false },
    world: world(release()),
    want: {
      log: ['helm uninstall shop/web'],
      scripts: ["'helm' 'uninstall' 'web' '--keep-history' '--namespace=shop'"],
    },
  },
  'need not take away what has been': {
    args: { name: 'web', release_namespace: 'shop', release_state: 'absent' },
    world: world(release({ status: 'uninstalled' })),
    want: { changed: false },
  },
  'shows no token': { args: { ...args, api_key: 'abc' }, fails: 'put it into a kubeconfig' },
  'names what it does not know': {
    args: { ...args, set_values: [{ value: 'a=b' }], post_renderer: '/bin/render' },
    fails:
      'helm does not know set_values: say it in values; post_renderer: k8s applies what a task before has rendered',
  },
  'needs a chart': { args: { name: 'web', release_namespace: 'shop' }, fails: 'needs chart_ref' },
});

/** Keeps one release in files beside itself. */
const program = `#!/bin/sh
d=$(dirname "$0")
case "$*" in
  *list*--filter=^web\\$*) if [ -f "$d/values" ]; then echo '[{"name":"web","revision":"1","status":"deployed","chart":"nginx-1.2.3","app_version":"1"}]'; else echo '[]'; fi; echo careful >&2;;
  *list*) echo refused >&2; exit 1;;
  *get*values*) cat "$d/values";;
  *show*chart*) printf 'apiVersion: v2\\nname: nginx\\nversion: 1.2.3\\n';;
  *upgrade*) cat > "$d/values"; echo done;;
  *uninstall*) rm "$d/values";;
esac
`;

describe('helm on a host', () => {
  it('makes a release once, takes it away once, and foresees both', async () => {
    const here = stage({}, ['h1']);
    try {
      here.write({ helm: program });
      const task = (more: string) =>
        `    - helm: { name: web, release_namespace: shop, binary_path: "{{ playbook_dir }}/helm", ${more} }\n`;
      const made = task('chart_ref: x/nginx, values: { a: [1, 2.5], b: { c: "x" } }');
      const gone = task('state: absent');
      const playbook = `- hosts: h1\n  gather_facts: false\n  tasks:\n    - file: { path: "{{ playbook_dir }}/helm", mode: "0755" }\n${made}${made}`;
      const undone = `- hosts: h1\n  gather_facts: false\n  tasks:\n${gone}${gone}`;
      await here.play(playbook.replace(made + made, ''));
      const statuses = async (text: string, check: boolean) =>
        (await here.play(text, { check })).outcomes.map(({ status }) => status).slice(-2);
      expect(await statuses(playbook, true)).to.deep.equal(['changed', 'ok']);
      expect(await statuses(playbook, false)).to.deep.equal(['changed', 'ok']);
      expect(JSON.parse(readFileSync(join(here.folder, 'values'), 'utf8'))).to.deep.equal({
        a: [1, 2.5],
        b: { c: 'x' },
      });
      expect(await statuses(undone, true)).to.deep.equal(['changed', 'ok']);
      expect(await statuses(undone, false)).to.deep.equal(['changed', 'ok']);
    } finally {
      here.close();
    }
  }).timeout(20_000);

  for (const shell of shells)
    it(`is asked through ${shell.join(' ')}`, () => {
      const here = stage({ helm: program }, ['h1']);
      try {
        chmodSync(join(here.folder, 'helm'), 0o755);
        checkQueries(join(here.folder, 'helm'), shell);
      } finally {
        here.close();
      }
    });
});

function checkQueries(path: string, shell: readonly string[]): void {
  const access = { helm: path, options: [] };
  const [none, refused] = askHere(
    releaseKind,
    [
      { access, name: 'web', namespace: 'shop' },
      { access, name: 'other', namespace: 'shop' },
    ],
    shell,
  );
  expect(none).to.equal(undefined);
  expect(String(refused)).to.contain('release shop/other: refused');
  expect(askHere(chartKind, [{ access, chart: 'x/nginx' }], shell)).to.deep.equal(['nginx-1.2.3']);
  const [missing] = askHere(chartKind, [{ access: { ...access, helm: '/no/helm' }, chart: 'x' }], shell);
  expect(String(missing)).to.contain('/no/helm was not found on this host');
}
