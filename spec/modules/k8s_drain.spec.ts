import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import drain from '../../engine/modules/k8s_drain.ts';
import { nodePodsKind } from '../../engine/target/queries/node-pods.ts';
import { testModule } from '../../engine/testing.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const node = (spec: object = {}) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec });
const pod = (
  name: string,
  owner: string | undefined,
  { annotations = {}, ...more }: Readonly<Record<string, object>> = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...{ name, namespace: 'shop', annotations },
    ...(owner && { ownerReferences: [{ kind: owner, controller: true }] }),
  },
  ...more,
});
const web = pod('web', 'ReplicaSet');
const proxy = pod('proxy', 'DaemonSet');
const etcd = pod('etcd', 'Node', { annotations: { 'kubernetes.io/config.mirror': 'x' } });
const scratch = pod('scratch', 'ReplicaSet', { spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } });
const lonely = pod('lonely', undefined);
const key = { access: { kubectl: 'kubectl', kubeconfig: undefined, context: undefined }, node: 'n1' };
const world = (one: object | undefined, pods: readonly object[] = []) => ({
  answers: { 'kubernetes object Node n1': one, [`${nodePodsKind.name} ${nodePodsKind.id(key)}`]: pods },
});
const args = { name: 'n1' };
const all = { ignore_daemonsets: true, delete_emptydir_data: true, force: true };

testModule(drain, 'k8s_drain', {
  'keeps new pods away': {
    args: { ...args, state: 'cordon' },
    world: world(node()),
    want: {
      fields: ['schedulable'],
      log: ['kubectl cordon n1'],
      scripts: ["'kubectl' --cache-dir=/dev/null 'cordon' 'n1'"],
      diffs: [['schedulable: true\n', 'schedulable: false\n']],
      result: { result: 'node n1 cordoned' },
    },
  },
  'lets pods come again': {
    args: { ...args, state: 'uncordon' },
    world: world(node({ unschedulable: true })),
    want: { log: ['kubectl uncordon n1'] },
  },
  'has nothing to do where it is so': {
    args: { ...args, state: 'cordon' },
    world: world(node({ unschedulable: true })),
    want: { changed: false, result: { result: 'node n1 was already cordoned' } },
  },
  'makes the pods go, but not those of the node itself': {
    args: {
      ...args,
      delete_options: { ...all, terminate_grace_period: 10, wait_timeout: 300, disable_eviction: true },
    },
    world: world(node(), [web, proxy, etcd, scratch, lonely]),
    want: {
      fields: ['schedulable', 'pods'],
      log: ['kubectl drain n1'],
      scripts: [
        "'drain' 'n1' '--ignore-daemonsets' '--delete-emptydir-data' '--force' '--disable-eviction' '--grace-period=10' '--timeout=300s'",
      ],
      diffs: [['schedulable: true\npod: shop/lonely\npod: shop/scratch\npod: shop/web\n', 'schedulable: false\n']],
      result: { result: 'node n1 drained: shop/lonely, shop/scratch, shop/web' },
    },
  },
  'has nothing to do on a node that is drained': {
    args: { ...args, delete_options: all },
    world: world(node({ unschedulable: true }), [proxy, etcd]),
    want: { changed: false, result: { result: 'node n1 was already drained' } },
  },
  'names pods that must not go unasked, and touches none': {
    args,
    world: world(node(), [web, proxy, scratch, lonely]),
    fails:
      'node n1 is not drained because of shop/proxy (ignore_daemonsets in delete_options lets that be); shop/scratch (delete_emptydir_data in delete_options lets that be); shop/lonely (force in delete_options lets that be)',
  },
  'does not mind what has ended': {
    args,
    world: world(node(), [
      pod('job', 'Job', { status: { phase: 'Succeeded' }, spec: { volumes: [{ emptyDir: {} }] } }),
    ]),
    want: { log: ['kubectl drain n1'] },
  },
  'needs the node': { args, world: world(undefined), fails: 'there is no node n1' },
});

describe('nodePodsKind', () => {
  for (const shell of shells)
    it(`asks kubectl through ${shell.join(' ')}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'kplay-kubectl-'));
      const kubectl = join(folder, 'kubectl');
      writeFileSync(
        kubectl,
        `#!/bin/sh\ncase "$*" in *nodeName=n1*--selector=app=web*) echo '${JSON.stringify({ kind: 'List', items: [web] })}';; *) echo refused >&2; exit 1;; esac\n`,
        { mode: 0o755 },
      );
      try {
        const [pods, refused] = askHere(
          nodePodsKind,
          [
            { access: { kubectl }, node: 'n1', selector: 'app=web' },
            { access: { kubectl }, node: 'n2' },
          ],
          shell,
        );
        expect(pods).to.deep.equal([web]);
        expect(String(refused)).to.contain('the pods of node n2: refused');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
});
