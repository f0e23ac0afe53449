import { expect } from 'chai';
import { matches } from '../../engine/module/kubernetes/label-selector.ts';
import { hashed } from '../../engine/module/kubernetes/name-hash.ts';
import k8s from '../../engine/modules/k8s.ts';
import { ModuleFailure } from '../../engine/target/failure.ts';
import { predictedWorld } from '../../engine/target/prediction.ts';
import {
  appliedKind,
  type KubernetesObject,
  listedKind,
  objectKind,
  patchedKind,
} from '../../engine/target/queries/kubernetes.ts';
import { simulatedTarget } from '../../engine/target/simulated.ts';
import type { Target } from '../../engine/target/target.ts';
import { type FakeWorld, fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';

const access = { kubectl: 'kubectl' };
const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const settings = object('ConfigMap', 'settings', { data: { a: '1' } });
const served = (one: KubernetesObject): KubernetesObject => ({
  ...one,
  metadata: { ...one.metadata, resourceVersion: '7', uid: 'x', managedFields: [{}] },
});

/** What the server has, and what it would make of manifests; of which there are none unless told. */
const world = (
  live: readonly (KubernetesObject | { readonly none: KubernetesObject })[],
  dry: readonly (readonly [manifest: KubernetesObject, result: KubernetesObject])[] = [],
  options: readonly string[] = [],
): FakeWorld => ({
  answers: Object.fromEntries([
    ...live.map((one) => {
      const key = 'none' in one ? (one['none'] as KubernetesObject) : (one as KubernetesObject);
      return [`${objectKind.name} ${objectKind.id({ access, object: key })}`, 'none' in one ? undefined : one];
    }),
    ...dry.map(([manifest, result]) => [
      `${appliedKind.name} ${appliedKind.id({ access, object: manifest, options })}`,
      result,
    ]),
  ]),
});

const deployment = (replicas: number, status: object): KubernetesObject => ({
  ...object('Deployment', 'web', { spec: { replicas } }, 'apps/v1'),
  status,
});
const secret = object('Secret', 'pass', { data: { password: 'Y29ycmVjdGhvcnNl', user: 'YWRtaW5pc3RyYXRvcg==' } });
const older = object('Secret', 'pass', { data: { password: 'c3RhcGxlYmF0dGVyeQ==', user: 'YWRtaW5pc3RyYXRvcg==' } });
const namespace = object('Namespace', 'shop');
const inShop: KubernetesObject = { ...settings, metadata: { name: 'settings', namespace: 'shop' } };
const definition = object(
  'CustomResourceDefinition',
  'shops.example.com',
  { spec: { group: 'example.com', names: { kind: 'Shop' } } },
  'apiextensions.k8s.io/v1',
);
const shop = object('Shop', 'corner', {}, 'example.com/v1');
const patchTo = (patch: KubernetesObject, result: KubernetesObject | undefined): FakeWorld => ({
  answers: {
    [`${objectKind.name} ${objectKind.id({ access, object: patch })}`]: result && settings,
    [`${patchedKind.name} ${patchedKind.id({ access, object: patch, types: ['strategic', 'merge'] })}`]: result,
  },
});
const label = object('ConfigMap', 'settings', { data: { b: '2' } });

testModule(k8s, 'k8s', {
  'applies what is not there': {
    args: { definition: settings },
    world: world([{ none: settings }], [[settings, served(settings)]]),
    want: {
      fields: ['objects'],
      log: ['kubectl apply ConfigMap settings'],
      scripts: ["'kubectl' --cache-dir=/dev/null apply -f - -o name"],
      diffs: [['', "apiVersion: v1\ndata:\n  a: '1'\nkind: ConfigMap\nmetadata:\n  name: settings\n"]],
      result: { method: 'create' },
    },
  },
  'is done when the server would make of it what is there, notes of the server apart': {
    args: { definition: settings },
    world: world(
      [{ ...served(settings), status: { phase: 'Active' } }],
      [[settings, { ...settings, metadata: { name: 'settings', resourceVersion: '8' } }]],
    ),
    want: { changed: false, log: [] },
  },
  'applies only what differs': {
    args: { definition: [settings, object('ConfigMap', 'other')] },
    world: world(
      [settings, { none: object('ConfigMap', 'other') }],
      [
        [settings, settings],
        [object('ConfigMap', 'other'), object('ConfigMap', 'other')],
      ],
    ),
    want: { log: ['kubectl apply ConfigMap other'] },
  },
  'reads documents of YAML, lists among them': {
    args: {
      definition: `${JSON.stringify({ kind: 'List', items: [settings] })}\n---\n---\nkind: Namespace\nmetadata: { name: shop }`,
    },
    world: world(
      [settings, { none: namespace }],
      [
        [settings, settings],
        [namespace, namespace],
      ],
    ),
    want: { log: ['kubectl apply Namespace shop'] },
  },
  'reads a file of the controller': {
    args: { src: 'settings.yml', kubeconfig: '/etc/kubernetes/admin.conf' },
    files: { 'files/settings.yml': JSON.stringify(settings) },
    world: {
      answers: {
        'kubernetes object /etc/kubernetes/admin.conf ConfigMap settings': undefined,
        [`kubernetes apply ${appliedKind.id({ access: { ...access, kubeconfig: '/etc/kubernetes/admin.conf' }, object: settings, options: [] })}`]:
          settings,
      },
    },
    want: { scripts: ["'kubectl' --cache-dir=/dev/null '--kubeconfig=/etc/kubernetes/admin.conf' apply"] },
  },
  'renders a template': {
    args: { template: 'settings.yml.j2' },
    variables: { number: 1 },
    files: {
      'templates/settings.yml.j2': 'kind: ConfigMap\nmetadata: { name: settings }\ndata: { a: "{{ number }}" }',
    },
    world: world([settings], [[settings, settings]]),
    want: { changed: false },
  },
  'gives objects the namespace of the task': {
    args: { definition: settings, namespace: 'shop' },
    world: world([inShop], [[inShop, inShop]]),
    want: { changed: false },
  },
  'makes an object that is named by arguments': {
    args: { kind: 'Namespace', name: 'shop' },
    world: world([{ none: namespace }], [[namespace, namespace]]),
    want: { log: ['kubectl apply Namespace shop'] },
  },
  'hides what a Secret holds, and tells which values differ': {
    args: { definition: secret },
    world: world([older], [[secret, secret]]),
    want: {
      diffs: [
        [
          "apiVersion: v1\ndata:\n  password: '********'\n  user: '********'\nkind: Secret\nmetadata:\n  name: pass\n",
          "apiVersion: v1\ndata:\n  password: '******** (another value)'\n  user: '********'\nkind: Secret\nmetadata:\n  name: pass\n",
        ],
      ],
    },
  },
  'writes stringData as the data that is read back': {
    args: {
      definition: { ...object('Secret', 'pass'), stringData: { password: 'correcthorse', user: 'administrator' } },
    },
    world: world([secret], [[secret, secret]]),
    want: { changed: false },
  },
  'applies a namespace first, and asks nothing of what will be in it': {
    args: { definition: [inShop, namespace] },
    world: world([{ none: namespace }, { none: inShop }], [[namespace, namespace]]),
    want: { log: ['kubectl apply Namespace shop, ConfigMap shop/settings'] },
    always: 'the world answers for the new namespace only once it is there',
  },
  'waits for a kind to be known before objects of it': {
    args: { definition: [definition, shop] },
    world: world([{ none: definition }, { none: shop }], [[definition, definition]]),
    want: {
      log: ['kubectl apply CustomResourceDefinition shops.example.com', 'kubectl apply Shop corner'],
      scripts: ["wait --for=condition=Established --timeout=60s 'crd/shops.example.com'"],
    },
    always: 'likewise',
  },
  'lets the server merge': {
    args: { definition: settings, server_side_apply: { field_manager: 'kplay', force_conflicts: true } },
    world: world(
      [{ none: settings }],
      [[settings, settings]],
      ['--server-side', '--field-manager=kplay', '--force-conflicts'],
    ),
    want: { scripts: ["apply -f - -o name '--server-side' '--field-manager=kplay' '--force-conflicts'"] },
  },
  deletes: {
    args: { state: 'absent', definition: [namespace, inShop], wait: true, wait_timeout: 9 },
    world: world([namespace, inShop]),
    want: {
      log: ['kubectl delete ConfigMap shop/settings, Namespace shop'],
      scripts: ['--ignore-not-found --cascade=background --wait=true --timeout=9s'],
      result: {
        result: {
          results: [
            { result: namespace, method: 'delete', changed: true },
            { result: inShop, method: 'delete', changed: true },
          ],
        },
      },
    },
  },
  'deletes what is there, as it is told to': {
    args: {
      state: 'absent',
      definition: [namespace, settings],
      delete_options: { propagationPolicy: 'Orphan', gracePeriodSeconds: 0 },
    },
    world: world([namespace, { none: settings }]),
    want: { log: ['kubectl delete Namespace shop'], scripts: ['--cascade=orphan --grace-period=0 --wait=false'] },
  },
  'is done when nothing is left to delete': {
    args: { state: 'absent', kind: 'Namespace', name: 'shop' },
    world: world([{ none: namespace }]),
    want: { changed: false },
  },
  'patches what is there': {
    args: { state: 'patched', definition: label },
    world: patchTo(label, { ...settings, data: { a: '1', b: '2' } }),
    want: {
      log: ['kubectl patch ConfigMap settings'],
      scripts: ["patch 'ConfigMap.v1.' 'settings'"],
      result: { method: 'patch' },
    },
  },
  'is done with a patch that changes nothing': {
    args: { state: 'patched', definition: label },
    world: patchTo(label, settings),
    want: { changed: false },
  },
  'patches nothing where there is nothing': {
    args: { state: 'patched', definition: label },
    world: patchTo(label, undefined),
    want: { changed: false, result: { warnings: ['ConfigMap settings is not there, so it is not patched'] } },
  },
  'waits for a Deployment, and a wait alone is no change': {
    args: { definition: deployment(1, {}), wait: true, wait_timeout: 5, wait_sleep: 0 },
    world: {
      ...world([deployment(1, {})], [[deployment(1, {}), deployment(1, {})]]),
      commands: {
        'get -f -': {
          stdout: JSON.stringify(deployment(1, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 })),
        },
      },
    },
    want: { fields: ['ready'], result: { changed: false } },
    always: 'the world goes on answering with the Deployment as it was',
  },
  'says what it waited for in vain': {
    args: { definition: deployment(2, {}), wait: true, wait_timeout: 0 },
    world: {
      ...world([deployment(2, {})], [[deployment(2, {}), deployment(2, {})]]),
      commands: { 'get -f -': { stdout: JSON.stringify(deployment(2, { availableReplicas: 1 })) } },
    },
    fails: 'after 0 s Deployment web has 1 of 2 replicas available',
  },
  'needs objects': { args: {}, fails: 'definition' },
  'needs a kind': { args: { definition: { metadata: { name: 'x' } } }, fails: 'object 1 has no kind' },
  'needs a name': { args: { definition: { kind: 'Pod' } }, fails: 'object 1 (Pod) has no metadata.name' },
  'takes no YAML that is none': { args: { definition: 'a: [' }, fails: 'the definition is no YAML' },
  'takes no text for an object': { args: { definition: ['just words'] }, fails: 'must be a mapping' },
});

const elsewhere = {
  kubectl: 'kubectl',
  options: ['--server=https://api:6443', '--insecure-skip-tls-verify=true', '--as=joe'],
};
const reached = {
  ...elsewhere,
  kubeconfig: undefined,
  context: undefined,
  environment: { HTTPS_PROXY: 'http://p:3128' },
};

testModule(k8s, 'k8s at another API', {
  'is told where it is, and through what': {
    args: {
      ...{ definition: settings, host: 'https://api:6443', verify_ssl: false, impersonate_user: 'joe' },
      proxy: 'http://p:3128',
    },
    world: {
      answers: {
        [`kubernetes object ${objectKind.id({ access: reached, object: settings })}`]: undefined,
        [`kubernetes apply ${appliedKind.id({ access: reached, object: settings, options: [] })}`]: settings,
      },
    },
    want: {
      scripts: [
        "HTTPS_PROXY='http://p:3128' 'kubectl' --cache-dir=/dev/null '--server=https://api:6443' '--insecure-skip-tls-verify=true' '--as=joe' apply",
      ],
    },
  },
  'shows no token': { args: { definition: settings, api_key: 'abc' }, fails: 'put it into a kubeconfig' },
});

const through = (proxy: string) => ({
  ...{ kubectl: 'kubectl', kubeconfig: undefined, context: undefined },
  environment: { HTTPS_PROXY: proxy },
});

describe('the password of a proxy', () => {
  for (const [proxy, ...kept] of [
    ['http://joe:p%40ss@p:3128', 'p%40ss', 'p@ss'],
    ['joe:100%@p:3128', '100%'],
    ['http://p:3128'],
  ] as const)
    it(`is a secret: ${proxy}`, async () => {
      const controller = fakeController();
      const keys = { access: through(proxy), object: settings, options: [] };
      const answers = {
        [`kubernetes object ${objectKind.id(keys)}`]: settings,
        [`kubernetes apply ${appliedKind.id(keys)}`]: settings,
      };
      await runModule(k8s, { definition: settings, proxy }, fakeTarget({ answers }), controller);
      expect([...controller.secrets]).to.deep.equal(kept);
    });
});

const labelled = (name: string, labels: object, namespace = 'shop'): KubernetesObject => ({
  ...object('ConfigMap', name),
  metadata: { name, namespace, labels },
});
const [web, db] = [labelled('web', { app: 'shop', tier: 'web' }), labelled('db', { app: 'shop', tier: 'db' })];
const found = (selectors: readonly string[], objects: readonly KubernetesObject[], namespace?: string): FakeWorld => {
  const key = { access, apiVersion: 'v1', kind: 'ConfigMap', namespace, selectors };
  const more = objects.map((one) => [`${objectKind.name} ${objectKind.id({ access, object: one })}`, one]);
  return { answers: { [`${listedKind.name} ${listedKind.id(key)}`]: objects, ...Object.fromEntries(more) } };
};

testModule(k8s, 'k8s by labels', {
  'deletes what has them': {
    args: { state: 'absent', kind: 'ConfigMap', namespace: 'shop', label_selectors: ['app=shop'] },
    world: found(['app=shop'], [web, db], 'shop'),
    want: {
      changed: true,
      log: ['kubectl delete ConfigMap shop/db, ConfigMap shop/web'],
      result: {
        result: {
          results: [
            { result: web, method: 'delete', changed: true },
            { result: db, method: 'delete', changed: true },
          ],
        },
      },
    },
  },
  'deletes all of a kind': {
    args: { state: 'absent', kind: 'ConfigMap', delete_all: true },
    world: found([], [web]),
    want: { log: ['kubectl delete ConfigMap shop/web'], result: { method: 'delete' } },
  },
  'is done where there is none': {
    args: { state: 'absent', kind: 'ConfigMap', delete_all: true },
    world: found([], []),
    want: { changed: false, result: { result: { results: [] } } },
  },
  'deletes by name where there is one, whatever else is there': {
    args: { state: 'absent', kind: 'ConfigMap', name: 'settings', delete_all: true },
    world: world([settings]),
    want: { log: ['kubectl delete ConfigMap settings'] },
  },
  'deletes a named object only where it has them': {
    args: { state: 'absent', definition: web, label_selectors: ['tier in (db, cache)'] },
    world: world([web]),
    want: { changed: false, result: { result: web, msg: 'ConfigMap shop/web is left out by label_selectors' } },
  },
  'applies only what has them': {
    args: { definition: [web, db], label_selectors: ['app=shop,tier!=db'] },
    world: world([{ none: web }], [[web, web]]),
    want: { log: ['kubectl apply ConfigMap shop/web'] },
  },
  'deletes nothing by an empty selector, which the API takes for everything': {
    args: { state: 'absent', kind: 'ConfigMap', label_selectors: [' '] },
    fails: 'label_selectors: "" is no selector; delete_all deletes all of a kind',
  },
  'takes no selector that is none': {
    args: { definition: web, label_selectors: ['tier > 3'] },
    fails: 'label_selectors: "tier > 3" is no selector',
  },
});

describe('a selection of objects before the run', () => {
  const args = { state: 'absent', kind: 'ConfigMap', delete_all: true };
  const deleted = async (target: Target) => (await runModule(k8s, args, target, fakeController())).changed;

  it('is what there is, and nothing once it is deleted', async () => {
    const target = simulatedTarget(fakeTarget(found([], [web])), predictedWorld());
    expect([await deleted(target), await deleted(target)]).to.deep.equal([true, false]);
  });

  it('is not known once the run may make some', async () => {
    const target = simulatedTarget(fakeTarget(found([], [])), predictedWorld());
    await target.writeFile('/etc/a', Buffer.from('a'), {});
    const told = await deleted(target).catch((error: unknown) => error);
    expect(told).to.have.property('reason').that.includes('after the changes (write /etc/a');
  });
});

describe('selectors of labels', () => {
  const labels = { app: 'shop', 'x.org/tier': 'web', empty: '' };
  for (const [selector, meets] of Object.entries({
    'app=shop': true,
    'app == shop': true,
    'app=other': false,
    'app!=other': true,
    'gone!=other': true,
    'x.org/tier in (db, web)': true,
    'x.org/tier notin (db,web)': false,
    'gone notin (a)': true,
    app: true,
    '!app': false,
    '!gone': true,
    'empty=': true,
    'app=shop,!gone': true,
    'app in (shop,a),gone': false,
  }))
    it(`${selector} is ${meets ? 'met' : 'not met'}`, () => expect(matches([selector], labels)).to.equal(meets));
});

const refused = new Error('the server is not pleased');
const failing = (one: KubernetesObject): FakeWorld['answers'] => ({
  [`${appliedKind.name} ${appliedKind.id({ access, object: one, options: [] })}`]: refused,
});

describe('k8s with continue_on_error', () => {
  const run = (given: object, answers: FakeWorld['answers'], commands: FakeWorld['commands'] = {}) => {
    const target = fakeTarget({
      answers: { ...world([{ none: settings }, { none: label }]).answers, ...answers },
      commands,
    });
    // what a query refuses is thrown, as the reader of a host does it
    const query: typeof target.query = async (kind, key) => {
      const answer = await target.query(kind, key);
      if ((answer as unknown) === refused) throw new ModuleFailure(refused.message);
      return answer;
    };
    return runModule(k8s, { continue_on_error: true, ...given }, { ...target, query }, fakeController());
  };
  const other = object('ConfigMap', 'other');
  const both = { ...world([{ none: other }], [[other, other]]).answers, ...failing(settings) };

  it('does the others, and tells what is wrong with the one', async () => {
    const { changed, result } = await run({ definition: [settings, other] }, both);
    expect(changed).to.equal(true);
    expect(result['result']).to.deep.equal({
      results: [
        { result: {}, error: { msg: refused.message }, changed: false },
        { result: other, method: 'create', changed: true },
      ],
    });
  });

  it('tells what fails when it is done, and counts no change', async () => {
    const answers = world([{ none: other }], [[other, other]]).answers;
    const commands = { 'apply -f - -o name': { code: 1, stderr: 'quota' } };
    const { result } = await run({ definition: other }, answers, commands);
    expect(result).to.include({ changed: false });
    expect(result['error']).to.deep.equal({ msg: 'kubectl apply ConfigMap other: quota' });
  });

  it('tells what is waited for in vain', async () => {
    const pod = object('Pod', 'p');
    const { result } = await run(
      { definition: pod, wait: true, wait_timeout: 0 },
      world([{ none: pod }], [[pod, pod]]).answers,
    );
    expect(result).to.include({ changed: true, method: 'create' });
    expect(result['error']).to.deep.equal({ msg: 'after 0 s Pod p is not there' });
  });

  it('fails at once without it', async () => {
    const failure = await run({ definition: [settings, other], continue_on_error: false }, both).catch(
      (error) => error,
    );
    expect(failure).to.be.instanceOf(ModuleFailure).with.property('message', refused.message);
  });
});

const withHash: KubernetesObject = { ...settings, metadata: { name: 'settings-gd4k275f27' } };
const lax = ['--validate=false'];

testModule(k8s, 'k8s', {
  'puts a hash of its content behind the name of a ConfigMap': {
    args: { definition: settings, append_hash: true },
    world: world([withHash], [[withHash, withHash]]),
    want: { changed: false },
  },
  'lets objects be that do not fit their schema': {
    args: { definition: settings, validate: { fail_on_error: false } },
    world: world([{ none: settings }], [[settings, settings]], lax),
    want: { scripts: ["apply -f - -o name '--validate=false'"] },
  },
  'takes fields that nobody knows': {
    args: { definition: settings, validate: { fail_on_error: true, strict: false } },
    world: world([settings], [[settings, settings]], lax),
    want: { changed: false },
  },
  'holds objects against their schema': {
    args: { definition: settings, validate: { fail_on_error: true } },
    world: world([settings], [[settings, settings]]),
    want: { changed: false },
  },
  'hides fields in results and diffs': {
    args: { definition: settings, hidden_fields: ['data'] },
    world: world([{ none: settings }], [[settings, settings]]),
    want: {
      result: { result: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } } },
      diffs: [['', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n']],
    },
  },
  'hides what names an object, and what a Secret holds all the same': {
    args: { definition: secret, hidden_fields: ['kind', 'metadata'] },
    world: world([older], [[secret, secret]]),
    want: {
      changed: true,
      result: { result: { apiVersion: 'v1', data: secret['data'] }, method: 'apply' },
      diffs: [
        [
          "apiVersion: v1\ndata:\n  password: '********'\n  user: '********'\n",
          "apiVersion: v1\ndata:\n  password: '******** (another value)'\n  user: '********'\n",
        ],
      ],
    },
  },
  'waits for a condition': {
    args: {
      ...{ definition: shop, wait: true, wait_timeout: 0 },
      wait_condition: { type: 'Open', status: false, reason: 'Night' },
    },
    world: {
      ...world([shop], [[shop, shop]]),
      commands: {
        'get -f -': { stdout: JSON.stringify({ ...shop, status: { conditions: [{ type: 'Open', status: 'True' }] } }) },
      },
    },
    fails: 'after 0 s Shop corner has Open True, not False (Night)',
  },
});

describe('the hash of a name', () => {
  it('is that of kubectl', () => {
    const name = (kind: string, data: unknown) => hashed({ ...object(kind, ''), ...(data as object) }).metadata.name;
    expect(name('ConfigMap', { data: { one: '' } })).to.equal('-9g67k2htb6');
    expect(name('ConfigMap', {})).to.equal('-6ct58987ht');
    expect(name('Secret', { type: 'my-type', data: { one: '' } })).to.equal('-74bd68bm66');
    expect(name('Pod', {})).to.equal('');
  });
});

testModule(k8s, 'k8s refuses', {
  'what would not be done, by name': {
    args: { definition: settings, force: true },
    fails: 'k8s does not know force: objects are applied, never replaced',
  },
  'preconditions, and schemas of other versions': {
    args: {
      definition: settings,
      delete_options: { preconditions: { uid: 'x' } },
      validate: { fail_on_error: true, version: '1.20' },
    },
    fails: 'validate.version: the server looks at objects as one of its own version; delete_options.preconditions: say',
  },
  'names that the server makes': {
    args: { kind: 'Job', generate_name: 'x-' },
    fails: 'generate_name: name the object',
  },
});
