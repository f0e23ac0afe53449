import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

describe('kplay eval and kplay template', function () {
  this.timeout(60_000);
  let project: Project;
  before(() => {
    project = makeProject({
      'vars.yml': 'hosts: [a, b]\nport: 80\nurl: "http://{{ hosts[0] }}:{{ port }}/"\nnested: { list: [1, 2] }\n',
      'templates/site.j2': '{% include "head.j2" %}\n\n{% for host in hosts %}\nserver {{ host }};\n{% endfor %}\n',
      'templates/head.j2': '# {{ url }}\n',
      'odd.j2':
        '#jinja2: variable_start_string: "[%", variable_end_string: "%]", trim_blocks: false\n[% port %] {{ x }}\n',
      'wrong.j2': 'fine\n  {{ nested.missing }}\n',
      secret: 'from a file\n',
    });
  });
  after(() => project.remove());

  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['a text, variables rendered in it', ['eval', 'url'], 'http://a:80/\n'],
    ['a float', ['eval', 'port / 10'], '8.0\n'],
    ['a float as JSON', ['eval', '[port / 10, 8]', '--json'], '[\n  8.0,\n  8\n]\n'],
    ['a number', ['eval', 'hosts | length + port'], '82\n'],
    ['a value as YAML', ['eval', 'nested'], 'list:\n- 1\n- 2\n'],
    ['a value as JSON', ['eval', 'nested', '--json'], '{\n  "list": [\n    1,\n    2\n  ]\n}\n'],
    ['a text as JSON', ['eval', '"{{ url }}"', '--json'], '"{{ url }}"\n'],
    ['an expression in braces', ['eval', '{{ port }}!'], '80!\n'],
    ['lookups, and tests of files', ['eval', "lookup('file', 'secret') ~ ('secret' is file)"], 'from a fileTrue\n'],
    ['a file with what it includes', ['template', 'templates/site.j2'], '# http://a:80/\nserver a;\nserver b;\n'],
    ['a file with a header', ['template', 'odd.j2'], '80 {{ x }}\n'],
  ];
  for (const [title, args, out] of cases) {
    it(`prints ${title}`, async () => {
      const said = await project.run([...args, '-e', '@vars.yml']);
      expect([said.code, said.stdout], tail(said)).to.deep.equal([0, out]);
    });
  }

  it('names what is undefined, where, and how to give it', async () => {
    const missing = await project.run(['eval', 'nothing + 1']);
    expect(missing.code).to.equal(1);
    expect(missing.stderr)
      .to.match(/nothing/)
      .and.to.match(/give it with -e nothing=…/);
    const wrong = await project.run(['template', 'wrong.j2', '-e', '@vars.yml']);
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.match(/wrong\.j2:2:\d+ .*missing[\s\S]*> 2 \|/);
    expect((await project.run(['template', 'absent.j2'])).stderr).to.match(/there is no file absent\.j2/);
    expect((await project.run(['eval', '1 +'])).code).to.equal(1);
  });
});
