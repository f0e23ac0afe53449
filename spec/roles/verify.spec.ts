/** Verification alone, of the groups that there are. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { tasksOf } from './read-roles.ts';
import { expectListing, type Groups, type Trial, trial } from './small-playbooks.ts';

const m = ['m1', 'm2', 'm3'];

describe('verify.yml', function () {
  this.timeout('30s');
  let on: Trial;
  before(() => {
    on = trial('verify');
  });
  after(() => on?.close());

  it('lists etcd first, then what stands on it', () => expectListing('verify', 'spec/fixtures/roles/s0/hosts'));

  it('has no task that could change a host, but for images, and the workload and its streams that go again', () => {
    const checks = [...tasksOf('verify'), ...tasksOf('etcd').filter(({ file }) => file.endsWith('verify.yml'))];
    const reading = [
      'command',
      'stat',
      'slurp',
      'get_certificate',
      'find',
      'assert',
      'debug',
      'uri',
      'k8s_info',
      'set_fact',
      'include_tasks',
      'import_tasks',
      undefined,
    ];
    for (const { module, task, file } of checks.filter((one) => !one.file.endsWith('images.yml'))) {
      if (/(begin|workload|clean).yml$/.test(file) && (module === 'k8s' || module === 'systemd'))
        expect(task['changed_when'], file).to.equal(false);
      else expect(module, `${file}: ${task['name']}`).to.be.oneOf(reading);
      if (module === 'command') expect(task['changed_when'], file).to.equal(false);
    }
  });

  it('reads the audit log that each control plane writes by a policy, of systemd and of kubeadm (S0.E12)', () => {
    const ask = tasksOf('verify').find(({ task }) => task['name'] === 'Read the last of the audit log')!;
    const log = (ask.task['command'] as { readonly argv: readonly string[] }).argv.at(-1)!;
    const fixtures = 'spec/fixtures/roles';
    const begins = [
      's0/k8s-master-1/kube-apiserver.service',
      'kubeadm/v1.20/m01/kubeadm.yaml',
      'kubeadm/v1.34/m01/kubeadm.yaml',
    ];
    for (const file of begins) {
      const text = readFileSync(`${fixtures}/${file}.golden`, 'utf8');
      expect(text, file)
        .to.match(/audit-policy-file/)
        .and.to.include(log);
    }
  });

  it('removes what the workload needs, whatever happens', () => {
    const all = tasksOf('verify');
    const [block] = all.filter(({ task }) => 'always' in task);
    expect(JSON.stringify(block?.task['block'])).to.include('begin.yml').and.to.include('workload.yml');
    expect(JSON.stringify(block?.task['always'])).to.include('clean.yml');
    const cleaning = JSON.stringify(all.filter(({ file }) => file.endsWith('clean.yml')).map(({ task }) => task));
    expect(cleaning).to.include('"state":"absent"').and.to.include('"kind":"Namespace"');
  });

  for (const groups of [{ etcd: m }, { lb: m }, { kube_master: m, etcd: m, ex_lb: ['m1'] }] as Groups[]) {
    it(`asks the hosts of ${Object.keys(groups).join(' and ')}`, async () => {
      const { failed, unreachable, reasons } = await on.check(groups);
      const hosts = new Set(Object.values(groups).flat()).size;
      expect({ failed, unreachable }, reasons).to.deep.equal({ failed: 0, unreachable: hosts });
    });
  }
});
