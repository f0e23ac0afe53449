import containerdImage from '../../engine/modules/containerd_image.ts';
import { testModule } from '../../engine/testing.ts';

const name = 'registry.k8s.io/pause:3.2';
const world = (answer: object, namespace = 'k8s.io') => ({
  answers: { [`containerd image ${namespace} ${name}`]: answer },
});
const absent = { state: 'absent' };
const there = { state: 'present', value: 'sha256:aa' };

testModule(containerdImage, 'containerd_image', {
  'is imported from an archive of the controller, of which nothing is left': {
    args: { name, source: 'pause_3.2.tar' },
    world: { ...world(absent), files: { '/var/tmp/': { type: 'directory' } } },
    files: { 'files/pause_3.2.tar': 'an archive' },
    want: {
      changed: true,
      scripts: ["trap 'rm -f /var/tmp/.kplay."],
      diffs: [['', `${name}\n`]],
    },
  },
  'is imported from an archive of the host': {
    args: { name, source: '/srv/pause.tar', remote_src: true, namespace: 'default' },
    world: world(absent, 'default'),
    want: { log: [`ctr images import ${name}`], scripts: ["ctr -n 'default' images import '/srv/pause.tar'"] },
  },
  'is left alone': {
    args: { name, source: 'pause_3.2.tar' },
    world: world(there),
    want: { changed: false, result: { digest: 'sha256:aa', namespace: 'k8s.io' } },
  },
  'is removed': {
    args: { name, state: 'absent' },
    world: world(there),
    want: { log: [`ctr images rm ${name}`], diffs: [[`${name}\n`, '']] },
  },
  'need not be removed': { args: { name, state: 'absent' }, world: world(absent), want: { changed: false } },
  'must come from somewhere': { args: { name }, world: world(absent), fails: '`source` says where it comes from' },
  'needs its archive': { args: { name, source: 'pause_3.2.tar' }, world: world(absent), fails: 'pause_3.2.tar' },
  'needs containerd': {
    args: { name, source: 'pause_3.2.tar' },
    world: world({ state: 'unreachable', why: 'the host has no ctr' }),
    fails: 'the host has no ctr',
  },
});
