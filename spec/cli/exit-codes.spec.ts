/** The exit code of a run says how it went; no two meanings share one. */

import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

const files = {
  'some-fail.yml':
    "- hosts: all\n  gather_facts: false\n  tasks:\n    - command: \"{{ 'false' if inventory_hostname == 'bad' else 'true' }}\"\n    - command: touch FOLDER/out/{{ inventory_hostname }}\n",
  // nothing listens on port 1
  mixed:
    'good ansible_connection=local\nbad ansible_connection=local\nclosed ansible_host=127.0.0.1 ansible_port=1 ansible_user=nobody\n',
};

const cases = [
  { title: 'every host is fine', limit: 'good', code: 0, recap: { good: 'ok' } },
  { title: 'a host failed', limit: 'good,bad', code: 2, recap: { good: 'ok', bad: 'failed' } },
  { title: 'a host could not be reached', limit: 'good,closed', code: 4, recap: { good: 'ok', closed: 'unreachable' } },
  {
    title: 'one failed and one could not be reached',
    limit: 'all',
    code: 6,
    recap: { good: 'ok', bad: 'failed', closed: 'unreachable' },
  },
] as const;

describe('exit codes', () => {
  let project: Project;
  beforeEach(() => {
    project = makeProject(files);
  });
  afterEach(() => project.remove());

  for (const { title, limit, code, recap } of cases) {
    it(`${title}: ${code}, and the good one finishes`, async () => {
      const said = await project.run(['some-fail.yml', '-i', 'mixed', '-l', limit]);
      expect(said.code, tail(said)).to.equal(code);
      expect(Object.keys(said.recap)).to.have.members(Object.keys(recap));
      for (const [host, column] of Object.entries(recap)) expect(said.recap[host]?.[column], host).to.be.greaterThan(0);
      expect(existsSync(project.path('out/good'))).to.equal(true);
      expect(existsSync(project.path('out/bad'))).to.equal(false);
    });
  }

  it('a refused connection is told in one line, with where and why', async () => {
    const said = await project.run(['some-fail.yml', '-i', 'mixed', '-l', 'closed']);
    expect(said.stdout).to.match(/^fatal: \[closed\]: UNREACHABLE! => .*nobody@127\.0\.0\.1:1: connection refused/m);
  });

  it('--check --detailed-exitcode is 3 while changes are pending, and 0 when there are none', async () => {
    const check = ['site.yml', '-i', 'hosts', '--check', '--detailed-exitcode'];
    const pending = await project.run(check);
    expect(pending.code, tail(pending)).to.equal(3);
    expect(pending.recap['h1']?.['changed']).to.equal(2);
    expect(existsSync(project.path('out/h1'))).to.equal(false);
    const plain = await project.run(check.slice(0, 4));
    expect(plain.code, tail(plain)).to.equal(0);
    const run = await project.run(['site.yml', '-i', 'hosts', '--detailed-exitcode']);
    expect(run.code, tail(run)).to.equal(0);
    const settled = await project.run(check);
    expect(settled.code, tail(settled)).to.equal(0);
    expect(settled.recap['h1']?.['changed']).to.equal(0);
  });

  it('an ignored failure, and one that was rescued, are none', async () => {
    project.write({
      'forgiven.yml':
        '- hosts: good\n  gather_facts: false\n  tasks:\n    - command: "false"\n      ignore_errors: true\n    - block: [{ command: "false" }]\n      rescue: [{ debug: { msg: saved } }]\n',
    });
    const said = await project.run(['forgiven.yml', '-i', 'mixed']);
    expect(said.code, tail(said)).to.equal(0);
    expect(said.recap['good']).to.include({ failed: 0, rescued: 1, ignored: 1 });
  });
});
