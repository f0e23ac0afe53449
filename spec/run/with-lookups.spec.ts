import { expect } from 'chai';
import { lookupNames } from '../../engine/template/references.ts';
import { type Stage, stage } from './harness.ts';

/** What is looked up, and the items that come of it; `FOLDER` is that of the playbook. */
const forms: Readonly<Record<string, readonly [terms: string, items: readonly unknown[]]>> = {
  items: ['[a, [b, [c]], "{{ [1, 2] }}"]', ['a', 'b', ['c'], 1, 2]],
  list: ['[a, [b, [c]]]', ['a', ['b', ['c']]]],
  flattened: ['[a, [b, [c]]]', ['a', 'b', 'c']],
  dict: [
    '{ a: 1, b: { c: 2 } }',
    [
      { key: 'a', value: 1 },
      { key: 'b', value: { c: 2 } },
    ],
  ],
  subelements: [
    '["{{ users }}", keys, { skip_missing: true }]',
    [
      [{ name: 'a', keys: ['k1', 'k2'] }, 'k1'],
      [{ name: 'a', keys: ['k1', 'k2'] }, 'k2'],
    ],
  ],
  nested: [
    '[[1, 2], [a, b]]',
    [
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
      [2, 'b'],
    ],
  ],
  cartesian: [
    '[[1, 2], [a]]',
    [
      [1, 'a'],
      [2, 'a'],
    ],
  ],
  together: [
    '[[1, 2], [a]]',
    [
      [1, 'a'],
      [2, null],
    ],
  ],
  indexed_items: [
    '[a, [b]]',
    [
      [0, 'a'],
      [1, 'b'],
    ],
  ],
  sequence: ['start=0 end=4 stride=2 format=h%02d', ['h00', 'h02', 'h04']],
  lines: ['[echo a; echo b]', ['a', 'b']],
  pipe: ['[echo a, echo b]', ['a', 'b']],
  file: ['[a.txt, b.txt]', ['fa', 'fb']],
  fileglob: ['["*.txt"]', ['FOLDER/files/a.txt', 'FOLDER/files/b.txt']],
  first_found: ['[none.txt, b.txt]', ['FOLDER/files/b.txt']],
  template: ['[t.j2]', ['for h1\n']],
  env: ['[GREETING, NOTHING_OF_THAT_NAME]', ['hello', '']],
  vars: ['[one, two]', [1, 2]],
  varnames: ['["^(one|two)$"]', ['one', 'two']],
  ini: ['["k section=s file=x.ini"]', ['v']],
  csvfile: ['["k file=x.csv delimiter=,"]', ['v']],
  inventory_hostnames: ['["all:!h1"]', ['h2']],
  random_choice: ['[a, a]', ['a']],
  password: ['["FOLDER/pw"]', ['secret']],
};

/** Proven where there is something to fetch from. */
const elsewhere = ['url'];

describe('a loop', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage({
      'files/a.txt': 'fa\n',
      'files/b.txt': 'fb\n',
      'files/x.ini': '[s]\nk = v\n',
      'files/x.csv': 'k,v\n',
      'templates/t.j2': 'for {{ inventory_hostname }}\n',
      pw: 'secret\n',
    });
  });
  afterEach(() => on.close());

  it('may be by every lookup there is', () => {
    expect([...Object.keys(forms), ...elsewhere].toSorted()).to.deep.equal([...lookupNames].toSorted());
  });

  for (const [name, [terms, items]] of Object.entries(forms)) {
    it(`with_${name}`, async () => {
      const here = (text: string) => text.replaceAll('FOLDER', on.folder);
      const { outcomes } = await on.play(
        `- hosts: h1
  gather_facts: false
  vars: { one: 1, two: 2, users: [{ name: a, keys: [k1, k2] }, { name: c }] }
  tasks:
    - { name: t, command: "true", with_${name}: ${here(terms)}, register: r }
    - { name: seen, debug: { msg: "{{ r.results | map(attribute='item') | list }}" } }
`,
        { environment: { ...process.env, GREETING: 'hello' } },
      );
      const said = outcomes.at(-1)!.result['msg'] as readonly unknown[];
      const shown = name === 'password' ? ['********'] : items;
      expect(JSON.stringify(said)).to.equal(here(JSON.stringify(shown)));
    });
  }
});
