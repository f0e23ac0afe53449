import { expect } from 'chai';
import { unready } from '../../../engine/module/kubernetes/readiness.ts';
import type { KubernetesObject } from '../../../engine/target/queries/kubernetes.ts';

const object = (kind: string, status: object, spec: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', generation: 2 },
  spec,
  status,
});
const rolled = { observedGeneration: 2, replicas: 3, updatedReplicas: 3 };
const progressing = { conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }] };

const cases: Readonly<Record<string, readonly [KubernetesObject | undefined, string | undefined]>> = {
  'a Deployment with all its replicas': [
    object('Deployment', { ...rolled, availableReplicas: 3 }, { replicas: 3 }),
    undefined,
  ],
  'a Deployment with too few': [
    object('Deployment', { ...rolled, availableReplicas: 2 }, { replicas: 3 }),
    'has 2 of 3 replicas available',
  ],
  'a Deployment that the controller has not seen yet': [
    object('Deployment', { ...rolled, observedGeneration: 1, availableReplicas: 3 }, { replicas: 3 }),
    'has 3 of 3 replicas available',
  ],
  'a DaemonSet on every node': [
    object('DaemonSet', {
      observedGeneration: 2,
      desiredNumberScheduled: 2,
      numberReady: 2,
      updatedNumberScheduled: 2,
    }),
    undefined,
  ],
  'a DaemonSet that is being replaced': [
    object('DaemonSet', {
      observedGeneration: 2,
      desiredNumberScheduled: 2,
      numberReady: 2,
      updatedNumberScheduled: 1,
    }),
    'has 2 of 2 pods ready',
  ],
  'a StatefulSet': [object('StatefulSet', { observedGeneration: 2, readyReplicas: 0 }), 'has 0 of 1 replicas ready'],
  'a Pod': [object('Pod', { phase: 'Running', containerStatuses: [{ ready: false }] }), 'is Running, not ready'],
  'a Pod that has done its work': [object('Pod', { phase: 'Succeeded' }), undefined],
  'a definition of a kind': [object('CustomResourceDefinition', {}), 'has no condition Established'],
  'anything else that is there': [object('ConfigMap', {}), undefined],
  nothing: [undefined, 'is not there'],
};

describe('unready', () => {
  for (const [title, [given, why]] of Object.entries(cases)) {
    it(`judges ${title}`, () => expect(unready(given, undefined)).to.equal(why));
  }

  it('goes by the condition asked for', () => {
    const deployment = object('Deployment', progressing);
    expect(unready(deployment, { type: 'Progressing', status: true, reason: 'NewReplicaSetAvailable' })).to.equal(
      undefined,
    );
    expect(unready(deployment, { type: 'Progressing', status: 'True', reason: 'Other' })).to.equal(
      'has Progressing True (NewReplicaSetAvailable), not True (Other)',
    );
    expect(unready(deployment, { type: 'Available', status: 'True' })).to.equal('has no condition Available');
  });
});
