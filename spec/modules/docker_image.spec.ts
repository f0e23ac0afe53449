import dockerImage from '../../engine/modules/docker_image.ts';
import { testModule } from '../../engine/testing.ts';

const absent = { state: 'absent' };
const image = (more: object = {}) => ({
  state: 'present',
  value: { Id: 'sha256:aa', RepoTags: ['haproxy:2.6'], RepoDigests: [], ...more },
});
const world = (haproxy: object, answers: object = {}) => ({
  answers: { 'docker image haproxy:2.6': haproxy, ...answers },
});
const args = { name: 'haproxy:2.6' };
const build = { ...args, source: 'build', build: { path: '/srv/lb', args: { TOKEN: 'secret', N: 1 }, nocache: true } };

testModule(dockerImage, 'docker_image', {
  'is pulled': {
    args: { name: 'haproxy', tag: '2.6', source: 'pull', pull: { platform: 'linux/arm64' } },
    world: world(absent),
    want: {
      changed: true,
      fields: ['present'],
      log: ['docker pull haproxy:2.6'],
      scripts: ["docker pull --platform='linux/arm64' 'haproxy:2.6'"],
    },
  },
  'is left alone when it is there': {
    args: { ...args, source: 'pull' },
    world: world(image()),
    want: { changed: false, result: { image: image().value } },
  },
  'is loaded from an archive of the controller, of which nothing is left': {
    args: { ...args, source: 'load', load_path: 'haproxy_2.6.tar', remote_src: false },
    world: { ...world(absent), files: { '/var/tmp/': { type: 'directory' } } },
    files: { 'files/haproxy_2.6.tar': 'an archive' },
    want: { scripts: ["trap 'rm -f /var/tmp/.kplay."] },
  },
  'is loaded from an archive of the host': {
    args: { ...args, source: 'load', load_path: '/srv/haproxy.tar' },
    world: world(absent),
    want: { log: ['docker load haproxy:2.6'], scripts: ["docker load -i '/srv/haproxy.tar'"] },
  },
  'needs its archive': {
    args: { ...args, source: 'load', load_path: 'haproxy_2.6.tar', remote_src: false },
    world: world(absent),
    fails: 'haproxy_2.6.tar',
  },
  'does not need its archive once it is there': {
    args: { ...args, source: 'load', load_path: 'haproxy_2.6.tar', remote_src: false },
    world: world(image()),
    want: { changed: false },
  },
  'is built, with arguments that no list of processes shows': {
    args: build,
    world: world(absent),
    want: {
      log: ['docker build haproxy:2.6'],
      scripts: [
        "export TOKEN='secret'; export N='1'; docker build -t 'haproxy:2.6' --build-arg TOKEN --build-arg N --no-cache -- '/srv/lb'",
      ],
    },
  },
  'is built anew when told so': {
    args: { ...build, force_source: true },
    world: world(image()),
    want: { fields: ['fresh'], log: ['docker build haproxy:2.6'] },
    always: 'force_source',
  },
  'is built within limits, under labels, with hosts and layers of others': {
    args: {
      ...build,
      build: {
        ...{ path: '/srv/lb', cache_from: ['lb:1'], labels: { v: 2 }, etc_hosts: { db: '10.0.0.1' }, shm_size: '64M' },
        ...{ http_timeout: 9, use_config_proxy: true },
        container_limits: { memory: '1G', memswap: '-1', cpushares: 5, cpusetcpus: '0-2' },
      },
    },
    world: world({ state: 'absent' }),
    want: {
      scripts: [
        "--cache-from='lb:1' --label='v=2' --add-host='db:10.0.0.1' --shm-size='64M' --memory='1G' --memory-swap='-1' --cpu-shares='5' --cpuset-cpus='0-2' -- '/srv/lb'",
      ],
    },
  },
  'has changed only when the build made another image': {
    args: { ...build, force_source: true },
    world: { ...world(image()), commands: { 'docker build': { stdout: 'Step 1/1\nsha256:aa\n' } } },
    want: { result: { changed: false, stdout: 'Step 1/1' } },
    always: 'force_source',
  },
  'gets another name, is pushed under it, and saved': {
    args: {
      ...args,
      source: 'local',
      repository: 'registry.example:5005/haproxy',
      push: true,
      archive_path: '/srv/haproxy.tar',
    },
    world: world(image(), { 'docker image registry.example:5005/haproxy:2.6': absent }),
    want: {
      fields: ['tagged', 'archived', 'pushed'],
      log: [
        'docker tag haproxy:2.6 registry.example:5005/haproxy:2.6',
        'docker save haproxy:2.6',
        'docker push registry.example:5005/haproxy:2.6',
      ],
    },
  },
  'is not pushed again': {
    args: { ...args, source: 'local', push: true },
    world: world(image({ RepoDigests: ['haproxy@sha256:bb'] })),
    want: { changed: false },
  },
  'is handed on again when the build made another image': {
    args: { ...build, force_source: true, repository: 'registry.example/haproxy', push: true },
    world: {
      ...world(image({ RepoDigests: ['registry.example/haproxy@sha256:bb'] }), {
        'docker image registry.example/haproxy:2.6': image(),
      }),
      commands: { 'docker build': { stdout: 'sha256:cc\n' } },
    },
    want: {
      fields: ['fresh'],
      log: [
        'docker build haproxy:2.6',
        'docker tag haproxy:2.6 registry.example/haproxy:2.6',
        'docker push registry.example/haproxy:2.6',
      ],
    },
    always: 'force_source',
  },
  'is removed': {
    args: { ...args, state: 'absent', force_absent: true },
    world: world(image()),
    want: { log: ['docker image rm haproxy:2.6'], scripts: ["docker image rm -f 'haproxy:2.6'"] },
  },
  'need not be removed': { args: { ...args, state: 'absent' }, world: world(absent), want: { changed: false } },
  'must be there already': {
    args: { ...args, source: 'local' },
    world: world(absent),
    fails: 'there is no image haproxy:2.6 on the host',
  },
  'must come from somewhere': { args, world: world(absent), fails: 'no `source` says where it comes from' },
  'needs to be told how to build': { args: { ...args, source: 'build' }, world: world(absent), fails: 'needs build' },
});
