/** Packages of binaries: what is refused on the controller, and what reaches a host. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

const binaries = {
  'k8s-master-pkg': ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'etcd', 'etcdctl'],
  'k8s-node-pkg': ['kubelet', 'kube-proxy'],
} as const;

describe('the role kube-packages', function () {
  this.timeout('60s');
  let on: Stage;
  const path = (name: string) => join(on.folder, name);
  const sh = (script: string) => execFileSync('sh', ['-ec', script], { cwd: on.folder });

  beforeEach(() => {
    on = stage();
    symlinkSync(resolve('roles'), path('roles'));
    for (const name of ['k8s-master-pkg', 'k8s-node-pkg'] as const) pack(name, binaries[name]);
  });
  afterEach(() => on.close());

  /** A package as a person makes it, with a file that nobody asked for, and its checksum beside it. */
  function pack(name: string, files: readonly string[], text = name): void {
    rmSync(path('tree'), { recursive: true, force: true });
    mkdirSync(path('tree'));
    mkdirSync(path('packages'), { recursive: true });
    for (const file of [...files, 'README']) writeFileSync(path(`tree/${file}`), `${text} ${file}\n`);
    sh(`touch -d @1600000000 tree/*; tar -czf packages/${name}.tar.gz -C tree .`);
    sh(`cd packages; sha256sum ${name}.tar.gz > ${name}.tar.gz.sha256`);
  }

  const hosts = (trace?: string) =>
    [
      '[kube_control_plane]',
      'm1',
      '[kube_node]',
      'n1',
      '[all:vars]',
      `cluster_packages_dir=${on.folder}/packages`,
      `cluster_packages_host_dir=${on.folder}/host/{{ inventory_hostname }}`,
      `ansible_connection=exec`,
      trace === undefined ? 'ansible_exec_command="/bin/sh"' : `ansible_exec_command="/bin/sh -c '>>${trace}; exit 1'"`,
    ].join('\n');

  async function play(options: { readonly check?: boolean; readonly vars?: Record<string, unknown> } = {}) {
    mkdirSync(path('host'), { recursive: true });
    // Whoever runs the specs may not be root.
    const { uid, gid } = statSync(on.folder);
    if (uid !== 0 || gid !== 0) throw new Error('this spec needs root: packages belong to root');
    const playbook = '- hosts: all\n  gather_facts: false\n  roles: [kube-packages]\n';
    const { check = false, vars = {} } = options;
    const { recap, outcomes } = await on.play(playbook, { inventory: hosts(), check, extraVars: vars });
    const failed = outcomes.filter(({ status }) => status === 'failed' || status === 'unreachable');
    expect(failed.map(({ task, result }) => `${task.name}: ${JSON.stringify(result)}`)).to.deep.equal([]);
    return { m1: recap['m1']!.changed, n1: recap['n1']!.changed };
  }

  it('unpacks the named binaries alone, each group its own, and a second time nothing', async () => {
    expect(await play({ check: true })).to.deep.equal({ m1: 3, n1: 3 });
    expect(existsSync(path('host/m1'))).to.equal(false);
    expect(await play()).to.deep.equal({ m1: 3, n1: 3 });
    expect(readdirSync(path('host/m1')).sort()).to.deep.equal(
      [...binaries['k8s-master-pkg'], 'k8s-master-pkg.tar.gz.sha256'].sort(),
    );
    expect(readdirSync(path('host/n1')).sort()).to.deep.equal(['k8s-node-pkg.tar.gz.sha256', 'kube-proxy', 'kubelet']);
    expect(statSync(path('host/n1/kubelet')).mode & 0o777).to.equal(0o755);
    expect(await play()).to.deep.equal({ m1: 0, n1: 0 });
    expect(await play({ check: true })).to.deep.equal({ m1: 0, n1: 0 });
  });

  it('takes another package for another, also where sizes and times are the same', async () => {
    await play();
    pack('k8s-node-pkg', binaries['k8s-node-pkg'], 'k8s-NODE-pkg');
    expect(await play({ check: true })).to.deep.equal({ m1: 0, n1: 3 });
    expect(await play()).to.deep.equal({ m1: 0, n1: 3 });
    expect(readFileSync(path('host/n1/kubelet'), 'utf8')).to.equal('k8s-NODE-pkg kubelet\n');
    expect(await play()).to.deep.equal({ m1: 0, n1: 0 });
  });

  const refused: readonly { what: string; given: () => unknown; reason: RegExp }[] = [
    {
      what: 'no folder of packages',
      given: () => ({ cluster_packages_dir: '' }),
      reason: /the package k8s-master-pkg\.tar\.gz is missing: the empty cluster_packages_dir on the controller/,
    },
    {
      what: 'a missing tarball',
      given: () => rmSync(path('packages/k8s-node-pkg.tar.gz')),
      reason: /the package k8s-node-pkg\.tar\.gz is missing: .*packages on the controller\s+has no such file/,
    },
    {
      what: 'a tarball whose checksum nobody knows',
      given: () => rmSync(path('packages/k8s-node-pkg.tar.gz.sha256')),
      reason: /set kube_packages_node_sha256, or put the file k8s-node-pkg\.tar\.gz\.sha256 beside it/,
    },
    {
      what: 'a checksum that does not fit the tarball beside it',
      given: () =>
        writeFileSync(path('packages/k8s-master-pkg.tar.gz.sha256'), `${'0'.repeat(64)}  k8s-master-pkg.tar.gz\n`),
      reason: /k8s-master-pkg\.tar\.gz has the sha256 [0-9a-f]{64}, and should have 0{64}/,
    },
    {
      what: 'a checksum that does not fit the tarball, given as a variable',
      given: () => ({ kube_packages_node_sha256: '1'.repeat(64) }),
      reason: /k8s-node-pkg\.tar\.gz has the sha256 [0-9a-f]{64}, and should have 1{64}/,
    },
    {
      what: 'a package without one of its binaries',
      given: () => pack('k8s-node-pkg', ['kubelet']),
      reason: /the package k8s-node-pkg\.tar\.gz lacks kube-proxy/,
    },
  ];
  for (const { what, given, reason } of refused) {
    it(`refuses ${what}, and connects to no host`, async () => {
      const vars = (given() ?? {}) as Record<string, unknown>;
      const trace = path('connected');
      const playbook =
        '- hosts: all\n  gather_facts: false\n  any_errors_fatal: true\n  tasks:\n    - name: check\n      import_role: { name: kube-packages, tasks_from: validate }\n';
      const { outcomes } = await on.play(playbook, { inventory: hosts(trace), extraVars: vars });
      const reasons = outcomes.filter(({ status }) => status === 'failed').map(({ result }) => JSON.stringify(result));
      expect(reasons.join('\n').replaceAll('\\n', ' ')).to.match(reason);
      expect(existsSync(trace)).to.equal(false);
    });
  }
});
