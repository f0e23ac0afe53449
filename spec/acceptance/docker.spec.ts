/** docker on a real host, its modules, and a private registry on another one that it is made to trust. */

import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { kplay, tail, total } from '../kplay.ts';
import { compareSnapshots, type Lab, labTopology, startLab } from '../lab/lab.ts';

const domain = 'registry.kplay.example';
const password = 'pass word';
/** crypt(3) of it. */
const htpasswd = 'lab:$2b$10$abcdefghijklmnopqrstuuYiAG50lbxF1DpsN4DLUjxZqIK2xXnkS';

describe('docker on a bare host', function () {
  this.timeout('5m');
  this.bail(true);
  let lab: Lab;
  let folder: string;
  let address: string;
  const run = (playbook: string, ...args: readonly string[]) =>
    kplay([join(folder, playbook), '-i', join(folder, 'hosts'), ...args]);
  const docker = async (words: string) => (await lab.host('h1').exec(`docker ${words} 2>&1`)).stdout.trim();
  /** One task on h1, with its diff. */
  const task = async (text: string, ...args: readonly string[]) => {
    await writeFile(join(folder, 'task.yml'), `- hosts: h1\n  gather_facts: false\n  tasks:\n    - ${text}\n`);
    return run('task.yml', '--diff', ...args);
  };

  before(async function () {
    this.timeout('30m');
    folder = await mkdtemp(join(tmpdir(), 'kplay-docker-'));
    lab = await startLab({
      ...labTopology('bench', 2),
      kubernetes: true,
      log: (line) => process.stderr.write(`${line}\n`),
    });
    address = lab.host('h1').address;
    await symlink(resolve('roles'), join(folder, 'roles'));
    await writeFile(join(folder, 'hosts'), lab.inventory);
    await writeFile(join(folder, 'site.yml'), site(lab.host('h2').address));
    await writeFile(join(folder, 'registry.yml'), registry(lab.host('h2').address));
    const said = await run('registry.yml');
    expect(said.code, tail(said)).to.equal(0);
  });

  after(async function () {
    this.timeout('2m');
    await lab?.down();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('--check --diff foresees everything, and writes nothing', async () => {
    const before = await lab.host('h1').snapshot();
    const said = await run('site.yml', '--check', '--diff');
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed')).to.be.greaterThan(14);
    expect(said.stdout).to.contain('+env: PAGE\n').and.to.contain('+published_ports: :8080:80/tcp\n');
    expect(said.stdout).not.to.contain('a first page').and.not.to.contain(password);
    expect(compareSnapshots(before, await lab.host('h1').snapshot())).to.deep.equal([]);
  });

  it('the run does it', async () => {
    const said = await run('site.yml', '--diff');
    expect(said.code, tail(said)).to.equal(0);
    expect(said.stdout).not.to.contain('a first page').and.not.to.contain(password);
    process.stderr.write(`      done in ${said.seconds.toFixed(1)} s\n`);
    expect(await page()).to.equal('a first page\n');
  });

  it('the second run changes nothing, and neither would a third', async () => {
    for (const args of [[], ['--check', '--diff']]) {
      const before = await lab.host('h1').snapshot();
      const said = await run('site.yml', ...args);
      expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 0]);
      process.stderr.write(`      converged in ${said.seconds.toFixed(1)} s\n`);
      expect(compareSnapshots(before, await lab.host('h1').snapshot())).to.deep.equal([]);
    }
  });

  it('what was loaded, built and imported is there', async () => {
    expect(await docker("image ls --format '{{.Repository}}:{{.Tag}}'")).to.contain('lab.example/hello:1');
    expect(await docker('network inspect lab -f "{{(index .IPAM.Config 0).Subnet}}"')).to.equal('10.222.0.0/24');
    const imported = await lab.host('h1').exec('ctr -n k8s.io images ls -q; ls -A /var/tmp');
    expect(imported.stdout)
      .to.match(/^registry\.k8s\.io\/pause:3\.2$/m)
      .and.not.to.contain('.kplay');
  });

  it('a changed value makes the container anew, and is not shown', async () => {
    const foreseen = await run('site.yml', '--check', '--diff', '-e', 'page=another');
    expect(total(foreseen, 'changed'), tail(foreseen)).to.equal(1);
    const said = await run('site.yml', '--diff', '-e', 'page=another');
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    expect(said.stdout).to.contain('-env: PAGE\n+env: PAGE (another value)\n').and.not.to.contain('page=');
    expect(await page()).to.equal('another\n');
  });

  it('what docker was told behind its back is put right', async () => {
    await docker('update --restart=no page');
    const said = await run('site.yml', '--diff', '-e', 'page=another');
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    expect(said.stdout).to.contain('-restart_policy: no\n+restart_policy: always\n');
  });

  it('a container that does not start leaves the old one in its place', async () => {
    const said = await task('docker_container: { name: page, image: "kplay.example/busybox:1.35", command: /nowhere }');
    expect(said.code).to.equal(2);
    expect(said.stdout).to.contain('docker recreate page').and.to.contain('/nowhere');
    expect(await page()).to.equal('another\n');
    expect(await docker("ps -a --format '{{.Names}}'")).to.equal('page');
  });

  it('a container is stopped, started, restarted and removed by its name alone', async () => {
    const started = async () => docker("inspect page -f '{{.State.StartedAt}} {{.State.Running}}'");
    const first = await started();
    await task('docker_container: { name: page, restart: true, stop_timeout: 0 }');
    expect(await started())
      .to.match(/true$/)
      .and.not.equal(first);
    for (const state of ['stopped', 'started', 'absent']) {
      const text = `docker_container: { name: page, state: ${state}, stop_timeout: 0 }`;
      expect(total(await task(text, '--check'), 'changed'), state).to.equal(1);
      expect(total(await task(text), 'changed'), state).to.equal(1);
      expect(total(await task(text), 'changed'), state).to.equal(0);
    }
    expect(await docker('ps -aq')).to.equal('');
  });

  it('a host pulls from the registry it trusts', async () => {
    const image = `${domain}:5005/hello:1`;
    await docker(`image rm ${image} lab.example/hello:1`);
    const pull = `docker_image: { name: "${image}", source: pull }`;
    const said = await task(pull);
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    expect(total(await task(pull), 'changed')).to.equal(0);
    await docker(`image rm ${image}`);
    // and only because it does
    const files = `/root/.docker/config.json /etc/docker/certs.d/${domain}:5005/ca.crt`.split(' ');
    for (const [index, reason] of ['no basic auth credentials', 'certificate'].entries()) {
      await lab.host('h1').exec(`mv ${files[index]} /root/aside`);
      const refused = await task(pull);
      expect([refused.code, refused.stdout.includes(reason)], tail(refused)).to.deep.equal([2, true]);
      await lab.host('h1').exec(`mv /root/aside ${files[index]}`);
    }
  });

  it('a login beside others leaves them alone', async () => {
    const config = '/root/.docker/config.json';
    await lab.host('h1').exec(`printf '{"credsStore":"x","auths":{"other":{"auth":"eA=="}}}' > ${config}`);
    const said = await run('site.yml', '-e', 'page=another', '--tags', 'trust');
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    const written = await lab.host('h1').exec(`stat -c %a ${config}; cat ${config}`);
    expect(written.stdout)
      .to.match(/^600\n/)
      .and.contain('"credsStore": "x"')
      .and.contain('"other"');
    expect(written.stdout).to.contain(Buffer.from(`lab:${password}`).toString('base64'));
  });

  it('a docker that is stopped is started, and nothing else is foreseen', async () => {
    await lab.host('h1').exec('systemctl stop docker.socket docker');
    const said = await run('site.yml', '--check', '--tags', 'docker');
    expect(said.code, tail(said)).to.equal(0);
    expect(said.stdout).to.contain('docker runs, but does not answer');
    const stopped = await task('docker_container: { name: page, state: stopped }');
    expect(stopped.stdout).to.contain('Is the docker daemon running?');
    const back = await run('site.yml', '--tags', 'docker');
    expect([back.code, total(back, 'changed')], tail(back)).to.deep.equal([0, 1]);
  });

  async function page(): Promise<string> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      try {
        return await (await fetch(`http://${address}:8080/page`)).text();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  }
});

/** docker, and one of each thing its modules are about. */
const site = (registryAddress: string): string => `
- name: Run docker and trust the registry
  hosts: h1
  gather_facts: false
  vars:
    page: a first page
    docker_images: ["kplay.example/busybox:1.35"]
    registry_trust_domain: ${domain}
    registry_trust_ip: ${registryAddress}
    registry_trust_ca_src: "{{ playbook_dir }}/ca.crt"
    registry_trust_user: lab
    registry_trust_password: ${password}
    registry_trust_containerd_dir: /etc/containerd/certs.d
  tasks:
    - import_role: { name: docker }
      tags: docker
    - import_role: { name: registry-trust, tasks_from: validate }
      tags: trust
    - import_role: { name: registry-trust }
      tags: trust
    - file: { path: /srv/hello, state: directory, mode: "0755" }
    - copy: { dest: /srv/hello/Dockerfile, mode: "0644", content: "FROM scratch\\nCOPY Dockerfile /hello\\n" }
    - docker_image:
        name: lab.example/hello:1
        source: build
        build: { path: /srv/hello }
        repository: ${domain}:5005/hello
        push: true
    - containerd_image:
        name: registry.k8s.io/pause:3.2
        source: "{{ cluster_image_archives }}/pause_3.2.tar"
    - docker_network: { name: lab, ipam_config: [{ subnet: 10.222.0.0/24 }] }
    - docker_container:
        name: page
        image: kplay.example/busybox:1.35
        command: [sh, -c, 'mkdir -p /tmp/www && echo "$PAGE" > /tmp/www/page && exec httpd -f -p 80 -h /tmp/www']
        env: { PAGE: "{{ page }}" }
        networks: [{ name: lab, ipv4_address: 10.222.0.10 }]
        ports: ["8080:80"]
        volumes: [/srv/hello:/hello:ro]
        restart_policy: always
        stop_timeout: 0
        memory: 64M
        cap_drop: [MKNOD]
        log_options: { max-size: 1m }
`;

/** Debian's registry over TLS, with a password. */
const registry = (address: string): string => `
- name: Run a registry
  hosts: h2
  gather_facts: false
  tasks:
    - x509_certificate: { path: "{{ playbook_dir }}/ca.crt", private_key_path: "{{ playbook_dir }}/ca.key", common_name: lab, is_ca: true }
      delegate_to: localhost
    - x509_certificate:
        path: "{{ playbook_dir }}/registry.crt"
        private_key_path: "{{ playbook_dir }}/registry.key"
        common_name: ${domain}
        subject_alt_name: ["DNS:${domain}", "IP:${address}"]
        ca_path: "{{ playbook_dir }}/ca.crt"
        ca_private_key_path: "{{ playbook_dir }}/ca.key"
      delegate_to: localhost
    - package: { name: docker-registry, state: present }
    - copy: { src: "{{ playbook_dir }}/registry.{{ item }}", dest: /etc/docker/registry/, owner: docker-registry, mode: "0600" }
      loop: [crt, key]
    - copy: { content: '${htpasswd}', dest: /etc/docker/registry/htpasswd, owner: docker-registry, mode: "0600" }
    - copy:
        dest: /etc/docker/registry/config.yml
        mode: "0644"
        content: |
          version: 0.1
          storage: { filesystem: { rootdirectory: /var/lib/docker-registry } }
          http:
            addr: :5005
            tls: { certificate: /etc/docker/registry/registry.crt, key: /etc/docker/registry/registry.key }
          auth: { htpasswd: { realm: lab, path: /etc/docker/registry/htpasswd } }
    - systemd: { name: docker-registry, state: restarted }
    - wait_for: { port: 5005 }
`;
