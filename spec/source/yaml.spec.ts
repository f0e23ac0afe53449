import { expect } from 'chai';
import { isKplayError, type KplayError } from '../../engine/errors.ts';
import { Float } from '../../engine/source/float.ts';
import { VaultScalar } from '../../engine/source/vault-scalar.ts';
import { loadYamlValue, loadYamlValues, type Pointer, parseYaml, parseYamlAll } from '../../engine/source/yaml.ts';
import { Unsafe } from '../../engine/template/values.ts';

const values: readonly (readonly [title: string, text: string, value: unknown])[] = [
  ['nothing is null', '', null],
  ['only a comment is null', '# nothing yet\n', null],
  ['only --- is null', '---\n', null],
  [
    'a mode is an octal number',
    'file: {path: /etc/x, mode: 0644}\nbecome: yes',
    { file: { path: '/etc/x', mode: 0o644 }, become: true },
  ],
  ['quotes make text of anything', `a: "yes"\nb: '42'`, { a: 'yes', b: '42' }],
  ['a missing value is null', 'a:\nb: 1', { a: null, b: 1 }],
  [
    '<< merges, and own keys win wherever they stand',
    'b: &b {x: 1, y: 2}\nm:\n  x: 9\n  <<: *b\nn:\n  <<: *b\n  x: 8',
    {
      b: { x: 1, y: 2 },
      m: { x: 9, y: 2 },
      n: { x: 8, y: 2 },
    },
  ],
  [
    '<< merges a list of mappings, the first winning',
    'a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc:\n  <<: [*a, *b]',
    {
      a: { x: 1 },
      b: { x: 2, y: 2 },
      c: { x: 1, y: 2 },
    },
  ],
  [
    'a tag makes a float or a text of a number',
    'a: [!!float 8, !!float 1e3, !!float "-1", !!float 1.5]\nb: !!str 8.0',
    { a: [new Float(8), new Float(1000), new Float(-1), 1.5], b: '8.0' },
  ],
  ['block text keeps its lines', 'a: |\n  one\n  two\n', { a: 'one\ntwo\n' }],
  ['Windows line ends are line ends', 'a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ['a byte order mark is no text', '\uFEFFa: 1', { a: 1 }],
  ['the last of two equal keys holds', 'a: 1\na: 2', { a: 2 }],
  [
    'a float without a fraction stays one, at any depth; as a key it is its text',
    'a: 8.0\nb: [{c: -0.0}, 1.5]\n8.0: d',
    { a: new Float(8), b: [{ c: new Float(-0) }, 1.5], '8.0': 'd' },
  ],
];

describe('parseYaml', () => {
  for (const [title, text, value] of values) it(title, () => expect(loadYamlValue(text)).to.deep.equal(value));

  it('keeps !unsafe text apart from text that may be a template', () => {
    const value = loadYamlValue('a: !unsafe "{{ x }}"') as { a: Unsafe };
    expect(value.a).to.be.instanceOf(Unsafe);
    expect(value.a.text).to.equal('{{ x }}');
  });

  for (const tag of ['!vault', '!vault-encrypted']) {
    it(`keeps ${tag} text as it is written`, () => {
      const value = loadYamlValue(`a: ${tag} |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n`) as { a: VaultScalar };
      expect(value.a).to.be.instanceOf(VaultScalar);
      expect(value.a.text).to.equal('$ANSIBLE_VAULT;1.1;AES256\n6162\n');
    });
  }

  it('makes an own property of the key __proto__, plain or merged, and pollutes nothing', () => {
    const value = loadYamlValue('b: &b\n  __proto__: {polluted: 1}\nm:\n  <<: *b') as Record<string, object>;
    expect(Object.hasOwn(value['b']!, '__proto__')).to.equal(true);
    expect(Object.hasOwn(value['m']!, '__proto__')).to.equal(true);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    expect(Object.getPrototypeOf(value['m'])).to.equal(Object.prototype);
  });

  it('reads JSON as JSON in files, and as YAML in text that is in none', () => {
    const text = '\n{"a": 1e3, "b": 8.0, "c": 9007199254740993}';
    const { value, locate } = parseYaml(text, 'vars.json');
    expect(value).to.deep.equal({ a: new Float(1000), b: new Float(8), c: 9007199254740993n });
    expect(locate(['b'])).to.deep.equal({ file: 'vars.json', line: 2, column: 17 });
    expect(loadYamlValue(text)).to.deep.include({ a: '1e3', b: new Float(8) });
    expect(parseYaml('{a: 1e3, b: yes}', 'flow.yml').value).to.deep.equal({ a: '1e3', b: true });
  });

  it('warns of a float written twice as a key, and knows where it stands', () => {
    const { warnings, locateKey } = parseYaml('a:\n  8.0: x\n  8.0: y\n', 'f.yml');
    expect(warnings.map(({ message }) => message)).to.deep.equal([
      'the key "8.0" is written twice; the last one holds',
    ]);
    expect(locateKey(['a', '8.0']).line).to.equal(3);
  });

  it('reads every document of a stream', () => {
    expect(loadYamlValues('a: 1\n---\n- 2\n---\n')).to.deep.equal([{ a: 1 }, [2], null]);
  });

  it('reads no document from an empty stream', () => {
    expect(parseYamlAll('', 'f.yml')).to.deep.equal([]);
  });
});

describe('A document', () => {
  const text = [
    '- name: Install', // 1
    '  vars:', // 2
    '    base: &base {port: 80}', // 3
    '    same: *base', // 4
    '    more:', // 5
    '      <<: *base', // 6
    '      "quoted": \'text\'', // 7
    '    yes: 1', // 8
    '    none:', // 9
    '    script: |', // 10
    '', // 11
    '        first', // 12
    '          {{ x }}', // 13
    '  tags: [a, b]', // 14
  ].join('\n');
  const document = parseYaml(text, 'main.yml');

  const places: readonly (readonly [pointer: Pointer, value: string, key: string])[] = [
    [[], '1:1', '1:1'],
    [[0], '1:3', '1:3'],
    [[0, 'name'], '1:9', '1:3'],
    [[0, 'vars', 'base'], '3:17', '3:5'],
    [[0, 'vars', 'base', 'port'], '3:24', '3:18'],
    [[0, 'vars', 'same'], '4:11', '4:5'],
    [[0, 'vars', 'same', 'port'], '3:24', '3:18'],
    [[0, 'vars', 'more', 'port'], '3:24', '3:18'],
    [[0, 'vars', 'more', 'quoted'], '7:17', '7:7'],
    [[0, 'vars', 'true'], '8:10', '8:5'],
    [[0, 'vars', 'none'], '9:5', '9:5'],
    [[0, 'vars', 'script'], '12:9', '10:5'],
    [[0, 'tags', 1], '14:13', '14:13'],
    [[0, 'tags', '1'], '14:13', '14:13'],
    [[0, 'vars', 'absent', 'deeper'], '3:5', '2:3'],
    [[7], '1:1', '1:1'],
  ];
  for (const [pointer, value, key] of places) {
    it(`places /${pointer.join('/')} at ${value}, its key at ${key}`, () => {
      const shown = ({ file, line, column }: { file: string; line: number; column: number }) =>
        `${file} ${line}:${column}`;
      expect(shown(document.locate(pointer))).to.equal(`main.yml ${value}`);
      expect(shown(document.locateKey(pointer))).to.equal(`main.yml ${key}`);
    });
  }

  const insides: readonly (readonly [pointer: Pointer, needle: string, place: string])[] = [
    [[0, 'name'], 'stall', '1:11'],
    [[0, 'vars', 'more', 'quoted'], 'xt', '7:20'],
    [[0, 'vars', 'script'], '{{', '13:11'],
    [[0, 'vars', 'script'], 'x }}', '13:14'],
  ];
  for (const [pointer, needle, place] of insides) {
    it(`places "${needle}" inside /${pointer.join('/')} at ${place}`, () => {
      const value = pointer.reduce<unknown>(
        (node, step) => (node as Record<string, unknown>)[step],
        document.value,
      ) as string;
      const { line, column } = document.locateText(pointer, value.indexOf(needle));
      expect(`${line}:${column}`).to.equal(place);
    });
  }

  it('places text it cannot follow, such as folded text, where the value begins', () => {
    const folded = parseYaml('a: >\n  one\n  two {{ x }}\n', 'f.yml');
    expect(folded.locateText(['a'], 9)).to.deep.equal(folded.locate(['a']));
  });

  it('places nodes of a later document', () => {
    expect(parseYamlAll('a: 1\n---\nb:\n  c: 2\n', 'f.yml')[1]!.locate(['b', 'c'])).to.deep.equal({
      file: 'f.yml',
      line: 4,
      column: 6,
    });
  });

  it('warns of a key written twice, at the second, and names the line of the first', () => {
    const { warnings } = parseYaml('x:\n  a: 1\n  b: 2\n  a: 3\n', 'f.yml');
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include({
      message: 'the key "a" is written twice; the last one holds',
      hint: 'first in line 2',
    });
    expect(warnings[0]!.at).to.deep.equal({ file: 'f.yml', line: 4, column: 3 });
  });

  it('does not take a key that overrides a merged one for a repetition', () => {
    expect(parseYaml('b: &b {x: 1}\nm:\n  <<: *b\n  x: 2\n', 'f.yml').warnings).to.deep.equal([]);
  });
});

describe('parseYaml refuses', () => {
  const refusal = (text: string): KplayError => {
    try {
      parseYaml(text, 'f.yml');
    } catch (error) {
      if (isKplayError(error)) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };
  const bomb = [
    'a: &a [x, x]',
    ...[...'bcdefghijklmnopqrstuvwxyz'].map(
      (name, at) => `${name}: &${name} [*${'abcdefghijklmnopqrstuvwxyz'[at]}, *${'abcdefghijklmnopqrstuvwxyz'[at]}]`,
    ),
  ];

  const cases: readonly (readonly [title: string, text: string, message: RegExp])[] = [
    ['a second document, at its beginning', 'a: 1\n---\nb: 2\n', /^f\.yml:3:1: one document is expected/],
    ['an unknown tag', 'a: !foo x', /^f\.yml:1:4: unknown tag !foo/],
    ['aliases that stand for millions of values', bomb.join('\n'), /too many values/],
    ['a value that holds itself', 'a: &a [*a]', /for themselves/],
    ['more than a thousand aliases', `a: &a 1\nb: [${'*a, '.repeat(1001)}]`, /maxAliases/],
    ['a NUL byte', 'a: \0', /^f\.yml:1:4: null byte/],
  ];
  for (const [title, text, message] of cases) it(title, () => expect(refusal(text).message).to.match(message));

  it('and hands on the text, for a code frame', () => {
    expect(refusal('a: b: c').problems[0]!.source).to.equal('a: b: c');
  });
});
