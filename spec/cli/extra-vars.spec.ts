import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

const cases: readonly {
  readonly title: string;
  readonly given: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}[] = [
  { title: 'name=value, always a string', given: ['a=1 b="x y"'], values: { a: '1', b: 'x y' } },
  { title: 'JSON, with its types', given: ['{"a": 1, "b": [1, null]}'], values: { a: 1, b: [1, null] } },
  { title: 'YAML', given: ['a: yes'], values: { a: true } },
  {
    title: 'floats of JSON and YAML',
    given: ['{"a": 8.0}', 'b: -0.0'],
    values: { a: 8, b: -0, text: '8.0 -0.0' },
  },
  { title: 'floats of a file of JSON', given: ['@floats.json'], values: { a: 8, b: 1000, text: '8.0 1000.0' } },
  { title: 'name=value, of which floats are text', given: ['a=8.0 b=1.0'], values: { a: '8.0', b: '1.0' } },
  { title: 'a file', given: ['@vars.yml'], values: { a: 5, b: { c: 'd' } } },
  { title: 'several, of which the later win', given: ['@vars.yml', 'b=9', '{"a": 6}'], values: { a: 6, b: '9' } },
  {
    title: 'a template, which may use other variables',
    given: ['a={{ inventory_hostname }}-x'],
    values: { a: 'h1-x' },
  },
];

describe('--extra-vars', () => {
  let project: Project;
  before(() => {
    project = makeProject({
      'floats.json': '{"a": 8.0, "b": 1e3}',
      'vars.yml': 'a: 5\nb: { c: d }\n',
      'site.yml':
        '- hosts: h1\n  gather_facts: false\n  vars: { a: play, b: play }\n  tasks:\n    - set_fact: { a: late }\n    - debug: { msg: { a: "{{ a }}", b: "{{ b }}", text: "{{ a }} {{ b }}" } }\n',
    });
  });
  after(() => project.remove());

  for (const { title, given, values } of cases) {
    it(`takes ${title}; they win over the play's and over facts`, async () => {
      const said = await project.run([
        'site.yml',
        '-i',
        'h1,',
        '-c',
        'local',
        '--json',
        ...given.flatMap((one) => ['-e', one]),
      ]);
      expect(said.code, tail(said)).to.equal(0);
      expect(JSON.parse(said.stdout).plays[0].tasks[1].hosts.h1.msg)
        .to.include.keys('a', 'b')
        .and.to.deep.include(values);
    });
  }
});
