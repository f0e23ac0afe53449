import { createCipheriv } from 'node:crypto';
import { expect } from 'chai';
import { documentText, withDocument, withValue } from '../../engine/module/kubeadm/documents.ts';
import { seconds } from '../../engine/module/kubeadm/duration.ts';
import kubeadm_init from '../../engine/modules/kubeadm_init.ts';
import kubeadm_join from '../../engine/modules/kubeadm_join.ts';
import kubeadm_token from '../../engine/modules/kubeadm_token.ts';
import kubeadm_upload_certs from '../../engine/modules/kubeadm_upload_certs.ts';
import { apiKind, kubeadmVersionKind } from '../../engine/target/queries/kubeadm.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';

const token = 'abcdef.0123456789abcdef';
const key = '0123456789abcdef'.repeat(4);
const cluster = { apiVersion: 'kubeadm.k8s.io/v1beta2', kind: 'ClusterConfiguration', kubernetesVersion: 'v1.20.2' };
const joining = {
  apiVersion: 'kubeadm.k8s.io/v1beta2',
  kind: 'JoinConfiguration',
  discovery: { bootstrapToken: { apiServerEndpoint: '10.0.0.50:9443' } },
  nodeRegistration: { name: 'm2' },
};
const admin = '/etc/kubernetes/admin.conf';
const kubelet = '/etc/kubernetes/kubelet.conf';
const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const certified = 'client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem';
const version = { 'kubeadm version ': '1.20.2' };
const initTraces = [
  `api ${admin} /api/v1/namespaces/kube-system/configmaps/kubeadm-config`,
  `api ${admin} /api/v1/namespaces/kube-public/configmaps/cluster-info`,
] as const;
const initAnswers = (...answers: readonly object[]) =>
  Object.fromEntries(initTraces.map((id, index) => [id, answers[index] ?? answers[0]]));
const found = { kind: 'found', object: {} };
const missing = { kind: 'missing' };
const silent = { kind: 'silent', reason: 'connection refused' };
const done = { stdout: 'fine\n\nkubeadm ended with 0' };
const folders = { '/etc/kubernetes/manifests': { type: 'directory' as const } };

testModule(kubeadm_init, 'kubeadm_init', {
  'initializes a bare host': {
    args: {
      config: [cluster],
      upload_certs: true,
      skip_phases: ['addon/coredns'],
      ignore_preflight_errors: ['NumCPU'],
    },
    world: { answers: version, files: folders, commands: { 'kubeadm ': done } },
    want: {
      changed: true,
      fields: ['control_plane'],
      log: ['kubeadm init --upload-certs --skip-phases=addon/coredns --ignore-preflight-errors=NumCPU'],
      scripts: ['--config="$config"'],
      result: { rc: 0, stdout: 'fine' },
    },
  },
  'takes a file of the host as it is': {
    args: { config_file: '/root/kubeadm.yaml' },
    world: { answers: version, files: folders, commands: { 'kubeadm ': done } },
    want: { scripts: ["--config='/root/kubeadm.yaml'"] },
  },
  'leaves a cluster alone that was initialized': {
    args: { config: [cluster] },
    world: { files: { [kubelet]: certified, [admin]: '', [manifest]: '' }, answers: initAnswers(found) },
    want: { changed: false, log: [] },
  },
  'leaves one alone that is down': {
    args: { config: [cluster] },
    world: { files: { [kubelet]: certified, [admin]: '', [manifest]: '' }, answers: initAnswers(silent) },
    want: { changed: false, log: [] },
  },
  'goes on where an init did not come to its end, and calls its remains no errors': {
    args: { config: [cluster] },
    world: {
      files: { [kubelet]: 'client-certificate-data: x', [admin]: '', [manifest]: '' },
      answers: { ...version, ...initAnswers(silent) },
      commands: { 'kubeadm ': done },
    },
    want: { changed: true, scripts: ['FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml'] },
  },
  'goes on where the API lacks what init leaves there': {
    args: { config: [cluster] },
    world: {
      files: { [kubelet]: certified, [admin]: '', [manifest]: '' },
      answers: { ...version, ...initAnswers(found, missing) },
      commands: { 'kubeadm ': done },
    },
    want: { changed: true },
  },
  'does not miss what a skipped phase would have left': {
    args: { config: [cluster], skip_phases: ['bootstrap-token'] },
    world: { files: { [kubelet]: certified, [admin]: '', [manifest]: '' }, answers: initAnswers(found, missing) },
    want: { changed: false },
  },
  'is no way to make a control plane of a worker': {
    args: { config: [cluster] },
    world: { files: { [kubelet]: certified } },
    fails: 'testhost is a worker of a cluster already',
  },
  'names the phase that failed, what was said, and how to go on': {
    args: { config: [cluster] },
    world: {
      answers: version,
      files: folders,
      commands: {
        'kubeadm ': {
          stdout:
            '[init] Using\nerror execution phase wait-control-plane: no answer\nTo see the stack trace of this error execute with --v=5 or higher\n\nkubeadm ended with 1',
        },
      },
    },
    fails:
      'kubeadm init failed: error execution phase wait-control-plane: no answer\njournalctl -u kubelet and /var/log/pods on testhost say why',
  },
  'knows the flag for patches by the version': {
    args: { config: [cluster], patches: '/etc/kubernetes/patches' },
    world: { answers: version, files: folders, commands: { 'kubeadm ': done } },
    want: { log: ['kubeadm init --experimental-patches=/etc/kubernetes/patches'] },
  },
  'and that it lost its prefix in 1.22': {
    args: { config: [cluster], patches: '/etc/kubernetes/patches' },
    world: { answers: { 'kubeadm version ': '1.22.0' }, files: folders, commands: { 'kubeadm ': done } },
    want: { log: ['kubeadm init --patches=/etc/kubernetes/patches'] },
  },
  'refuses patches where there are none': {
    args: { config: [cluster], patches: '/etc/kubernetes/patches' },
    world: { answers: { 'kubeadm version ': '1.18.9' } },
    fails: 'kubeadm 1.18.9 knows no patches',
  },
  'needs a configuration': { args: {}, fails: 'config, config_file' },
  'keeps secrets out of a file it does not write': {
    args: { config_file: '/root/kubeadm.yaml', token },
    fails: 'config_file',
  },
});

const node = (labels: object) => ({ kind: 'found', object: { metadata: { labels } } });
const own = `api ${kubelet} /api/v1/nodes/m2`;

testModule(kubeadm_join, 'kubeadm_join', {
  'joins a bare host as a worker': {
    args: { config: [joining], token },
    world: { answers: version, files: folders, commands: { 'kubeadm ': done } },
    want: { changed: true, log: ['kubeadm join'], scripts: ['--config="$config"'] },
  },
  'joins a bare host as a control plane': {
    args: { config: [joining], token, certificate_key: key, control_plane: true, skip_phases: ['preflight'] },
    world: { answers: version, files: folders, commands: { 'kubeadm ': done } },
    want: { changed: true, log: ['kubeadm join --skip-phases=preflight'] },
  },
  'leaves a worker alone that the cluster knows': {
    args: { config: [joining] },
    world: { files: { [kubelet]: certified }, answers: { [own]: node({}) } },
    want: { changed: false },
  },
  'asks by the name of the host where the configuration has none': {
    args: { config_file: '/root/join.yaml' },
    world: {
      files: { [kubelet]: certified },
      facts: { nodename: 'Worker1' },
      answers: { [`api ${kubelet} /api/v1/nodes/worker1`]: node({}) },
    },
    want: { changed: false },
  },
  'leaves a control plane alone that was announced': {
    args: { config: [joining], control_plane: true },
    world: {
      files: { [kubelet]: certified, [manifest]: '' },
      answers: { [own]: node({ 'node-role.kubernetes.io/control-plane': '' }) },
    },
    want: { changed: false },
  },
  'believes the files while nobody can be asked': {
    args: { config: [joining], control_plane: true },
    world: { files: { [kubelet]: certified, [manifest]: '' }, answers: { [own]: silent } },
    want: { changed: false },
  },
  'joins again where the kubelet never got its certificate': {
    args: { config: [joining], token },
    world: {
      files: { '/etc/kubernetes/bootstrap-kubelet.conf': '' },
      answers: version,
      commands: { 'kubeadm ': done },
    },
    want: { changed: true, scripts: ['FileAvailable--etc-kubernetes-bootstrap-kubelet.conf'] },
  },
  'stops where etcd may have half a member': {
    args: { config: [joining], control_plane: true },
    world: { files: { [kubelet]: certified, [manifest]: '' }, answers: { [own]: node({}) } },
    fails: 'testhost is half joined: its node is there, but no control plane was announced',
  },
  'stops where a worker is told to be a control plane': {
    args: { config: [joining], control_plane: true },
    world: { files: { [kubelet]: certified } },
    fails: 'testhost is a worker of a cluster already',
  },
  'stops where the cluster has forgotten the node': {
    args: { config: [joining] },
    world: { files: { [kubelet]: certified }, answers: { [own]: missing } },
    fails: 'has no such node any more',
  },
});

const secretId = `api ${admin} /api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef`;
const soon = (ms: number) => Buffer.from(new Date(Date.now() + ms).toISOString()).toString('base64');
const tokenUntil = (ms: number) => ({ kind: 'found', object: { data: { expiration: soon(ms) } } });

testModule(kubeadm_token, 'kubeadm_token', {
  'makes a token of its own': {
    args: { ttl: '30m' },
    want: { changed: true, scripts: ['create --filename=-'] },
    always: 'each host that joins gets its own',
  },
  'makes the token that was given': {
    args: { token },
    world: { answers: { [secretId]: missing } },
    want: { changed: true, log: ['create the bootstrap token abcdef'], result: { token } },
  },
  'leaves one alone that lives long enough': {
    args: { token },
    world: { answers: { [secretId]: tokenUntil(3_000_000) } },
    want: { changed: false, result: { token } },
  },
  'leaves one alone that never ends': {
    args: { token },
    world: { answers: { [secretId]: { kind: 'found', object: { data: {} } } } },
    want: { changed: false },
  },
  'gives one that soon ends its whole life again': {
    args: { token },
    world: { answers: { [secretId]: tokenUntil(60_000) } },
    want: { changed: true, log: ['renew the bootstrap token abcdef'], scripts: ['replace --filename=-'] },
  },
  'takes one back': {
    args: { token, state: 'absent' },
    world: { answers: { [secretId]: tokenUntil(60_000) } },
    want: { changed: true, log: ['delete the bootstrap token abcdef'] },
  },
  'has nothing to take back': {
    args: { token, state: 'absent' },
    world: { answers: { [secretId]: missing } },
    want: { changed: false },
  },
  'says what the API said': {
    args: { token },
    world: { answers: { [secretId]: silent } },
    fails: 'the API did not tell about tokens: connection refused',
  },
  'knows what a token looks like': { args: { token: 'secret' }, fails: 'six small letters or digits, a dot' },
  'refuses a life that is over at once': {
    args: { ttl: '10m' },
    fails: 'min_life must be less than ttl',
  },
});

const certs = `api ${admin} /api/v1/namespaces/kube-system/secrets/kubeadm-certs`;
const owner = `api ${admin} /api/v1/namespaces/kube-system/secrets/bootstrap-token-owner0`;
const uploaded = (under: string) => {
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(under, 'hex'), Buffer.alloc(12));
  const sealed = Buffer.concat([Buffer.alloc(12), cipher.update('a certificate'), cipher.final(), cipher.getAuthTag()]);
  return {
    kind: 'found',
    object: {
      data: { 'ca.crt': sealed.toString('base64') },
      metadata: { ownerReferences: [{ name: 'bootstrap-token-owner0' }] },
    },
  };
};

testModule(kubeadm_upload_certs, 'kubeadm_upload_certs', {
  'uploads them under a new key': {
    args: { config: [cluster] },
    world: { commands: { 'kubeadm ': done } },
    want: {
      changed: true,
      log: [`kubeadm init phase upload-certs --upload-certs --skip-certificate-key-print --kubeconfig=${admin}`],
    },
    always: 'nobody knows the key of those that are there',
  },
  'leaves those alone that the key opens': {
    args: { config: [cluster], certificate_key: key },
    world: { answers: { [certs]: uploaded(key), [owner]: tokenUntil(3_000_000) } },
    want: { changed: false, result: { certificate_key: key } },
  },
  'uploads anew what another key opens': {
    args: { config: [cluster], certificate_key: key },
    world: { answers: { [certs]: uploaded('f'.repeat(64)) }, commands: { 'kubeadm ': done } },
    want: { changed: true, fields: ['certificates'] },
  },
  'uploads anew what soon ends': {
    args: { config: [cluster], certificate_key: key },
    world: { answers: { [certs]: uploaded(key), [owner]: tokenUntil(60_000) }, commands: { 'kubeadm ': done } },
    want: { changed: true },
  },
  'knows what a key looks like': {
    args: { config: [cluster], certificate_key: 'key' },
    fails: 'certificate_key is not 64 hex digits',
  },
});

describe('kubeadm', () => {
  it('is given secrets in its configuration, over stdin, and keeps what it prints of them back', async () => {
    const made = 'zyxwvu.fedcba9876543210';
    const said = `join --token ${made} --discovery-token-ca-cert-hash sha256:${'a'.repeat(64)}\n${'b'.repeat(64)}\n\nkubeadm ended with 0`;
    const target = fakeTarget({ answers: version, files: folders, commands: { 'kubeadm ': { stdout: said } } });
    const controller = fakeController();
    await runModule(kubeadm_init, { config: [cluster], token, certificate_key: key }, target, controller);
    expect([...target.scripts, ...target.log].join('\n')).not.to.match(new RegExp(`${token}|${key}`));
    expect([...controller.secrets]).to.deep.equal([made, 'b'.repeat(64)]);
  });

  it('gets documents as JSON, which is YAML', () => {
    const documents = withDocument([cluster], 'InitConfiguration', (one) => withValue(one, ['a', 'b'], 1));
    expect(documentText(documents)).to.equal(
      '{"apiVersion":"kubeadm.k8s.io/v1beta2","kind":"InitConfiguration","a":{"b":1}}\n---\n' +
        '{"apiVersion":"kubeadm.k8s.io/v1beta2","kind":"ClusterConfiguration","kubernetesVersion":"v1.20.2"}\n',
    );
    expect(() => withDocument([], 'InitConfiguration', (one) => one)).to.throw("no document of kubeadm's API");
  });

  it('writes durations as Go does', () => {
    expect(['24h', '1h30m', '90s'].map(seconds)).to.deep.equal([86400, 5400, 90]);
    for (const wrong of ['', '1d', '5', 'h']) expect(() => seconds(wrong)).to.throw('is no duration');
  });

  it('tells its version', () => {
    expect(kubeadmVersionKind.parse(Buffer.from('v1.20.2\n'), [''])).to.deep.equal(['1.20.2']);
    expect(kubeadmVersionKind.parse(Buffer.from(''), [''])).to.deep.equal([undefined]);
  });

  it('tells found, missing and silent apart', () => {
    const keys = [1, 2, 3].map(() => ({ kubeconfig: admin, path: '/x' }));
    const said = '\x1e0\n{"a":1}\x1e1\nError from server (NotFound): gone\x1e1\na warning\nconnection refused';
    expect(apiKind.parse(Buffer.from(said), keys)).to.deep.equal([
      { kind: 'found', object: { a: 1 } },
      missing,
      silent,
    ]);
  });
});
