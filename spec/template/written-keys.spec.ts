/** Keys that are no text, and the order of all: as Python has them, though objects have not. */
import { expect } from 'chai';
import { parseYaml } from '../../engine/source/yaml.ts';
import { trusted } from '../../engine/template/evaluate/raw.ts';
import { renderValue } from '../../engine/template/render.ts';
import { environmentOf } from './environment.ts';

const text = `
ports: { 8080: web, name: "{{ 1 + 1 }}", 443: tls, "22": ssh }
plain: { 9: a, 1: b, true: c, null: d, 1.5: e, 8.0: f }
`;
const { value } = parseYaml(text, 'vars.yml');
const variables = Object.entries(value as Record<string, unknown>).map(([name, one]) => [name, trusted(one)]);
const environment = environmentOf(Object.fromEntries(variables) as Record<string, unknown>);

const cases: Readonly<Record<string, unknown>> = {
  'ports | list | string': "[8080, 'name', 443, '22']",
  "ports | dict2items | map(attribute='key') | map('type_debug') | join(' ')": 'int str int str',
  'ports.values() | list': ['web', 2, 'tls', 'ssh'],
  'ports | string': "{8080: 'web', 'name': 2, 443: 'tls', '22': 'ssh'}",
  'ports | to_nice_yaml(sort_keys=false)': "8080: web\nname: 2\n443: tls\n'22': ssh\n",
  'ports | to_json': '{"8080": "web", "name": 2, "443": "tls", "22": "ssh"}',
  "[ports[8080], ports['8080'], ports[22], 443 in ports, 21 in ports]": ['web', 'web', 'ssh', true, false],
  "ports | combine({443: 'new', 'z': 1}) | string": "{8080: 'web', 'name': 2, 443: 'new', '22': 'ssh', 'z': 1}",
  "ports == {8080: 'web', 'name': 2, 443: 'tls', '22': 'ssh'}": true,
  "[ports] | map('combine', {}) | map(attribute='8080') | list": ['web'],
  "(ports | default({}, true))['8080']": 'web',
  'plain | list | string': '[9, 1, True, None, 1.5, 8.0]',
  '[plain[true], plain[none], plain[1.5], plain[8.0]]': ['c', 'd', 'e', 'f'],
  "{'b': 1, '5': 2, 'a': 3} | list": ['b', '5', 'a'],
  "dict([['9', 1], ['2', 2]]) | list": ['9', '2'],
  '(ports | dict2items | items2dict) | list | string': "[8080, 'name', 443, '22']",
};

describe('keys of dicts', () => {
  for (const [expression, wanted] of Object.entries(cases))
    it(`${expression}`, () => expect(renderValue(`{{ ${expression} }}`, environment)).to.deep.equal(wanted));

  it('are kept when a value leaves the templates, and are text for whoever knows objects alone', () => {
    const rendered = renderValue('{{ ports }}', environment);
    expect(Object.keys(rendered as object)).to.deep.equal(['22', '443', '8080', 'name']);
    expect(JSON.parse(JSON.stringify(rendered))).to.deep.equal({ 22: 'ssh', 443: 'tls', 8080: 'web', name: 2 });
    const again = environmentOf({ ports: rendered });
    expect(renderValue('{{ ports | list | string }}', again)).to.equal("[8080, 'name', 443, '22']");
  });

  it('are changed in place as well', () => {
    const changed = '{% set d = dict(ports) %}{% set _ = d.update({7: 1}) %}{% set _ = d.pop(8080) %}{{ d | list }}';
    expect(renderValue(changed, environment)).to.deep.equal(['name', 443, '22', 7]);
  });
});
