/** What `kplay init` writes is proven by what it brings: lint, two runs, the role's playbook, the module's spec. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { kplay, tail, total } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

describe('kplay init', function () {
  this.timeout(120_000);
  let project: Project;
  before(() => {
    project = makeProject();
  });
  after(() => project.remove());

  it('project: lint has nothing to say, the second run changes nothing, the role is proven', async () => {
    const said = await project.run(['init', 'project', 'shop']);
    expect([said.code, said.stdout.split('\n')[0]], tail(said)).to.deep.equal([0, 'shop/roles/app/README.md']);
    const within = (...args: readonly string[]) => kplay(args, { cwd: project.path('shop') });
    expect(await within('lint', 'site.yml', '-i', 'hosts')).to.include({ code: 0, stdout: '' });
    expect(await within('lint', 'roles/app/tests/test.yml')).to.include({ code: 0, stdout: '' });
    const plan = await within('site.yml', '-i', 'hosts', '--check', '--diff');
    expect([plan.code, existsSync(project.path('shop/out'))], tail(plan)).to.deep.equal([0, false]);
    const first = await within('site.yml', '-i', 'hosts');
    expect([first.code, total(first, 'changed')], tail(first)).to.deep.equal([0, 2]);
    expect(readFileSync(project.path('shop/out/app.conf'), 'utf8')).to.match(/^listen 8080$/m);
    const second = await within('site.yml', '-i', 'hosts');
    expect([second.code, total(second, 'changed')], tail(second)).to.deep.equal([0, 0]);
    const proof = await within('roles/app/tests/test.yml');
    expect(proof.code, tail(proof)).to.equal(0);
    expect((await within('doc', './roles/app')).stdout).to.match(/app_port \(int\)\n.*\n {6}Default: 8080/);
  });

  it('role: its own playbook proves it, whatever its name', async () => {
    expect((await project.run(['init', 'role', 'web-server'])).code).to.equal(0);
    const proof = await project.run(['roles/web-server/tests/test.yml']);
    expect(proof.code, tail(proof)).to.equal(0);
    expect(await project.run(['lint', 'roles/web-server/tests/test.yml'])).to.include({ code: 0, stdout: '' });
  });

  it('module: its spec passes, and playbooks can use it', async () => {
    expect((await project.run(['init', 'module', 'env_line'])).code).to.equal(0);
    mkdirSync(project.path('node_modules'));
    symlinkSync(process.cwd(), project.path('node_modules/kplay'));
    const mocha = resolve('node_modules/mocha/bin/mocha.js');
    const args = [mocha, '--no-config', 'modules/env_line.spec.mjs'];
    expect(execFileSync(process.execPath, args, { cwd: project.folder, encoding: 'utf8' })).to.match(/2 passing/);
    const path = project.path('out/env');
    const said = await project.run(['run', 'h1', '-i', 'hosts', '-m', 'env_line', '-a', `path=${path} key=A value=b`]);
    expect([said.code, readFileSync(path, 'utf8')], tail(said)).to.deep.equal([0, 'A=b\n']);
  });

  it('writes nothing over what is there, and refuses names that cannot be', async () => {
    const again = await project.run(['init', 'role', 'web-server']);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.match(/roles\/web-server\/README\.md is there already/);
    for (const args of [['module', 'env-line'], ['role', '../up'], ['playbook', 'x'], ['role']])
      expect((await project.run(['init', ...args])).code, args.join(' ')).to.equal(5);
  });
});
