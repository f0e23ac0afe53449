import { expect } from 'chai';
import { makeProject, type Project } from './project.ts';

describe('keywords without an effect here', () => {
  let project: Project;
  afterEach(() => project.remove());

  it('are named before the run, once for each place, at every level', async () => {
    project = makeProject({
      'roles/r/tasks/main.yml': '- debug:\n- debug:\n',
      'roles/high/meta/main.yml': 'dependencies:\n  - role: r\n    debugger: never\n',
      'site.yml': `- hosts: h1
  gather_facts: false
  strategy: debug
  debugger: on_failed
  roles:
    - high
    - role: r
      debugger: never
  tasks:
    - debug:
      debugger: always
    - block: [{ debug: }, { debug: }]
      debugger: on_skipped
    - debug:
    - include_role: { name: r }
      debugger: on_unreachable
    - debug:
      changed_when: true
      notify: handle
  handlers:
    - name: handle
      debug:
      debugger: never
`,
    });
    const { code, stderr } = await project.run(['site.yml', '-i', 'hosts']);
    const warned = stderr.split('\n').flatMap((line) => /^warning: (.*)/.exec(line)?.[1] ?? []);
    const places = ['roles/high/meta/main.yml:3:15', ...[8, 11, 13, 4, 16, 23].map((line) => `site.yml:${line}`)];
    const debuggers = warned.filter((line) => line.endsWith(': debugger is not supported: it is ignored'));
    expect(warned[0]).to.equal('site.yml:3:13: strategy "debug" has no debugger here: the play runs linear');
    expect(debuggers).to.have.length(warned.length - 1);
    expect(debuggers.map((line) => line.replace(/(site.yml:\d+).*/, '$1').replace(/: debugger.*/, ''))).to.have.members(
      places,
    );
    expect(code).to.equal(0);
  });
});
