/** Objects of a real Kubernetes API: planned, applied, changed, awaited and deleted; on one host with all of the control plane. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, type Said, tail, total } from '../kplay.ts';
import { type Lab, startLab } from '../lab/lab.ts';

const admin = '/etc/kubernetes/admin.conf';
const kubectl = `kubectl --kubeconfig ${admin}`;
const password = 'correct-horse-battery-staple';

describe('objects of Kubernetes', function () {
  this.timeout('10m');
  this.bail(true);
  let lab: Lab;
  let folder: string;
  const run = (playbook: string, ...args: readonly string[]) =>
    kplay([playbook, '-i', join(folder, 'hosts'), '-e', `cluster_state_dir=${folder}/state`, ...args]);
  /** Tasks, indented by four, for the master. */
  const play = async (tasks: string, ...args: readonly string[]): Promise<Said> => {
    const defaults = `{ k8s: { kubeconfig: ${admin} }, k8s_info: { kubeconfig: ${admin} } }`;
    const head = `- hosts: m1\n  gather_facts: false\n  module_defaults: ${defaults}\n  tasks:\n`;
    await writeFile(join(folder, 'site.yml'), head + tasks);
    return run(join(folder, 'site.yml'), '--diff', ...args);
  };
  const ask = async (words: string) => {
    const { stdout, stderr } = await lab.host('m1').exec(`${kubectl} ${words}`);
    return stdout.trim() || stderr.trim();
  };

  before(async function () {
    this.timeout('30m');
    folder = await mkdtemp(join(tmpdir(), 'kplay-k8s-'));
    const groups = { etcd: ['m1'], kube_control_plane: ['m1'], lb: ['m1'] };
    const log = (line: string) => process.stderr.write(`${line}\n`);
    lab = await startLab({ hosts: [{ name: 'm1' }], groups, kubernetes: true, log });
    await writeFile(join(folder, 'hosts'), lab.inventory);
  });
  after(async function () {
    this.timeout('2m');
    await lab?.down();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const objects = (value: string, secret = password) => `
    - name: Keep a shop
      k8s:
        definition: |
          apiVersion: v1
          kind: ConfigMap
          metadata: { name: settings, namespace: shop }
          data: { open: "${value}" }
          ---
          apiVersion: v1
          kind: Namespace
          metadata: { name: shop }
          ---
          apiVersion: v1
          kind: Secret
          metadata: { name: till, namespace: shop }
          stringData: { password: ${secret} }
          ---
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: till, namespace: shop }
          spec:
            replicas: 0
            selector: { matchLabels: { app: till } }
            template:
              metadata: { labels: { app: till } }
              spec: { containers: [{ name: till, image: "till:1", ports: [{ containerPort: 80 }] }] }
        wait: true
        wait_timeout: 60
        wait_sleep: 1
      register: shop
    - name: Say all there is to say
      debug: { var: shop }
`;

  it('where a plan brings the API, the plan says what would be applied', async () => {
    await writeFile(
      join(folder, 'all.yml'),
      `- import_playbook: ${process.cwd()}/playbooks/ha-external-etcd.yml\n- import_playbook: site.yml\n`,
    );
    await writeFile(join(folder, 'site.yml'), `- hosts: m1\n  gather_facts: false\n  tasks:${objects('yes')}`);
    const said = await run(join(folder, 'all.yml'), '--check', '-e', `playbook_dir=${process.cwd()}/playbooks`);
    expect(said.code, tail(said)).to.equal(0);
    const outcome = said.stdout.slice(said.stdout.indexOf('TASK [Keep a shop]')).split('\n')[1];
    expect(outcome).to.match(
      /^changed: \[m1\] \(would run: as things stand it would fail \(.*kubectl.*\), but .* comes first\)/,
    );
  });

  it('the control plane comes up', async () => {
    const said = await run('playbooks/ha-external-etcd.yml');
    expect(said.code, tail(said, 150)).to.equal(0);
  });

  it('the plan shows what the server would make, and makes nothing', async () => {
    const said = await play(objects('yes'), '--check');
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    expect(said.stdout).to.contain(
      "+++ after: ConfigMap shop/settings\n@@ -0,0 +1,7 @@\n+apiVersion: v1\n+data:\n+  open: 'yes'\n",
    );
    expect(await ask('get namespace shop')).to.match(/not found/);
  });

  it('they are applied, in an order that works; a second run changes nothing', async () => {
    const first = await play(objects('yes'), '-vvv');
    expect([first.code, total(first, 'changed')], tail(first)).to.deep.equal([0, 1]);
    expect(await ask("-n shop get configmap settings -o jsonpath='{.data.open}'")).to.equal('yes');
    const second = await play(objects('yes'));
    expect([second.code, total(second, 'changed')], tail(second)).to.deep.equal([0, 0]);
    const planned = await play(objects('yes'), '--check');
    expect([planned.code, total(planned, 'changed')], tail(planned)).to.deep.equal([0, 0]);
    for (const said of [first, second, planned]) expectSilence(said);
  });

  it('only what differs is shown and applied, a Secret without its values', async () => {
    const version = await ask("-n shop get deployment till -o jsonpath='{.metadata.resourceVersion}'");
    const said = await play(objects('no', `${password}r`), '-vvv');
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    expect(said.stdout).to.match(/- {2}open: 'yes'\n\+ {2}open: 'no'\n/);
    expect(said.stdout).to.contain("-  password: '********'\n+  password: '******** (another value)'\n");
    expect(said.stdout).not.to.contain('Deployment shop/till\n@@');
    expectSilence(said);
    expect(await ask("-n shop get deployment till -o jsonpath='{.metadata.resourceVersion}'")).to.equal(version);
    expect(await ask("-n shop get secret till -o jsonpath='{.data.password}' | base64 -d")).to.equal(`${password}r`);
  });

  it('a change made by hand is undone', async () => {
    await ask('-n shop scale deployment till --replicas 3');
    const said = await play(objects('no', `${password}r`));
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    expect(said.stdout).to.match(/- {2}replicas: 3\n\+ {2}replicas: 0\n/);
  });

  it('what is there is patched, what is not is left', async () => {
    const tasks = `
    - k8s: { state: patched, kind: ConfigMap, name: settings, namespace: shop, definition: { data: { tea: green } } }
    - k8s: { state: patched, kind: ConfigMap, name: nothing, namespace: shop, definition: { data: { tea: green } } }
`;
    const first = await play(tasks);
    expect([first.code, total(first, 'changed')], tail(first)).to.deep.equal([0, 1]);
    expect(first.stdout + first.stderr).to.contain('ConfigMap shop/nothing is not there');
    expect(total(await play(tasks), 'changed')).to.equal(0);
    expect(await ask("-n shop get configmap settings -o jsonpath='{.data.open}{.data.tea}'")).to.equal('nogreen');
  });

  it('a kind comes before objects of it', async () => {
    const tasks = `
    - k8s:
        definition:
          - apiVersion: example.com/v1
            kind: Tea
            metadata: { name: green, namespace: shop }
            minutes: 2
          - apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: teas.example.com }
            spec:
              group: example.com
              scope: Namespaced
              names: { kind: Tea, plural: teas, singular: tea }
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
    - k8s: { state: patched, api_version: example.com/v1, kind: Tea, name: green, namespace: shop, definition: { sugar: no } }
`;
    const first = await play(tasks);
    expect([first.code, total(first, 'changed')], tail(first)).to.deep.equal([0, 2]);
    expect(await ask("-n shop get tea green -o jsonpath='{.minutes}{.sugar}'")).to.equal('2false');
  });

  it('what the server refuses fails with its words, and a wait in vain with what is missing', async () => {
    const said = await play(`
    - k8s: { kind: ConfigMap, name: Not_A_Name }
      ignore_errors: true
    - k8s: { kind: ConfigMap, name: a, namespace: nowhere }
      ignore_errors: true
    - k8s: { kind: Namespace, name: shop, wait: true, wait_timeout: 1, wait_sleep: 1, wait_condition: { type: Ready } }
      ignore_errors: true
`);
    expect(said.code, tail(said)).to.equal(0);
    expect(said.stdout).to.contain('"Not_A_Name\\" is invalid: metadata.name');
    expect(said.stdout).to.contain('namespaces \\"nowhere\\" not found');
    expect(said.stdout).to.contain('after 1 s Namespace shop has no condition Ready');
  });

  it('it is told what there is', async () => {
    const said = await play(`
    - k8s_info: { kind: ConfigMap, namespace: shop, name: settings }
      register: found
    - assert: { that: "found.resources | map(attribute='data.tea') | list == ['green']" }
    - k8s_info: { kind: Namespace, field_selectors: [status.phase=Active], label_selectors: ["!none"] }
      register: found
    - assert: { that: "'shop' in found.resources | map(attribute='metadata.name')" }
    - k8s_info: { kind: Nonesuch }
      register: found
    - assert: { that: "not found.api_found and found.resources == []" }
`);
    expect(said.code, tail(said)).to.equal(0);
  });

  it('the certificate that the apiserver presents is the one it was given', async () => {
    const said = await play(`
    - command: openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -serial
      register: on_disk
      changed_when: false
    - get_certificate: { host: 127.0.0.1, port: 6443, ca_cert: /etc/kubernetes/pki/ca.crt }
      register: presented
      until: presented.serial_number | default('') == on_disk.stdout.split('=')[1] | lower
    - assert:
        that:
          - presented.issuer == 'CN=kubernetes'
          - "'IP:10.96.0.1' in presented.subject_alt_name"
          - not presented.expired
    - get_certificate: { host: 127.0.0.1, port: 2379 }
      register: of_etcd
    - assert: { that: of_etcd.serial_number != presented.serial_number }
    - get_certificate: { host: 127.0.0.1, port: 1 }
      register: nobody
      failed_when: "'Connection refused' not in nobody.msg"
`);
    expect(said.code, tail(said)).to.equal(0);
  });

  it('addons.yml brings CoreDNS and Calico, once', async () => {
    const given = [
      ...['-e', `calico_manifest=${process.cwd()}/spec/fixtures/roles/calico/calico.yaml`],
      ...['-e', '{"calico_wait": false, "coredns_wait": false, "coredns_replicas": 6}'],
    ];
    const planned = await run('playbooks/addons.yml', ...given, '--check', '--diff');
    expect([planned.code, total(planned, 'changed')], tail(planned)).to.deep.equal([0, 2]);
    const first = await run('playbooks/addons.yml', ...given);
    expect([first.code, total(first, 'changed')], tail(first)).to.deep.equal([0, 2]);
    expect(await ask("-n kube-system get service kube-dns -o jsonpath='{.spec.clusterIP}'")).to.equal('10.96.0.10');
    expect(await ask("-n kube-system get deployment coredns -o jsonpath='{.spec.replicas}'")).to.equal('6');
    const env = 'jsonpath=\'{.spec.template.spec.containers[0].env[?(@.name=="CALICO_IPV4POOL_CIDR")].value}\'';
    expect(await ask(`-n kube-system get daemonset calico-node -o ${env}`)).to.equal('10.244.0.0/16');
    for (const flags of [[], ['--check']]) {
      const again = await run('playbooks/addons.yml', ...given, ...flags);
      expect([again.code, total(again, 'changed')], tail(again)).to.deep.equal([0, 0]);
    }
  });

  it('they are deleted, and it is waited until they are gone', async () => {
    const tasks = `
    - k8s: { state: absent, kind: Namespace, name: shop, wait: true }
    - k8s: { state: absent, kind: Nonesuch, api_version: example.com/v9, name: none }
`;
    const planned = await play(tasks, '--check');
    expect([planned.code, total(planned, 'changed')], tail(planned)).to.deep.equal([0, 1]);
    const said = await play(tasks);
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    expect(await ask('get namespace shop')).to.match(/not found/);
    expect(total(await play(tasks), 'changed')).to.equal(0);
  });

  /** Neither the password nor any of its forms was said. */
  function expectSilence({ stdout, stderr }: Said): void {
    for (const form of [password, Buffer.from(password).toString('base64').slice(0, 30)])
      expect(`${stdout}${stderr}`).not.to.contain(form);
  }
});
