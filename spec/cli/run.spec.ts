import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { tail, total } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

describe('kplay run', function () {
  this.timeout(60_000);
  let project: Project;
  const run = (...args: readonly string[]) => project.run(['run', '-i', 'hosts', ...args]);
  before(() => {
    project = makeProject();
  });
  after(() => project.remove());

  it('runs a module on the hosts of a pattern, and shows what it answers', async () => {
    const said = await run('web', '-m', 'command', '-a', 'echo hello {{ inventory_hostname }}');
    expect(said.code, tail(said)).to.equal(0);
    expect(said.stdout)
      .to.match(/hello h1/)
      .and.to.match(/hello h2/);
    expect(total(said, 'ok')).to.equal(2);
  });

  it('is command without -m, and takes --limit', async () => {
    const said = await run('all', '-a', 'echo here', '-l', 'h2');
    expect([said.code, Object.keys(said.recap)], tail(said)).to.deep.equal([0, ['h2']]);
  });

  it('takes k=v and a mapping, and plans with --check', async () => {
    const file = project.path('out/motd');
    const plan = await run('h1', '-m', 'copy', '-a', `content=hi dest=${file}`, '--check');
    expect([plan.code, total(plan, 'changed'), existsSync(file)], tail(plan)).to.deep.equal([0, 1, false]);
    const said = await run(
      'h1',
      '-m',
      'copy',
      '-a',
      JSON.stringify({ content: 'hi there\n', dest: file, mode: '0600' }),
    );
    expect([said.code, total(said, 'changed')], tail(said)).to.deep.equal([0, 1]);
    expect(readFileSync(file, 'utf8')).to.equal('hi there\n');
  });

  it('ends as a playbook does: 2 for a failed host, 1 for what is wrong before', async () => {
    expect((await run('h1', '-a', '/bin/false')).code).to.equal(2);
    const wrong = await run('h1', '-m', 'copy', '-a', 'dst=/x');
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.match(/copy has no argument "dst"/);
    expect((await run('h9', '-a', 'true')).code).to.equal(1);
    expect((await run()).code).to.equal(5);
  });
});
