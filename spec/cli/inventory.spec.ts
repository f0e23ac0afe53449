import { chmodSync } from 'node:fs';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

describe('kplay inventory', function () {
  this.timeout(60_000);
  let project: Project;
  const inventory = (...args: readonly string[]) => project.run(['inventory', '-i', 'hosts', ...args]);
  before(() => {
    project = makeProject({
      hosts: '[web]\nh1 port=80\nh2\n\n[db]\nh3\n\n[site:children]\nweb\ndb\n\n[web:vars]\nport=8080\n',
      'group_vars/all.yml': 'name: "{{ inventory_hostname }}"\n',
      'beside/group_vars/db.yml': 'size: 3\n',
      'floats.yml': 'all: { hosts: { f1: { v: 8.0, l: [1.5, 2.0], n: 9007199254740993 } } }\n',
    });
  });
  after(() => project.remove());

  it('--graph draws groups and hosts', async () => {
    const said = await inventory('--graph');
    expect(said.code, tail(said)).to.equal(0);
    expect(said.stdout).to.equal(`@all:
  |--@site:
  |  |--@db:
  |  |  |--h3
  |  |--@web:
  |  |  |--h1
  |  |  |--h2
  |--@ungrouped:
`);
  });

  it('--list has the form of an inventory script, with every variable as written', async () => {
    expect(JSON.parse((await inventory('--list')).stdout)).to.deep.equal({
      _meta: {
        hostvars: {
          h1: { name: '{{ inventory_hostname }}', port: 80 },
          h2: { name: '{{ inventory_hostname }}', port: 8080 },
          h3: { name: '{{ inventory_hostname }}' },
        },
      },
      all: { children: ['ungrouped', 'site'] },
      site: { children: ['web', 'db'] },
      web: { hosts: ['h1', 'h2'] },
      db: { hosts: ['h3'] },
    });
  });

  it('--host prints floats and long integers as they are written', async () => {
    const said = await project.run(['inventory', '-i', 'floats.yml', '--host', 'f1']);
    expect(said.stdout, tail(said)).to.equal(
      '{\n    "name": "{{ inventory_hostname }}",\n    "v": 8.0,\n    "l": [\n        1.5,\n        2.0\n    ],\n    "n": 9007199254740993\n}\n',
    );
  });

  it('--list --limit has only these hosts', async () => {
    const { _meta, web, db } = JSON.parse((await inventory('--list', '--limit', 'h1')).stdout);
    expect([Object.keys(_meta.hostvars), web, db]).to.deep.equal([['h1'], { hosts: ['h1'] }, undefined]);
  });

  it('--host prints one host, with the files beside a playbook where they are asked for', async () => {
    expect(JSON.parse((await inventory('--host', 'h3')).stdout)).to.deep.equal({ name: '{{ inventory_hostname }}' });
    const said = await inventory('--host', 'h3', '--playbook-dir', 'beside');
    expect(JSON.parse(said.stdout)).to.deep.equal({ name: '{{ inventory_hostname }}', size: 3 });
  });

  it('prints floats and long integers as they are written', async () => {
    project.write({ 'numbers.toml': '[all.hosts.h1]\nfloat = 1.0\nlong = 12345678901234567890\n' });
    const said = await project.run(['inventory', '-i', 'numbers.toml', '--host', 'h1']);
    expect(said.stdout).to.include('    "float": 1.0,\n    "long": 12345678901234567890\n}');
  });

  it('runs a script, and names one that may not be run', async () => {
    const script = `#!/bin/sh
case "$1" in --list) echo '{"web": ["s1"], "_meta": {}}' ;; --host) echo "{\\"name\\": \\"$2\\"}" ;; esac
`;
    project.write({ 'dyn/script': script, 'dyn/static': '[db]\ns2\n' });
    const listed = () => project.run(['inventory', '-i', 'dyn', '--list']);
    const refused = await listed();
    expect([refused.code, refused.stderr]).to.deep.equal([
      1,
      `error: the inventory script ${project.path('dyn/script')} is not executable\n  hint: chmod +x ${project.path('dyn/script')}\n`,
    ]);
    chmodSync(project.path('dyn/script'), 0o755);
    const { _meta, web, db } = JSON.parse((await listed()).stdout);
    expect([_meta.hostvars, web, db]).to.deep.equal([
      { s1: { name: 's1' }, s2: {} },
      { hosts: ['s1'] },
      { hosts: ['s2'] },
    ]);
  });

  it('refuses a host that is not there, and no or two questions', async () => {
    const unknown = await inventory('--host', 'h33');
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.match(/there is no host "h33".* Did you mean "h3"\?/);
    expect((await inventory()).code).to.equal(5);
    expect((await inventory('--list', '--graph')).code).to.equal(5);
  });
});
