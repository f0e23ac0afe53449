import { expect } from 'chai';
import { isKplayError } from '../../engine/errors.ts';
import type { Inventory } from '../../engine/inventory/inventory.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { filesInMemory } from '../../engine/source/files.ts';
import { Float } from '../../engine/template/python/types.ts';

const ini = `
lonely
[etcd]
e[1:2] ansible_port=222 roles="['etcd', 'db']" # three would be safer
[kube_control_plane]
cp1 ansible_host=10.0.0.1 taint=False
e1
[kube_node]
n1 path="/opt/x y" mode=0644
[k8s_cluster:children]
kube_control_plane
kube_node
[k8s_cluster:vars]
cidr = 10.244.0.0/16
retries = 3
flag = yes
`;

const yaml = `
all:
  hosts:
    lonely:
  children:
    etcd:
      hosts:
        e[1:2]: {ansible_port: 222, roles: [etcd, db]}
    k8s_cluster:
      vars: {cidr: 10.244.0.0/16, retries: 3, flag: "yes"}
      children:
        kube_control_plane:
          hosts:
            cp1: {ansible_host: 10.0.0.1, taint: no}
            e1:
        kube_node:
          hosts:
            n1: {path: /opt/x y, mode: "0644"}
`;

const toml = `
[all.hosts]
lonely = {}
[etcd.hosts]
"e[1:2]" = { ansible_port = 222, roles = ["etcd", "db"] }
[k8s_cluster]
children = ["kube_control_plane", "kube_node"]
[k8s_cluster.vars]
cidr = "10.244.0.0/16"
retries = 3
flag = "yes"
[kube_control_plane.hosts]
cp1 = { ansible_host = "10.0.0.1", taint = false }
e1 = {}
[kube_node.hosts.n1]
path = '/opt/x y'
mode = "0644"
`;

const load = (texts: Readonly<Record<string, string>>, ...sources: string[]): Inventory =>
  loadInventory(sources, filesInMemory(texts));
const group = (inventory: Inventory, name: string) => inventory.groups.get(name)!;

/** What a host ends up with when all layers are merged. */
function varsOf(inventory: Inventory, host: string, playbookDir?: string): Record<string, unknown> {
  return Object.assign({}, ...inventory.layers(host, playbookDir).map((layer) => layer.values));
}

function refusalOf(texts: Readonly<Record<string, string>>, ...sources: string[]): string[] {
  try {
    load(texts, ...sources);
  } catch (error) {
    if (!isKplayError(error)) throw error;
    return error.message.split('\n');
  }
  return [];
}

describe('loadInventory', () => {
  for (const [form, inventory] of [
    ['INI', load({ hosts: ini }, 'hosts')],
    ['YAML', load({ 'hosts.yml': yaml }, 'hosts.yml')],
    ['TOML', load({ 'hosts.toml': toml }, 'hosts.toml')],
    ['YAML known by its look', load({ hosts: yaml }, 'hosts')],
    [
      'JSON',
      load(
        {
          'hosts.json': JSON.stringify({
            all: {
              hosts: { lonely: null },
              children: {
                etcd: { hosts: { 'e[1:2]': { ansible_port: 222, roles: ['etcd', 'db'] } } },
                k8s_cluster: {
                  vars: { cidr: '10.244.0.0/16', retries: 3, flag: 'yes' },
                  children: {
                    kube_control_plane: { hosts: { cp1: { ansible_host: '10.0.0.1', taint: false }, e1: null } },
                    kube_node: { hosts: { n1: { path: '/opt/x y', mode: '0644' } } },
                  },
                },
              },
            },
          }),
        },
        'hosts.json',
      ),
    ],
  ] as const) {
    describe(`from ${form}`, () => {
      it('knows the hosts', () =>
        expect([...inventory.hosts.keys()].sort()).to.deep.equal(['cp1', 'e1', 'e2', 'lonely', 'n1']));

      it('knows the groups of a host in merge order, all first', () => {
        expect(inventory.host('e1')!.groups).to.deep.equal(['all', 'etcd', 'k8s_cluster', 'kube_control_plane']);
        expect(inventory.host('lonely')!.groups).to.deep.equal(['all', 'ungrouped']);
      });

      it('knows how deep a group is and what is above and beneath it', () => {
        expect(group(inventory, 'all').depth).to.equal(0);
        expect(group(inventory, 'k8s_cluster')).to.deep.include({
          depth: 1,
          parents: ['all'],
          children: ['kube_control_plane', 'kube_node'],
        });
        expect(group(inventory, 'kube_node')).to.deep.include({ depth: 2, parents: ['k8s_cluster'], hosts: ['n1'] });
      });

      it('lists the hosts beneath a group, its first host first', () => {
        expect(inventory.hostsIn('k8s_cluster')).to.deep.equal(['cp1', 'e1', 'n1']);
        expect(inventory.hostsIn('ungrouped')).to.deep.equal(['lonely']);
        expect(inventory.hostsIn('nothing')).to.deep.equal([]);
      });

      it('reads values with their types', () => {
        expect(varsOf(inventory, 'e2')).to.deep.equal({ ansible_port: 222, roles: ['etcd', 'db'] });
        expect(varsOf(inventory, 'cp1')).to.deep.equal({
          cidr: '10.244.0.0/16',
          retries: 3,
          flag: 'yes',
          ansible_host: '10.0.0.1',
          taint: false,
        });
        expect(varsOf(inventory, 'n1')).to.include({ path: '/opt/x y', mode: '0644' });
      });
    });
  }

  it('places every variable, host and group', () => {
    const inventory = load({ hosts: ini }, 'hosts');
    const [cluster, own] = inventory.hostLayers('n1');
    expect(cluster!.locate('retries')).to.deep.equal({ file: 'hosts', line: 15, column: 1 });
    expect(own!.locate('mode')).to.deep.equal({ file: 'hosts', line: 9, column: 20 });
    expect(own!.locate('absent')).to.equal(undefined);
    expect(inventory.host('n1')!.at).to.deep.equal({ file: 'hosts', line: 9, column: 1 });
  });

  it('reads a list of hosts, with ports', () => {
    const inventory = load({}, 'h1,h2:2222, n[1:2],');
    expect([...inventory.hosts.keys()]).to.deep.equal(['h1', 'h2', 'n1', 'n2']);
    expect(varsOf(inventory, 'h2')).to.deep.equal({ ansible_port: 2222 });
  });

  it('merges sources, of which the later holds', () => {
    const inventory = load({ one: '[g]\nh a=1 b=1\n[g:vars]\nv=1', two: '[g]\nh b=2\ni\n[g:vars]\nv=2' }, 'one', 'two');
    expect(inventory.hostsIn('g')).to.deep.equal(['h', 'i']);
    expect(varsOf(inventory, 'h')).to.deep.equal({ a: 1, b: 2, v: 2 });
  });

  it('merges the files of a directory in sorted order, and leaves out what is no inventory', () => {
    const inventory = load(
      {
        'inv/20-b': 'h a=2',
        'inv/10-a.yml': 'all: {hosts: {h: {a: 1, b: 1}}}',
        'inv/.hidden': '[',
        'inv/x~': '[',
        'inv/README.md': '[',
        'inv/y.orig': '[',
        'inv/sub/c': 'i',
        'inv/group_vars/all': 'g: 1',
      },
      'inv',
    );
    expect([...inventory.hosts.keys()]).to.deep.equal(['h', 'i']);
    expect(varsOf(inventory, 'h')).to.deep.equal({ a: 2, b: 1, g: 1 });
  });

  it('lets a child of two groups be as deep as the longer way', () => {
    const inventory = load({ hosts: '[a:children]\nc\n[b:children]\na\n[d:children]\nc\n[c]\nh' }, 'hosts');
    expect(group(inventory, 'c').depth).to.equal(3);
    expect(inventory.host('h')!.groups).to.deep.equal(['all', 'b', 'd', 'a', 'c']);
  });

  it('lets a group of higher priority win over one of equal depth, and keeps the priority out of the variables', () => {
    const inventory = load(
      { hosts: '[a]\nh\n[b]\nh\n[a:vars]\nv=a\nansible_group_priority=10\n[b:vars]\nv=b' },
      'hosts',
    );
    expect(varsOf(inventory, 'h')).to.deep.equal({ v: 'a' });
    expect(group(inventory, 'a').priority).to.equal(10);
  });

  it('keeps floats without a fraction, in YAML and in INI; a priority may be one', () => {
    const text = 'all: { hosts: { h: { v: 8.0 } }, vars: { ansible_group_priority: 2.0, l: [1.0] } }';
    const inYaml = load({ 'i.yml': text }, 'i.yml');
    expect(varsOf(inYaml, 'h')).to.deep.equal({ v: new Float(8), l: [new Float(1)] });
    expect(group(inYaml, 'all').priority).to.equal(2);
    expect(varsOf(load({ i: '[g]\nh v=8.0\n[g:vars]\nl=[1.0]' }, 'i'), 'h')).to.deep.equal({
      ...{ v: new Float(8), l: [new Float(1)] },
    });
  });

  it('knows localhost though nobody wrote it, outside of all, connected locally', () => {
    const inventory = load({ hosts: 'h\n[all:vars]\nv=1' }, 'hosts');
    expect(inventory.host('localhost')).to.include({ name: 'localhost', implicit: true });
    expect(inventory.hosts.has('localhost')).to.equal(false);
    expect(varsOf(inventory, 'localhost')).to.deep.equal({ v: 1, ansible_connection: 'local' });
  });

  it('prefers the localhost that is written down', () => {
    const inventory = load({ hosts: 'localhost ansible_connection=ssh' }, 'hosts');
    expect(inventory.host('localhost')!.implicit).to.equal(false);
    expect(varsOf(inventory, 'localhost')).to.deep.equal({ ansible_connection: 'ssh' });
  });

  it('has only all and ungrouped without any source', () => {
    expect([...load({}).groups.keys()]).to.deep.equal(['all', 'ungrouped']);
  });

  it('finds a group under the other vocabulary when its own name is absent', () => {
    const inventory = load({ hosts: '[kube_master]\nm\n[lb]\nl1\n[ex_lb]\nl2' }, 'hosts');
    expect(inventory.hostsIn('kube_control_plane')).to.deep.equal(['m']);
    expect(inventory.hostsIn('lb')).to.deep.equal(['l1']);
    expect(inventory.hostsIn('ex_lb')).to.deep.equal(['l2']);
  });
});

describe('Precedence', () => {
  const places = {
    'inv/hosts': '[g]\nh a9=own\n[g:vars]\na2=own\na9=g\n[all:vars]\na1=own\na2=all\na9=all',
    'inv/group_vars/all.yml': 'a3: own\na2: over\na4: under\na5: under\na9: x',
    'play/group_vars/all.yml': 'a4: own\na3: over\na5: under\na9: x',
    'inv/group_vars/g.yml': 'a5: own\na4: over\na6: under\na9: x',
    'play/group_vars/g.yml': 'a6: own\na5: over\na9: x',
    'inv/host_vars/h.yml': 'a9: over\na10: under\na11: own',
    'play/host_vars/h.yml': 'a10: own',
  };
  const inventory = loadInventory(['inv/hosts'], filesInMemory(places), { playbookDir: 'play' });

  it('is: all, groups, group_vars/all twice, other group_vars twice, host, host_vars twice', () => {
    expect(inventory.layers('h', 'play').map((layer) => `${layer.kind}: ${layer.file}`)).to.deep.equal([
      'all, in the inventory: inv/hosts',
      'group g, in the inventory: inv/hosts',
      'group_vars beside the inventory: inv/group_vars/all.yml',
      'group_vars beside the playbook: play/group_vars/all.yml',
      'group_vars beside the inventory: inv/group_vars/g.yml',
      'group_vars beside the playbook: play/group_vars/g.yml',
      'host h, in the inventory: inv/hosts',
      'host_vars beside the inventory: inv/host_vars/h.yml',
      'host_vars beside the playbook: play/host_vars/h.yml',
    ]);
  });

  it('makes the later of two values hold', () => {
    expect(varsOf(inventory, 'h', 'play')).to.deep.equal({
      a1: 'own',
      a2: 'over',
      a3: 'over',
      a4: 'over',
      a5: 'over',
      a6: 'own',
      a9: 'over',
      a10: 'own',
      a11: 'own',
    });
  });

  it('leaves the playbook out when none is named', () => {
    expect(inventory.hostLayers('h').filter((layer) => layer.kind.includes('playbook'))).to.deep.equal([]);
  });
});

describe('loadInventory refuses', () => {
  const refusals: readonly (readonly [title: string, text: string, message: string])[] = [
    [
      'a host line with a stray word',
      'h1 port 22',
      'hosts:1:4: "port" is not of the form key=value (quote a value that holds blanks)',
    ],
    [
      'blanks around = on a host line',
      'h1 port = 22',
      'hosts:1:4: "port" is not of the form key=value (quote a value that holds blanks)',
    ],
    ['a quote never closed', 'h1 a="x', 'hosts:1:6: the quote opened here is never closed'],
    [
      'a section never closed',
      '[web',
      'hosts:1:1: "[web" is not a section (write [group], [group:children] or [group:vars])',
    ],
    ['an unknown kind of section', '[web:childs]', 'hosts:1:6: a section ends in :children or :vars, not :childs.'],
    [
      'a group that is nowhere',
      '[webservers]\nh\n[all_web:children]\nwebserver',
      'hosts:4:1: there is no group "webserver". Did you mean "webservers"? (define it, if need be without hosts: [webserver])',
    ],
    [
      'variables of a group that is nowhere',
      '[web]\nh\n[wep:vars]\na=1',
      'hosts:3:2: there is no group "wep". Did you mean "web"? (define it, if need be without hosts: [wep])',
    ],
    ['a line of variables without =', '[all:vars]\nfoo', 'hosts:2:1: "foo" is not of the form key=value'],
    [
      'a group beneath itself',
      '[a:children]\nb\n[b:children]\na',
      'hosts:4:1: a group cannot be beneath itself: a > b > a',
    ],
    ['all beneath a group', '[a:children]\nall', 'hosts:2:1: "all" is above every group and cannot be beneath one'],
    [
      'a priority that is no number',
      '[a]\nh\n[a:vars]\nansible_group_priority=high',
      'hosts:4:1: ansible_group_priority must be a whole number',
    ],
    ['a bad range', 'db[01:100]', 'hosts:1:1: the range [01:100] has ends of unequal length'],
    ['two groups in one line', '[a:children]\nb c', 'hosts:2:3: a line of [a:children] names one group'],
    [
      'a script that may not be run',
      '#!/bin/sh\necho',
      'the inventory script hosts is not executable (chmod +x hosts)',
    ],
  ];
  for (const [title, text, message] of refusals) {
    it(title, () => expect(refusalOf({ hosts: text }, 'hosts')[0]).to.equal(message));
  }

  const yamlRefusals: readonly (readonly [title: string, text: string, message: string])[] = [
    [
      'an unknown key of a group',
      'web:\n  host:\n    h:\n',
      'h.yml:2:3: a group has hosts, vars and children, not "host". Did you mean "hosts"? (a subgroup goes under children:)',
    ],
    [
      'hosts in a list',
      'web:\n  hosts:\n  - h\n',
      'h.yml:2:3: the hosts of "web" must be a mapping (write "name:" instead of "- name")',
    ],
    ['variables that are text', 'web:\n  vars: a=1\n', 'h.yml:2:3: the variables of "web" must be a mapping'],
    [
      'a plugin',
      'plugin: aws_ec2\n',
      'h.yml:1:9: the inventory plugin "aws_ec2" is not supported (constructed is; a script that prints the inventory as JSON can stand for any other)',
    ],
    ['malformed YAML', 'all: {{ x }}\n', 'h.yml:1:6: a value that begins with {{ must be quoted (write "{{ x }}")'],
  ];
  for (const [title, text, message] of yamlRefusals) {
    it(`${title} (YAML)`, () => expect(refusalOf({ 'h.yml': text }, 'h.yml')[0]).to.equal(message));
  }

  it('a source that is not there', () => {
    expect(refusalOf({}, 'nowhere')).to.deep.equal([
      'there is no inventory "nowhere" (for a list of hosts write a comma: "nowhere,")',
    ]);
  });

  it('and hands on the text, for a code frame', () => {
    for (const text of ['[a:children]\nb', 'h x']) {
      try {
        load({ hosts: text }, 'hosts');
        expect.fail('nothing was refused');
      } catch (error) {
        expect(isKplayError(error) && error.problems[0]!.source).to.equal(text);
      }
    }
  });

  it('everything at once', () => {
    expect(refusalOf({ one: 'h x\n[a:b]', two: 'a;b' }, 'one', 'two', 'three')).to.have.length(4);
  });
});

describe('TOML inventories', () => {
  it('keep exact numbers, and say where a variable stands', () => {
    const inventory = load(
      { 'h.toml': '[web]\nvars = { version = 1.0, big = 12345678901234567890 }\n[web.hosts]\n  a.port = 1\n' },
      'h.toml',
    );
    expect(varsOf(inventory, 'a')).to.deep.equal({ version: new Float(1), big: 12345678901234567890n, port: 1 });
    expect(inventory.hosts.get('a')?.at).to.deep.equal({ file: 'h.toml', line: 4, column: 3 });
  });

  it('are refused where they are no TOML, or say what no group has', () => {
    expect(refusalOf({ 'h.toml': '[web]\nhosts = ]\n' }, 'h.toml').join()).to.match(/^h\.toml:2:\d+: .*TOML/);
    expect(refusalOf({ 'h.toml': '[web]\n\n[web.host]\na = {}\n' }, 'h.toml')[0]).to.equal(
      'h.toml:3:1: a group has hosts, vars and children, not "host". Did you mean "hosts"? (a subgroup goes under children:)',
    );
  });
});
