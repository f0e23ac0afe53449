import { expect } from 'chai';
import { isKplayError } from '../../engine/errors.ts';
import { readVarsFolders } from '../../engine/inventory/vars-files.ts';
import { filesInMemory } from '../../engine/source/files.ts';
import { Float } from '../../engine/source/float.ts';

const names = { groups: ['all', 'etcd', 'kube_master'], hosts: ['web.example.com'] };
const read = (texts: Readonly<Record<string, string>>) => readVarsFolders('d', names, filesInMemory(texts));
const merged = (texts: Readonly<Record<string, string>>, group: string) =>
  Object.assign({}, ...(read(texts).groups.get(group) ?? []).map((layer) => layer.values)) as Record<string, unknown>;

const forms: readonly (readonly [
  title: string,
  texts: Readonly<Record<string, string>>,
  group: string,
  values: unknown,
])[] = [
  ['a bare name', { 'd/group_vars/etcd': 'a: 1' }, 'etcd', { a: 1 }],
  ['.yml', { 'd/group_vars/etcd.yml': 'a: 1' }, 'etcd', { a: 1 }],
  ['.yaml', { 'd/group_vars/etcd.yaml': 'a: 1' }, 'etcd', { a: 1 }],
  ['.json', { 'd/group_vars/etcd.json': '{"a": 1}' }, 'etcd', { a: 1 }],
  [
    'a directory, in sorted order',
    { 'd/group_vars/etcd/b.yml': 'a: 2', 'd/group_vars/etcd/a.yml': 'a: 1\nb: 1' },
    'etcd',
    { a: 2, b: 1 },
  ],
  ['directories within', { 'd/group_vars/etcd/x/y.yml': 'a: 1' }, 'etcd', { a: 1 }],
  [
    'what is no variables file in a directory',
    {
      'd/group_vars/etcd/a.yml': 'a: 1',
      'd/group_vars/etcd/.b.yml': '[',
      'd/group_vars/etcd/c.yml~': '[',
      'd/group_vars/etcd/d.md': '[',
    },
    'etcd',
    { a: 1 },
  ],
  ['floats', { 'd/group_vars/etcd.yml': 'a: 8.0' }, 'etcd', { a: new Float(8) }],
  [
    'floats of JSON',
    { 'd/group_vars/etcd.json': '{"a": 8.0, "b": 1e3}' },
    'etcd',
    { a: new Float(8), b: new Float(1000) },
  ],
  ['an empty file', { 'd/group_vars/etcd.yml': '' }, 'etcd', {}],
  ['another name of the group', { 'd/group_vars/kube_control_plane.yml': 'a: 1' }, 'kube_master', { a: 1 }],
  [
    'another name of the group, beneath its own',
    { 'd/group_vars/kube_control_plane.yml': 'a: 1\nb: 1', 'd/group_vars/kube_master.yml': 'a: 2' },
    'kube_master',
    { a: 2, b: 1 },
  ],
];

describe('readVarsFolders', () => {
  for (const [title, texts, group, values] of forms)
    it(`knows ${title}`, () => expect(merged(texts, group)).to.deep.equal(values));

  it('reads host_vars of a name with dots', () => {
    const [layer] = read({ 'd/host_vars/web.example.com.yml': 'a: 1' }).hosts.get('web.example.com')!;
    expect(layer!.values).to.deep.equal({ a: 1 });
  });

  it('places each variable', () => {
    const [layer] = read({ 'd/group_vars/all.yml': '# ours\na: 1\nb: 2\n' }).groups.get('all')!;
    expect(layer!.locate('b')).to.deep.equal({ file: 'd/group_vars/all.yml', line: 3, column: 1 });
    expect(layer!.locate('c')).to.equal(undefined);
  });

  it('reads the first of several forms and says that the others are not read', () => {
    const texts = { 'd/group_vars/etcd.yml': 'a: 1', 'd/group_vars/etcd.yaml': 'a: 2' };
    expect(merged(texts, 'etcd')).to.deep.equal({ a: 1 });
    expect(read(texts).warnings.map((warning) => warning.message)).to.deep.equal([
      'd/group_vars/etcd.yaml is not read, because d/group_vars/etcd.yml is there',
    ]);
  });

  it('warns of a file whose name nearly is that of a group', () => {
    const { warnings } = read({ 'd/group_vars/kube_mster.yml': 'a: 1', 'd/group_vars/harbor.yml': 'a: 1' });
    expect(warnings.map((warning) => warning.message)).to.deep.equal([
      'd/group_vars/kube_mster.yml names no group or host. Did you mean "kube_master"?',
    ]);
  });

  it('hands on the warning of a repeated key', () => {
    expect(read({ 'd/group_vars/all': 'a: 1\na: 2' }).warnings[0]!.message).to.match(/"a" is written twice/);
  });

  it('refuses every malformed file at once, each at its place', () => {
    const texts = {
      'd/group_vars/all': '- a\n',
      'd/group_vars/etcd': 'a: b: c',
      'd/host_vars/web.example.com': '$ANSIBLE_VAULT;1.1;AES256\n61',
    };
    let messages: readonly string[] = [];
    try {
      read(texts);
    } catch (error) {
      if (!isKplayError(error)) throw error;
      messages = error.message.split('\n');
    }
    expect(messages).to.deep.equal([
      'd/group_vars/all:1:1: variables must be a mapping, "name: value"',
      'd/group_vars/etcd:1:5: an unquoted value holds ": " (quote the value: "b: c")',
      'd/host_vars/web.example.com:1:1: the file is encrypted, and was not opened',
    ]);
  });
});
