import { expect } from 'chai';
import { loadInventory } from '../../engine/inventory/load.ts';
import { filesInMemory } from '../../engine/source/files.ts';
import { Float } from '../../engine/source/float.ts';
import { Unsafe } from '../../engine/template/values.ts';

const hosts = `[web]
w1 os=debian cpus=4 tags='["a","b"]'
w2.site os=alpine cpus=2
[db]
d1 os=debian cpus=8
[db:vars]
role=data
`;

/** The hosts above and what `rules` make of them; `others` are more files. */
function load(rules: string, others: Readonly<Record<string, string>> = {}, sources = ['site/hosts', 'site/made.yml']) {
  const made = `plugin: ansible.builtin.constructed\n${rules}`;
  const inventory = loadInventory(sources, filesInMemory({ 'site/hosts': hosts, 'site/made.yml': made, ...others }));
  const vars = (host: string) => Object.assign({}, ...inventory.layers(host).map(({ values }) => values));
  return { inventory, vars, members: (group: string) => inventory.hostsIn(group) };
}

function refusal(rules: string): string {
  try {
    load(rules);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no refusal';
}

describe('plugin: constructed', () => {
  it('composes variables, which the rest may use', () => {
    const { vars, members } = load(`compose:
  double: cpus * 2
  label: inventory_hostname_short ~ '-' ~ os
  braces: "'{{ cpus }}'"
groups:
  large: double > 10
`);
    expect(vars('d1')).to.deep.include({ double: 16, label: 'd1-debian' });
    expect(vars('w2.site')).to.deep.include({ double: 4, label: 'w2-alpine' });
    expect(vars('d1')['braces']).to.be.instanceOf(Unsafe);
    expect(members('large')).to.deep.equal(['d1']);
  });

  it('puts hosts into groups whose condition holds, variables of groups and group_names among what it sees', () => {
    const { members } = load(`groups:
  debians: os == 'debian'
  data: role is defined and role == 'data'
  webs: "'web' in group_names"
  nobody: false
`);
    expect(members('debians')).to.deep.equal(['w1', 'd1']);
    expect(members('data')).to.deep.equal(['d1']);
    expect(members('webs')).to.deep.equal(['w1', 'w2.site']);
    expect(members('nobody')).to.deep.equal([]);
  });

  it('makes groups of values: text, a list, a mapping; with a prefix, a separator and a parent', () => {
    const { members, inventory } = load(`compose:
  place: "{'zone': 'eu 1', 'rack': ''}"
keyed_groups:
  - { key: os, prefix: os, parent_group: systems }
  - { key: tags, separator: '' }
  - { key: place, prefix: at }
  - { key: os, prefix: big, separator: '-' }
`);
    expect(members('os_debian')).to.deep.equal(['w1', 'd1']);
    expect([...members('systems')].sort()).to.deep.equal(['d1', 'w1', 'w2.site']);
    expect(inventory.groups.get('systems')?.children).to.deep.equal(['os_debian', 'os_alpine']);
    expect([members('a'), members('b')]).to.deep.equal([['w1'], ['w1']]);
    expect(members('at_zone_eu_1')).to.have.length(3);
    expect(members('at_rack_')).to.have.length(3);
    expect(members('big_alpine')).to.deep.equal(['w2.site']);
  });

  it('knows floats as Python does', () => {
    const { vars, members } = load('compose: { half: cpus / 2 }\nkeyed_groups: [{ key: half, prefix: half }]\n');
    expect(vars('w1')['half']).to.deep.equal(new Float(2));
    expect(members('half_2_0')).to.deep.equal(['w1']);
  });

  it('knows default_value, trailing_separator and leading_separator', () => {
    const { members } = load(`leading_separator: false
compose: { empty: "''", map: "{'k': ''}" }
keyed_groups:
  - { key: empty, prefix: p, default_value: other }
  - { key: map, prefix: t, trailing_separator: false }
  - { key: os }
`);
    expect(members('p_other')).to.have.length(3);
    expect(members('t_k')).to.have.length(3);
    expect(members('alpine')).to.deep.equal(['w2.site']);
  });

  it('sees files beside the inventory only where it is told so', () => {
    const beside = { 'site/group_vars/web.yml': 'color: red\n' };
    const rules = "groups: { reds: \"color | default('') == 'red'\" }\n";
    expect(load(rules, beside).members('reds')).to.deep.equal([]);
    expect(load(`use_vars_plugins: true\n${rules}`, beside).members('reds')).to.deep.equal(['w1', 'w2.site']);
  });

  it('in a folder makes something of what is read before it', () => {
    const rules = 'plugin: constructed\ngroups: { debians: os == "debian" }\n';
    expect(load('', { 'site/a.yml': rules }, ['site']).members('debians')).to.deep.equal([]);
    expect(load('', { 'site/z.yml': rules }, ['site']).members('debians')).to.deep.equal(['w1', 'd1']);
  });

  it('passes over what a host lacks, and with strict refuses it, with the place', () => {
    expect(load('groups: { x: role == "data" }\n').members('x')).to.deep.equal(['d1']);
    expect(refusal('strict: true\ngroups: { x: role == "data" }\n'))
      .to.contain('site/made.yml:3:14')
      .and.to.contain('w1: ')
      .and.to.contain('role');
  });

  it('refuses what is no expression, unknown settings and other plugins', () => {
    expect(refusal('groups: { x: "a ==" }\n')).to.contain('site/made.yml:2:');
    expect(refusal('group: {}\n')).to.contain('constructed has no setting "group". Did you mean "groups"?');
    expect(refusal('keyed_groups: [{ kee: os }]\n')).to.contain('keyed_groups have no setting "kee"');
    expect(() =>
      loadInventory(['a.yml'], filesInMemory({ 'a.yml': 'plugin: amazon.aws.aws_ec2\nregions: []\n' })),
    ).to.throw('the inventory plugin "amazon.aws.aws_ec2" is not supported');
  });
});
