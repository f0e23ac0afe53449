/** Files that Ansible's filters have written stay as they are, to the letter. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadYamlValue } from '../../engine/source/yaml.ts';
import { dumpYaml } from '../../engine/template/python/yaml.ts';
import { renderValue } from '../../engine/template/render.ts';
import { environmentOf } from './environment.ts';

const { cases } = JSON.parse(readFileSync('spec/fixtures/jinja/yaml.json', 'utf8')) as {
  readonly cases: readonly { readonly json: string; readonly filter: string; readonly yaml: string }[];
};

const written = (json: string, filter: string) =>
  renderValue(`{{ json | from_json | ${filter} }}`, environmentOf({ json }));

/** Text that begins, ends or looks like something of YAML's own. */
const signs = [
  '',
  '-',
  '- a',
  '? a',
  ': a',
  'a: b',
  'a #b',
  '# a',
  ' a',
  'a ',
  'a\nb',
  '\na',
  'a \n b',
  '---',
  '...',
  '~',
  '1e3',
  "it's",
];

describe('values as YAML, as ansible-core writes them', () => {
  for (const { json, filter, yaml } of cases)
    it(`${json.length > 60 ? `${json.slice(0, 57)}…` : json} | ${filter}`, () => {
      expect(written(json, filter)).to.equal(yaml);
    });

  it('begins and ends documents where it is asked to', () => {
    const both = 'explicit_start=true, explicit_end=true';
    const begun = {
      '[1]': '--- [1]',
      '{"a": 1}': '--- {a: 1}',
      '"x"': '--- x',
      '[]': '--- []',
      '[[1], [2]]': '---\n- [1]\n- [2]',
    };
    for (const [json, yaml] of Object.entries(begun)) {
      expect(written(json, 'to_yaml(explicit_start=true)')).to.equal(`${yaml}\n`);
      expect(written(json, `to_yaml(${both})`)).to.equal(`${yaml}\n...\n`);
    }
    expect(written('{"a": [1]}', `to_nice_yaml(${both})`)).to.equal('---\na:\n- 1\n...\n');
  });

  it('takes null for what is not told, and no options that it does not know', () => {
    expect(written('{"a": [1]}', 'to_yaml(indent=none, width=none)')).to.equal('a: [1]\n');
    expect(written('{"a": [1]}', 'to_yaml(default_flow_style=0)')).to.equal('a:\n- 1\n');
    for (const filter of ['to_yaml(canonical=true)', 'to_json(nope=1)'])
      expect(() => written('{}', filter)).to.throw(/unknown argument "(canonical|nope)"/);
    expect(() => written('{}', 'to_yaml(width="wide")')).to.throw('argument "width" must be an integer, not str');
  });

  it('keeps a float a float, and numbers of any size', () => {
    const values = '{{ [2.0, 1e-7, 123456789012345678901, 1.5] | to_yaml }}';
    expect(renderValue(values, environmentOf({}))).to.equal('[2.0, 1.0e-07, 123456789012345678901, 1.5]\n');
  });

  it('keeps the order of keys that cannot be compared', () => {
    expect(renderValue("{{ {'b': 1, 2: 3, 'a': 4} | to_nice_yaml }}", environmentOf({}))).to.equal(
      'b: 1\n2: 3\na: 4\n',
    );
  });

  it('can always be read back as the same value', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...signs), fc.integer(), fc.boolean()),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...signs)), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    const style = fc.record({
      indent: fc.constantFrom(2, 4, 9),
      width: fc.constantFrom(20, 80, -1),
      flow: fc.constantFrom(true, false, null),
      sortKeys: fc.boolean(),
    });
    fc.assert(
      fc.property(value, style, (one, options) => {
        expect(loadYamlValue(dumpYaml(one, options))).to.deep.equal(one);
      }),
      { numRuns: 1000 },
    );
  });
});
