import { expect } from 'chai';
import kubeconfig_merge from '../../engine/modules/kubeconfig_merge.ts';
import { kubeconfigKind } from '../../engine/target/queries/kubeconfig.ts';
import { Unknown } from '../../engine/template/values.ts';
import { testModule } from '../../engine/testing.ts';

const args = { src: '/etc/kubernetes/admin.conf', dest: '/root/.kube/config' };
const admin = {
  clusters: [{ name: 'kubernetes', cluster: { server: 'https://10.0.0.50:9443' } }],
  users: [{ name: 'kubernetes-admin', user: { 'client-key-data': 'c2VjcmV0' } }],
  contexts: [{ name: 'admin@kubernetes' }],
  'current-context': 'admin@kubernetes',
};
const home = {
  clusters: [{ name: 'home' }],
  users: [{ name: 'me' }],
  contexts: [{ name: 'me@home' }],
  'current-context': 'me@home',
};
const both = {
  clusters: [...home.clusters, ...admin.clusters],
  users: [...home.users, ...admin.users],
  contexts: [...home.contexts, ...admin.contexts],
  'current-context': 'me@home',
};
/** The administrator's kubeconfig, of a cluster with this authority at this address. */
const signedBy = (authority: string | undefined, server = 'https://10.0.0.50:9443') => ({
  ...admin,
  clusters: [
    {
      name: 'kubernetes',
      cluster: { server, ...(authority === undefined ? {} : { 'certificate-authority-data': authority }) },
    },
  ],
});
const answers = (src: unknown, dest: unknown) => ({
  [`kubeconfig ${args.src}`]: src,
  [`kubeconfig ${args.dest}`]: dest,
});

testModule(kubeconfig_merge, 'kubeconfig_merge', {
  'makes the file where there is none': {
    args,
    world: { answers: answers(admin, undefined), files: { '/root/.kube': { type: 'directory' } } },
    want: { changed: true, log: ['merge /etc/kubernetes/admin.conf into /root/.kube/config'] },
  },
  'keeps what else the file holds': {
    args,
    world: { answers: answers(admin, home), files: { '/root/.kube': { type: 'directory' } } },
    want: { changed: true, fields: ['clusters', 'users', 'contexts'], scripts: ['use-context'] },
  },
  'leaves a file alone that has it all': {
    args,
    world: { answers: answers(admin, both) },
    want: { changed: false },
  },
  'renews an entry that differs, and shows no key': {
    args,
    world: {
      answers: answers(admin, { ...both, users: [...home.users, { name: 'kubernetes-admin', user: {} }] }),
      files: { '/root/.kube': { type: 'directory' } },
    },
    want: { changed: true, fields: ['users'] },
  },
  'follows its cluster to another address': {
    args,
    world: {
      answers: answers(signedBy('b3Vycw==', 'https://10.0.0.50:9443'), signedBy('b3Vycw==', 'https://10.0.0.11:6443')),
      files: { '/root/.kube': { type: 'directory' } },
    },
    want: { changed: true, fields: ['clusters'] },
  },
  'refuses to replace a cluster of the same name by another authority': {
    args,
    world: { answers: answers(signedBy('b3Vycw=='), signedBy('dGhlaXJz')) },
    fails: 'config delete-cluster kubernetes',
  },
  'refuses to replace a cluster of the same name at another address, where none names an authority': {
    args,
    world: { answers: answers(admin, signedBy(undefined, 'https://10.1.1.1:6443')) },
    fails: 'has a cluster kubernetes that is another one, at https://10.1.1.1:6443',
  },
  "refuses to replace a user that another cluster's context names": {
    args,
    world: {
      answers: answers(admin, {
        ...home,
        users: [{ name: 'kubernetes-admin', user: { token: 'theirs' } }],
        contexts: [{ name: 'theirs', context: { cluster: 'home', user: 'kubernetes-admin' } }],
      }),
    },
    fails: 'config delete-context theirs',
  },
  'makes the context the current one when told so': {
    args: { ...args, current: true },
    world: { answers: answers(admin, both), files: { '/root/.kube': { type: 'directory' } } },
    want: { changed: true, fields: ['current_context'] },
  },
  'needs what it merges': {
    args,
    world: { answers: answers(undefined, home) },
    fails: '/etc/kubernetes/admin.conf does not exist',
  },
  'cannot know what is made later': {
    args,
    world: {
      answers: answers(undefined, home),
      files: { '/etc/kubernetes/admin.conf': { content: new Unknown('made later') } },
    },
    unknown: 'made later',
  },
});

describe('kubeconfigs as kubectl shows them', () => {
  it('are absent, read, or refused one by one', () => {
    const said = '\x1eabsent\n\x1e0\n{"clusters":null}\x1e1\nyaml: line 1';
    const [absent, read, refused] = kubeconfigKind.parse(Buffer.from(said), ['/a', '/b', '/c']);
    expect([absent, read]).to.deep.equal([undefined, { clusters: null }]);
    expect(String(refused)).to.include('/c cannot be read: yaml: line 1');
  });
});
