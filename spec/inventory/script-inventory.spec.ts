import { expect } from 'chai';
import { loadInventory } from '../../engine/inventory/load.ts';
import { type Answer, filesInMemory } from '../../engine/source/files.ts';
import { Float } from '../../engine/source/float.ts';
import { VaultScalar } from '../../engine/source/vault-scalar.ts';
import { Unsafe } from '../../engine/template/values.ts';

type Answers = Readonly<Record<string, object | string | Answer>>;

/** An inventory in the folder `site`: the script `site/dyn`, what it answers to which words, and other files. */
function load(answers: Answers, others: Readonly<Record<string, string>> = {}, source = 'site/dyn') {
  const asked: string[] = [];
  const files = filesInMemory({ 'site/dyn': '#!/bin/sh\n', ...others }, ['site/dyn']);
  const answer = (program: string, words: readonly string[]): Answer => {
    asked.push(`${program} ${words.join(' ')}`);
    const said = answers[words.join(' ')] ?? '';
    if (typeof said === 'object' && 'stdout' in said) return said as Answer;
    return { code: 0, stdout: typeof said === 'string' ? said : JSON.stringify(said), stderr: '' };
  };
  const inventory = loadInventory([source], { ...files, answer });
  const vars = (host: string) => Object.assign({}, ...inventory.layers(host).map(({ values }) => values));
  return { inventory, vars, asked };
}

const refusal = (answers: Answers): string => {
  try {
    load(answers);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no refusal';
};

describe('an inventory script', () => {
  it('prints groups, and the variables of all hosts in _meta', () => {
    const { inventory, vars, asked } = load({
      '--list': {
        _meta: { hostvars: { w1: { port: 80, size: 1.5 } } },
        web: { hosts: ['w1', 'w2'], vars: { port: 8080 } },
        site: { children: ['web'], vars: { name: '{{ inventory_hostname }}' } },
        db: ['d1'],
      },
    });
    expect(asked).to.deep.equal(['site/dyn --list']);
    expect([...inventory.hosts.keys()]).to.deep.equal(['w1', 'w2', 'd1']);
    expect(inventory.hostsIn('site')).to.deep.equal(['w1', 'w2']);
    expect(vars('w1')).to.deep.equal({ name: '{{ inventory_hostname }}', port: 80, size: 1.5 });
    expect(vars('w2')).to.deep.equal({ name: '{{ inventory_hostname }}', port: 8080 });
    expect(vars('d1')).to.deep.equal({});
  });

  it('is asked about each host where there is no _meta.hostvars; nothing is an answer', () => {
    const { vars, asked } = load({ '--list': { a: ['h1', 'h2'], b: { hosts: ['h1'] } }, '--host h1': { x: 1 } });
    expect(asked).to.deep.equal(['site/dyn --list', 'site/dyn --host h1', 'site/dyn --host h2']);
    expect([vars('h1'), vars('h2')]).to.deep.equal([{ x: 1 }, {}]);
  });

  it('may name a host with its variables in the place of a group', () => {
    const { inventory, vars } = load({ '--list': { _meta: { hostvars: {} }, lone: { x: 1 } } });
    expect([inventory.hostsIn('lone'), vars('lone')]).to.deep.equal([['lone'], { x: 1 }]);
  });

  it('has floats that stay floats, and integers of any size', () => {
    const { vars } = load({
      '--list': '{"_meta": {"hostvars": {"h": {"a": [8.0, 1e3], "b": 9007199254740993}}}, "g": ["h"]}',
    });
    expect(vars('h')).to.deep.equal({ a: [new Float(8), new Float(1000)], b: 9007199254740993n });
  });

  it('has words for encrypted and for unsafe text', () => {
    const { vars } = load({
      '--list': {
        _meta: { hostvars: { h: { a: { __ansible_vault: '$A' }, b: [{ __ansible_unsafe: '{{' }] } } },
        g: ['h'],
      },
    });
    expect(vars('h')).to.deep.equal({ a: new VaultScalar('$A'), b: [new Unsafe('{{')] });
  });

  it('stands in a folder beside other inventories and variables', () => {
    const { inventory, vars } = load(
      { '--list': { _meta: {}, web: ['w1'] }, '--host w1': { x: 1 } },
      { 'site/static': '[web]\nw2\n', 'site/group_vars/web.yml': 'y: 2\n' },
      'site',
    );
    expect(inventory.hostsIn('web')).to.deep.equal(['w1', 'w2']);
    expect([vars('w1'), vars('w2')]).to.deep.equal([{ x: 1, y: 2 }, { y: 2 }]);
  });

  it('may say something on stderr, which is a warning', () => {
    const { inventory } = load({ '--list': { code: 0, stdout: '{}', stderr: 'cache is old\n' } });
    expect(inventory.warnings.map(({ message }) => message)).to.deep.equal(['site/dyn --list says: cache is old']);
  });

  const refusals: Readonly<Record<string, readonly [Answers, RegExp]>> = {
    'that fails': [
      { '--list': { code: 3, stdout: '', stderr: 'no cloud\n' } },
      /^the inventory script site\/dyn --list ended with exit code 3: no cloud$/,
    ],
    'that cannot be begun': [
      { '--list': { code: undefined, stdout: '', stderr: 'spawn ENOENT' } },
      /^the inventory script site\/dyn --list did not run to its end: spawn ENOENT \(is the interpreter of its first line there\?\)$/,
    ],
    'that prints something else': [
      { '--list': 'hello\nworld' },
      /^the inventory script site\/dyn --list printed no JSON, but "hello…": /,
    ],
    'that prints nothing': [{ '--list': '' }, /^the inventory script site\/dyn --list printed no JSON, but nothing: /],
    'that prints a list': [{ '--list': [1] }, /^the inventory script site\/dyn: --list must be a mapping$/],
    'with hosts that are no list': [
      { '--list': { web: { hosts: { w1: {} } } } },
      /^the inventory script site\/dyn: the hosts of "web" must be a list of names$/,
    ],
    'with a group that is a number': [{ '--list': { web: 1 } }, /: the group "web" must be a mapping$/],
    'that fails for a host': [
      { '--list': { web: ['w1'] }, '--host w1': { code: 1, stdout: '', stderr: '' } },
      /^the inventory script site\/dyn --host w1 ended with exit code 1$/,
    ],
  };
  for (const [title, [answers, message]] of Object.entries(refusals))
    it(`is refused ${title}`, () => expect(refusal(answers)).to.match(message));
});
