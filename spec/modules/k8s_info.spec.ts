import info from '../../engine/modules/k8s_info.ts';
import { testModule } from '../../engine/testing.ts';

const pod = (name: string, ready: boolean) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', managedFields: [{}] },
  status: { phase: 'Running', containerStatuses: [{ ready }] },
});
const { managedFields: _, ...metadata } = pod('web', true).metadata;
const shown = { ...pod('web', true), metadata };
const list = (...items: readonly object[]) => ({
  commands: { 'get -o json': { stdout: JSON.stringify({ kind: 'List', items }) } },
});

testModule(info, 'k8s_info', {
  'lists objects everywhere': {
    args: { kind: 'Pod' },
    world: list(pod('web', true)),
    want: {
      changed: false,
      scripts: ["'kubectl' --cache-dir=/dev/null --request-timeout=30s get -o json 'Pod' '--all-namespaces'"],
      result: { resources: [shown], api_found: true },
    },
  },
  selects: {
    args: {
      kind: 'Deployment',
      api_version: 'apps/v1',
      namespace: 'shop',
      name: 'web',
      label_selectors: ['app=web', 'tier!=db'],
      field_selectors: ['status.phase=Running'],
      kubeconfig: '/etc/kubernetes/admin.conf',
      context: 'here',
    },
    world: list(),
    want: {
      scripts: ["'--kubeconfig=/etc/kubernetes/admin.conf' '--context=here'"],
      result: { resources: [] },
    },
  },
  'takes nothing for an answer': { args: { kind: 'Pod' }, world: list(), want: { result: { resources: [] } } },
  'tells that the server does not know the kind': {
    args: { kind: 'Shop' },
    world: {
      commands: { 'get -o json': { code: 1, stderr: 'error: the server doesn\'t have a resource type "Shop"' } },
    },
    want: { result: { resources: [], api_found: false } },
  },
  'fails when the API does not answer': {
    args: { kind: 'Pod' },
    world: { commands: { 'get -o json': { code: 1, stderr: 'The connection to the server was refused' } } },
    fails: 'was refused',
  },
  'leaves out fields that are hidden': {
    args: { kind: 'ConfigMap', hidden_fields: ['data', 'metadata.annotations[example.com/x]', 'none.at.all'] },
    world: list({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } },
      metadata: { name: 'c', annotations: { 'example.com/x': '1', y: '2' } },
    }),
    want: {
      result: {
        resources: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', annotations: { y: '2' } } }],
      },
    },
  },
  'waits until all are ready': {
    args: { kind: 'Pod', wait: true, wait_timeout: 0 },
    world: list(pod('web', true), pod('db', false)),
    fails: 'after 0 s Pod shop/db is Running, not ready',
  },
  'waits for there to be one': {
    args: { kind: 'Pod', name: 'web', wait: true, wait_timeout: 0 },
    world: list(),
    fails: 'after 0 s there is no Pod web',
  },
});
