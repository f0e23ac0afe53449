import { expect } from 'chai';
import type { ArgsLiteral } from '../../engine/module/arguments.ts';
import type { StateModule } from '../../engine/module/definition.ts';
import dockerContainer from '../../engine/modules/docker_container.ts';
import { Float } from '../../engine/source/float.ts';
import { predictedWorld } from '../../engine/target/prediction.ts';
import { simulatedTarget } from '../../engine/target/simulated.ts';
import { Unknown } from '../../engine/template/values.ts';
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
  'has floats in its environment as they are written': {
    args: { ...args, env: { VERSION: new Float(8) } },
    world: world(container({ Config: { Env: ['PATH=/bin', 'VERSION=8'] } })),
    want: {
      diffs: [
        [
          'image: nginx:1.22 aaaaaaaaaaaa\nenv: PATH\nenv: VERSION\nrunning\n',
          'image: nginx:1.22 aaaaaaaaaaaa\nenv: PATH\nenv: VERSION (another value)\nrunning\n',
        ],
      ],
    },
  },
  'refuses a boolean in the environment': {
    args: { ...args, env: { DEBUG: true } },
    world: world(absent),
    fails: 'the value of DEBUG is no text',
  },
});

testModule(dockerContainer, 'the options of docker_container', {
  'are words for docker create': {
    args: {
      ...args,
      ...{ domainname: 'x.org', groups: ['video'], platform: 'linux/arm64', interactive: true, tty: true },
      ...{ expose: ['9000-9001'], publish_all_ports: true, mac_address: '02-42-AC-11-00-09', links: ['db:sql'] },
      ...{ dns_opts: ['ndots:1'], dns_search_domains: ['x.org'], volumes_from: ['data'], volume_driver: 'local' },
      ...{ published_ports: ['80:8080'], default_host_ip: '127.0.0.1', auto_remove: true },
      mounts: [
        { target: '/c', source: '/a,b', type: 'bind', read_only: true },
        { target: '/t', type: 'tmpfs', tmpfs_size: '64M', tmpfs_mode: '1777' },
      ],
      healthcheck: { test: ['CMD', 'curl', '-f', 'http://x'], interval: '1m30s', retries: 3 },
      device_requests: [{ device_ids: ['0', '1'], capabilities: [['gpu', 'utility']] }],
      device_write_iops: [{ path: '/dev/sda', rate: '10' }],
      storage_opts: { size: '1G' },
    },
    world: world(absent),
    want: {
      scripts: [
        [
          "'--domainname=x.org' '--group-add=video' '--platform=linux/arm64' '--interactive=true' '--tty=true' '--rm=true'",
          "'--publish=127.0.0.1:80:8080/tcp' '--expose=9000-9001' '--publish-all=true' '--mac-address=02-42-AC-11-00-09'",
          "'--link=db:sql' '--dns-option=ndots:1' '--dns-search=x.org' '--volumes-from=data' '--volume-driver=local'",
          "'--mount=type=bind,\"source=/a,b\",target=/c,readonly' '--mount=type=tmpfs,target=/t,tmpfs-size=67108864,tmpfs-mode=1777'",
          "'--gpus=\"device=0,1\",\"capabilities=gpu,utility\"' '--device-write-iops=/dev/sda:10' '--storage-opt=size=1G'",
          "'--health-cmd='\\''curl'\\'' '\\''-f'\\'' '\\''http://x'\\''' '--health-interval=90000000000ns' '--health-retries=3'",
          "'nginx:1.22'",
        ].join(' '),
      ],
    },
  },
  'are compared with what docker tells': {
    args: {
      ...args,
      ...{ domainname: 'x.org', groups: ['video'], interactive: true, exposed_ports: ['9000'], links: ['db:sql'] },
      ...{ mac_address: '02:42:ac:11:00:09', volumes_from: ['data:rw'], memory_swap: 'unlimited', pids_limit: 50 },
      ...{ oom_killer: true, cpu_shares: 512, cpuset_cpus: '0-1', uts: 'host', userns_mode: 'host' },
      device_read_bps: [{ path: '/dev/sda', rate: '1mb' }],
      mounts: [
        { target: '/c', source: '/a', type: 'bind', read_only: true },
        { target: '/t', type: 'tmpfs', tmpfs_size: '64M', tmpfs_mode: '1777' },
        { target: '/v', source: 'v', no_copy: true },
      ],
      healthcheck: { test: 'curl -f http://x', interval: '1m30s' },
      device_requests: [{ count: -1, capabilities: [['gpu']] }],
    },
    world: world(
      container({
        Config: {
          ...{ Domainname: 'x.org', OpenStdin: true, MacAddress: '02:42:AC:11:00:09' },
          ExposedPorts: { '9000/tcp': {} },
          Healthcheck: { Test: ['CMD-SHELL', 'curl -f http://x'], Interval: 90e9, Retries: 3 },
        },
        HostConfig: {
          ...{ GroupAdd: ['video'], Links: ['/db:/lb/sql'], VolumesFrom: ['data'], MemorySwap: -1, PidsLimit: 50 },
          ...{ OomKillDisable: true, CpuShares: 512, CpusetCpus: '0-1', UTSMode: 'host', UsernsMode: 'host' },
          BlkioDeviceReadBps: [{ Path: '/dev/sda', Rate: 1048576 }],
          Mounts: [
            { Type: 'volume', Source: 'v', Target: '/v', VolumeOptions: { NoCopy: true } },
            { Type: 'bind', Source: '/a', Target: '/c', ReadOnly: true },
            { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 67108864, Mode: 0o1777 } },
          ],
          DeviceRequests: [{ Driver: '', Count: -1, DeviceIDs: null, Capabilities: [['gpu']], Options: {} }],
        },
      }),
    ),
    want: { changed: false },
  },
  'differ where docker tells otherwise': {
    args: { ...args, pids_limit: 60, healthcheck: { test: 'NONE' }, mounts: [{ target: '/v', source: 'w' }] },
    world: world(container({ HostConfig: { PidsLimit: 50, Mounts: [{ Type: 'volume', Source: 'v', Target: '/v' }] } })),
    want: { scripts: ["'--mount=type=volume,source=w,target=/v' '--pids-limit=60' '--no-healthcheck' 'nginx"] },
  },
  'come from a file of the host as well': {
    args: { ...args, env_file: '/etc/lb.env', env: { B: '2' } },
    world: { ...world(absent), files: { '/etc/lb.env': '# names\nA=1\nB=1\n' } },
    want: { diffs: [['', 'image: nginx:1.22 aaaaaaaaaaaa\nenv: A\nenv: B\nenv: PATH\nrunning\n']] },
  },
  'are not compared where comparisons says so': {
    args: {
      ...args,
      hostname: 'b',
      labels: { a: '1' },
      comparisons: { hostname: 'ignore', labels: 'allow_more_present' },
    },
    world: world(container({ Config: { Hostname: 'a', Labels: { a: '1', b: '2', 'kplay.options': '' } } })),
    want: { changed: false },
  },
  'may leave another name of the same image alone': {
    args: { ...args, image_name_mismatch: 'ignore' },
    world: world(container({ Config: { Image: 'old:1' } })),
    want: { changed: false },
  },
  'refuse a comparison that is none': {
    args: { ...args, comparisons: { env: 'lax' } },
    world: world(container()),
    fails: 'comparisons: env is strict, ignore, allow_more_present, not "lax"',
  },
  'refuse what is no time': {
    args: { ...args, healthcheck: { interval: '5' } },
    world: world(absent),
    fails: 'interval is a time such as 1m30s, not "5"',
  },
  'are compared by the image that the container has, where that is said': {
    args: { ...args, env: { A: '1' }, comparisons: { image: 'ignore' }, image_comparison: 'current-image' },
    world: {
      answers: {
        ...world(container({ of: 'b', Config: { Env: ['OLD=1', 'A=1'] } })).answers,
        [`docker image ${id('b')}`]: image('b', { Env: ['OLD=1'] }),
      },
    },
    want: { changed: false },
  },
  'are compared by the image that is asked for otherwise': {
    args: { ...args, env: { A: '1' }, comparisons: { image: 'ignore' } },
    world: world(container({ of: 'b', Config: { Env: ['OLD=1', 'A=1'] } })),
    want: { changed: true },
  },
  'are off where nobody names them, when that is the default behaviour': {
    args: { ...args, container_default_behavior: 'compatibility' },
    world: world(container({ HostConfig: { Privileged: true } })),
    want: { scripts: ["'--privileged=false'"], changed: true },
  },
  'are what the task says, whatever the default behaviour': {
    args: { ...args, container_default_behavior: 'compatibility', privileged: true },
    world: world(container({ HostConfig: { Privileged: true } })),
    want: { changed: false },
  },
  'refuse a network that nobody names': {
    args: { ...args, networks: [{ name: 'a' }], networks_cli_compatible: false },
    world: world(absent),
    fails: 'networks_cli_compatible: false adds the default network',
  },
  'refuse labels that the image brings along, where that is said': {
    args: { ...args, labels: { a: '1' }, comparisons: { labels: 'strict' }, image_label_mismatch: 'fail' },
    world: world(absent, image('a', { Labels: { a: '0', vendor: 'x' } })),
    fails: 'the image nginx:1.22 has labels that the task does not name: vendor',
  },
  'take labels that the image brings along otherwise': {
    args: { ...args, labels: { a: '1' }, image_label_mismatch: 'fail' },
    world: world(absent, image('a', { Labels: { vendor: 'x' } })),
    want: { changed: true },
  },
});

const job = { ...args, detach: false };
const again = 'one that has ended is run again';
const ends = (stdout: string) => ({ commands: { 'docker start --attach': { stdout } } });

testModule(dockerContainer, 'a container that is run to its end', {
  'is made, and tells what it printed': {
    args: job,
    world: { ...world(absent), ...ends('done\n\n0') },
    always: again,
    want: {
      changed: true,
      log: ['docker create lb', 'docker start --attach lb'],
      scripts: ["docker start --attach 'lb' 2>&1 </dev/null; s=$?\n:\nprintf '\\n%s' $s"],
      result: { status: 0 },
    },
  },
  'is run again where it has ended': {
    args: job,
    world: { ...world(container({ running: false })), ...ends('again\n0') },
    always: again,
    want: { changed: true, log: ['docker start --attach lb'], result: { status: 0 } },
  },
  'is left alone while it runs': { args: job, world: world(container()), want: { changed: false } },
  'is made anew without being started in between': {
    args: { ...job, privileged: true },
    world: { ...world(container()), ...ends('\n0') },
    always: again,
    want: { log: ['docker recreate lb', 'docker start --attach lb'], scripts: ["docker rename 'lb.new' 'lb' && : ||"] },
  },
  'is removed when it has ended': {
    args: { ...job, cleanup: true },
    world: { ...world(absent), ...ends('x\n0') },
    always: again,
    want: { scripts: ["docker 'rm' '-f' 'lb'"], result: { container: { Output: 'x' } } },
  },
  'fails with what it printed': {
    args: job,
    world: { ...world(absent), ...ends('no such table\n\n3') },
    fails: 'no such table',
  },
  'fails without a word': { args: job, world: { ...world(absent), ...ends('\n7') }, fails: 'ended with status 7' },
  'is neither healthy nor paused': {
    args: { ...job, state: 'healthy' },
    world: world(absent),
    fails: 'leave out state',
  },
});

describe('a container that shall be run to its end', () => {
  it('tells the status and the output of a failure', async () => {
    const target = fakeTarget({ ...world(absent), ...ends('no\n3') });
    const failure = await runModule(dockerContainer, job, target, fakeController()).catch((error: unknown) => error);
    expect(failure).to.have.nested.property('result.status', 3);
    expect(failure).to.have.nested.property('result.container.Output', 'no');
  });

  it('is looked at once more where it was only made', async () => {
    const module = dockerContainer as StateModule<ArgsLiteral, object>;
    const look = async (result: Readonly<Record<string, unknown>>) =>
      module.after?.({
        args: { ...job, state: 'present' } as never,
        result,
        target: fakeTarget(world(container({ running: false }))),
      });
    expect(await look({})).to.have.property('status', 'exited');
    expect(await look({ status: 0 })).to.deep.equal({});
  });

  it('is not known under check', async () => {
    const target = simulatedTarget(fakeTarget(world(absent)), predictedWorld());
    const { changed, result } = await runModule(dockerContainer, job, target, fakeController());
    expect([changed, result['status']]).to.deep.equal([true, result['container']]);
    expect(result['status']).to.be.instanceOf(Unknown);
  });
});

describe('an image that is always pulled', () => {
  for (const [behaviour, changed] of [
    ['image_not_present', false],
    ['always', true],
  ] as const)
    it(`counts as ${changed ? 'newer' : 'the same'} under check with ${behaviour}`, async () => {
      const target = simulatedTarget(fakeTarget(world(container())), predictedWorld());
      const asked = { ...args, pull: 'always', pull_check_mode_behavior: behaviour };
      const { result } = await runModule(dockerContainer, asked, target, fakeController());
      expect(result['changed'] ?? true).to.equal(changed);
    });
});

testModule(dockerContainer, 'the life of a container', {
  'is waited for until it is healthy': {
    args: { ...args, state: 'healthy', healthy_wait_timeout: 60 },
    world: world(absent),
    want: {
      log: ['docker create lb', 'docker wait for lb'],
      scripts: ["docker 'start' 'lb'", "'container lb was not healthy after 60 s'"],
    },
  },
  'is only looked at where it is healthy': {
    args: { name: 'lb', state: 'healthy' },
    world: world({
      state: 'present',
      value: { ...container().value, State: { Running: true, Health: { Status: 'healthy' } } },
    }),
    want: { changed: false, log: [] },
  },
  'stands still': {
    args: { name: 'lb', paused: true },
    world: world(container()),
    want: { fields: ['paused'], log: ['docker pause lb'], scripts: ["docker 'pause' 'lb'"] },
  },
  'goes on': {
    args: { name: 'lb', paused: false },
    world: world({
      state: 'present',
      value: { ...container().value, State: { Running: true, Paused: true, Status: 'paused' } },
    }),
    want: { log: ['docker unpause lb'] },
  },
  'is ended by a signal, and takes its volumes along': {
    args: { name: 'lb', state: 'absent', forcekill: true, kill_signal: 'INT', keep_volumes: false },
    world: world(container()),
    want: { scripts: ["docker 'kill' '--signal=INT' 'lb' >/dev/null || exit $?\ndocker 'rm' '-f' '-v' 'lb'"] },
  },
  'ends before the new one begins where it removes itself': {
    args: { ...args, hostname: 'b' },
    world: world(container({ HostConfig: { AutoRemove: true } })),
    want: { scripts: ["docker 'rm' '-f' 'lb' >/dev/null || exit $?\ndocker 'rename' 'lb.new' 'lb'"] },
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
