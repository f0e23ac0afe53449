import { expect } from 'chai';
import dockerContainer from '../../engine/modules/docker_container.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';

const id = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter = 'a', config: object = {}) => ({
  state: 'present',
  value: { Id: id(letter), RepoTags: ['nginx:1.22'], Config: { Env: ['PATH=/bin'], ...config } },
});
const absent = { state: 'absent' };
const container = ({
  Config = {},
  HostConfig = {},
  running = true,
  of = 'a',
  options = '',
  ...rest
}: Readonly<Record<string, unknown>> = {}) => ({
  state: 'present',
  value: {
    Name: '/lb',
    Image: id(String(of)),
    State: { Running: running, Status: running ? 'running' : 'exited' },
    Config: { Image: 'nginx:1.22', Env: ['PATH=/bin'], Labels: { 'kplay.options': options }, ...(Config as object) },
    HostConfig,
    ...rest,
  },
});
const world = (lb: object, nginx: object = image()) => ({
  answers: { 'docker container lb': lb, 'docker image nginx:1.22': nginx },
});
const args = { name: 'lb', image: 'nginx:1.22' };

testModule(dockerContainer, 'docker_container', {
  'is made and started': {
    args: { ...args, restart_policy: 'always', network_mode: 'host', volumes: ['/etc/lb:/etc/nginx:ro'] },
    world: world(absent),
    want: {
      changed: true,
      fields: ['configuration', 'running'],
      log: ['docker create lb'],
      scripts: [
        "docker 'create' '--name=lb' '--label=kplay.options=network_mode,restart_policy,volumes' '--env-file=/dev/stdin' '--restart=always' '--network=host' '--volume=/etc/lb:/etc/nginx:ro' 'nginx:1.22' >/dev/null || exit $?\ndocker 'start' 'lb'",
      ],
      diffs: [
        [
          '',
          'image: nginx:1.22 aaaaaaaaaaaa\nnetwork_mode: host\nrestart_policy: always\nvolumes: /etc/lb:/etc/nginx:ro\nrunning\n',
        ],
      ],
    },
  },
  'is made of an image that is pulled first': {
    args,
    world: world(absent, absent),
    want: { log: ['docker pull nginx:1.22', 'docker create lb'] },
  },
  'is only made when it shall be present': {
    args: { ...args, state: 'present' },
    world: world(absent),
    want: { changed: true, fields: ['configuration'] },
  },
  'is left alone when it is as asked, whatever else it is': {
    args: { ...args, volumes: ['/a/:/a:rw'], capabilities: ['NET_ADMIN'], memory: '64M', restart_policy: 'no' },
    world: world(
      container({
        HostConfig: {
          Binds: ['/a:/a'],
          CapAdd: ['CAP_NET_ADMIN'],
          Memory: 67108864,
          Privileged: true,
          RestartPolicy: {},
        },
      }),
    ),
    want: { changed: false, result: { status: 'running' } },
  },
  'is made anew beside the old one when an option differs': {
    args: { ...args, published_ports: ['127.0.0.1:8543:8888', '53:53/udp'] },
    world: world(container({ HostConfig: { PortBindings: { '8888/tcp': [{ HostIp: '', HostPort: '8543' }] } } })),
    want: {
      log: ['docker recreate lb'],
      scripts: ["docker rm -f 'lb.new' 'lb.old' >/dev/null 2>&1\ndocker 'create' '--name=lb.new'"],
      diffs: [
        [
          'image: nginx:1.22 aaaaaaaaaaaa\npublished_ports: :8543:8888/tcp\nrunning\n',
          'image: nginx:1.22 aaaaaaaaaaaa\npublished_ports: 127.0.0.1:8543:8888/tcp\npublished_ports: :53:53/udp\nrunning\n',
        ],
      ],
    },
  },
  'is made anew when its name stands for another image': {
    args,
    world: world(container(), image('b')),
    want: {
      diffs: [['image: nginx:1.22 aaaaaaaaaaaa\nrunning\n', 'image: nginx:1.22 bbbbbbbbbbbb\nrunning\n']],
    },
  },
  'is made anew without an option that is asked for no longer': {
    args,
    world: world(container({ options: 'privileged', HostConfig: { Privileged: true } })),
    want: { log: ['docker recreate lb'] },
  },
  'keeps the environment of its image, and never shows a value': {
    args: { ...args, env: { PASSWORD: 'new secret', SAME: 1 } },
    world: world(container({ Config: { Env: ['PATH=/bin', 'SAME=1', 'PASSWORD=old secret', 'GONE=x'] } })),
    want: {
      diffs: [
        [
          'image: nginx:1.22 aaaaaaaaaaaa\nenv: GONE\nenv: PASSWORD\nenv: PATH\nenv: SAME\nrunning\n',
          'image: nginx:1.22 aaaaaaaaaaaa\nenv: PASSWORD (another value)\nenv: PATH\nenv: SAME\nrunning\n',
        ],
      ],
    },
  },
  'has words before and behind its image': {
    args: { ...args, entrypoint: ['sh', '-c'], command: "'sleep 1'" },
    world: world(absent),
    want: { scripts: ["'--entrypoint=sh' 'nginx:1.22' '-c' 'sleep 1'"] },
  },
  'is in several networks': {
    args: {
      ...args,
      networks: [
        { name: 'a', ipv4_address: '10.0.0.2' },
        { name: 'b', aliases: ['lb'] },
      ],
    },
    world: world(absent),
    want: {
      scripts: [
        "'--network=a' '--ip=10.0.0.2' 'nginx:1.22' >/dev/null || exit $?\ndocker 'network' 'connect' '--alias=lb' 'b' 'lb'",
      ],
    },
  },
  'goes on running when it is only asked to be present': {
    args: { ...args, state: 'present', read_only: true },
    world: world(container()),
    want: { scripts: ["docker rename 'lb.new' 'lb' && docker start 'lb'"] },
  },
  'is started by its name alone': {
    args: { name: 'lb' },
    world: world(container({ running: false, options: 'privileged', HostConfig: { Privileged: true } })),
    want: { fields: ['running'], log: ['docker start lb'] },
  },
  'is stopped by its name alone': {
    args: { name: 'lb', state: 'stopped', stop_timeout: 3 },
    world: world(container()),
    want: { log: ['docker stop lb'], scripts: ["docker 'stop' '-t' '3' 'lb'"] },
  },
  'is restarted': {
    args: { name: 'lb', restart: true },
    world: world(container()),
    want: { log: ['docker restart lb'] },
    always: 'a restart is asked for every time',
  },
  'is started, not restarted, where it does not run': {
    args: { name: 'lb', restart: true },
    world: world(container({ running: false })),
    want: { log: ['docker start lb'] },
    always: 'a restart is asked for every time',
  },
  'is made anew every time when told so': {
    args: { ...args, recreate: true },
    world: world(container()),
    want: { log: ['docker recreate lb'] },
    always: 'recreate',
  },
  'is left alone when a pull brings nothing new': {
    args: { ...args, pull: 'always' },
    world: world(container()),
    want: { log: ['docker pull nginx:1.22'], result: { changed: false } },
    always: 'pull: always looks every time',
  },
  'is stopped, then removed': {
    args: { name: 'lb', state: 'absent' },
    world: world(container()),
    want: { log: ['docker rm lb'], scripts: ["docker 'stop' 'lb' >/dev/null || exit $?\ndocker 'rm' '-f' 'lb'"] },
  },
  'need not be removed': { args: { name: 'lb', state: 'absent' }, world: world(absent), want: { changed: false } },
  'needs an image to be made': { args: { name: 'lb' }, world: world(absent), fails: 'says what to make it of' },
  'does not change by halves': {
    args: { name: 'lb', memory: '1G' },
    world: world(container()),
    fails: 'memory may mean to make lb anew',
  },
  'does not pull where it must not': {
    args: { ...args, pull: 'never' },
    world: world(absent, absent),
    fails: 'there is no image nginx:1.22 on the host, and pull is never',
  },
  'refuses a volume that depends on the current folder': {
    args: { ...args, volumes: ['./conf.d:/etc/nginx/conf.d'] },
    world: world(absent),
    fails: '"./conf.d" is neither an absolute path nor the name of a volume',
  },
  'refuses a size that is none': { args: { ...args, memory: 'much' }, world: world(absent), fails: 'not "much"' },
  'refuses a port that is none': { args: { ...args, ports: ['80-81:80'] }, world: world(absent), fails: '"80-81:80"' },
  'refuses a boolean in the environment': {
    args: { ...args, env: { DEBUG: true } },
    world: world(absent),
    fails: 'the value of DEBUG is no text',
  },
});

const down = (why: string) => ({ state: 'unreachable', why });

testModule(dockerContainer, 'docker_container without docker', {
  'says so': { args, world: world(down('the host has no docker')), fails: 'the host has no docker' },
  'says so where docker does not run': {
    args,
    world: { ...world(down('Cannot connect')), units: { docker: { active: 'failed' } } },
    fails: 'Cannot connect',
  },
  'waits for a docker that is only being started': {
    args,
    world: { ...world(down('Cannot connect')), units: { docker: { active: 'active' } } },
    unknown: 'docker runs, but does not answer: Cannot connect',
  },
});

describe('docker_container', () => {
  it('gives the environment to docker on stdin', async () => {
    const target = fakeTarget(world(absent));
    const stdin: unknown[] = [];
    const mutate: typeof target.mutate = (mutation) => {
      stdin.push(mutation.stdin);
      return target.mutate(mutation);
    };
    await runModule(
      dockerContainer,
      { ...args, env: { PASSWORD: 'secret', N: 1 } },
      { ...target, mutate },
      fakeController(),
    );
    expect(stdin).to.deep.equal(['PASSWORD=secret\nN=1\n']);
    expect(target.scripts.join()).not.to.contain('secret');
  });

  it('refuses a value of several lines, which docker would take for several', async () => {
    const run = runModule(
      dockerContainer,
      { ...args, env: { KEY: 'a\nb' } },
      fakeTarget(world(absent)),
      fakeController(),
    );
    const failure = await run.catch((error: Error) => error.message);
    expect(failure).to.equal('env: the value of KEY has several lines; put it in a file');
  });
});
