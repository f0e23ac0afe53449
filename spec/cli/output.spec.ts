/** What goes where, in which form and colour. */
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

const csi = '\u001b[';

describe('output', () => {
  let project: Project;
  before(() => {
    project = makeProject({
      'plain.yml':
        '- hosts: web\n  gather_facts: false\n  tasks:\n    - name: act\n      command: "true"\n    - name: fail on one\n      command: sh -c "echo out; echo err >&2; exit 3"\n      when: inventory_hostname == "h2"\n',
      'wrong.yml': '- hosts: web\n  task: []\n',
    });
  });
  after(() => project.remove());

  describe('as JSON', () => {
    it('is one document on stdout, in the shape of the json callback', async () => {
      const said = await project.run(['plain.yml', '-i', 'hosts', '--json']);
      expect(said.code, tail(said)).to.equal(2);
      const document = JSON.parse(said.stdout);
      expect(document.stats).to.deep.equal({
        h1: { ok: 1, changed: 1, unreachable: 0, failures: 0, skipped: 1, rescued: 0, ignored: 0 },
        h2: { ok: 1, changed: 1, unreachable: 0, failures: 1, skipped: 0, rescued: 0, ignored: 0 },
      });
      const [play] = document.plays;
      expect(play.play).to.include({ name: 'web', path: 'plain.yml:1' });
      expect(play.tasks.map(({ task }: { task: { name: string } }) => task.name)).to.deep.equal(['act', 'fail on one']);
      expect(play.tasks[0].hosts.h1).to.deep.include({ changed: true, rc: 0, action: 'command' });
      expect(play.tasks[1].hosts.h1).to.include({ skipped: true });
      expect(play.tasks[1].hosts.h2).to.include({ failed: true, rc: 3, stdout: 'out', stderr: 'err' });
    });

    it('has what --check --diff would change', async () => {
      const said = await project.run(['site.yml', '-i', 'hosts', '--json', '--check', '--diff']);
      expect(said.code, tail(said)).to.equal(0);
      const document = JSON.parse(said.stdout);
      expect(document._kplay.check).to.equal(true);
      const [diff] = document.plays[0].tasks[1].hosts.h1.diff;
      expect(diff).to.include({ before: '', after: 'name h1\n' });
    });

    it('leaves stdout empty when the playbook is wrong', async () => {
      const said = await project.run(['wrong.yml', '-i', 'hosts', '--json']);
      expect(said.code).to.equal(1);
      expect(said.stdout).to.equal('');
      expect(said.stderr).to.include('wrong.yml:2:3');
    });
  });

  const colours: readonly {
    readonly title: string;
    readonly env: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
    readonly painted: boolean;
  }[] = [
    { title: 'a pipe gets no colour', env: { NO_COLOR: '' }, painted: false },
    { title: 'FORCE_COLOR paints a pipe too', env: { NO_COLOR: '', FORCE_COLOR: '1' }, painted: true },
    { title: 'NO_COLOR wins over FORCE_COLOR', env: { NO_COLOR: '1', FORCE_COLOR: '1' }, painted: false },
    { title: '--color=always wins over NO_COLOR', env: { NO_COLOR: '1' }, args: ['--color=always'], painted: true },
    {
      title: '--color=never wins over FORCE_COLOR',
      env: { NO_COLOR: '', FORCE_COLOR: '1' },
      args: ['--color=never'],
      painted: false,
    },
  ];
  for (const { title, env, args = [], painted } of colours) {
    it(`${title}, in a run and in errors`, async () => {
      const run = await project.run(['plain.yml', '-i', 'hosts', '-l', 'h1', ...args], { env });
      expect(run.code, tail(run)).to.equal(0);
      expect(run.stdout.includes(csi)).to.equal(painted);
      const wrong = await project.run(['wrong.yml', '-i', 'hosts', ...args], { env });
      expect(wrong.code).to.equal(1);
      expect(wrong.stderr.includes(csi)).to.equal(painted);
    });
  }

  it('is what Ansible prints, the recap to the letter; the summary is on stderr', async () => {
    const said = await project.run(['plain.yml', '-i', 'hosts', '-l', 'h1']);
    const stars = (text: string) => `${text} ${'*'.repeat(79 - text.length)}`;
    expect(said.stdout.split('\n')).to.deep.equal([
      '',
      stars('PLAY [web]'),
      '',
      stars('TASK [act]'),
      'changed: [h1]',
      '',
      stars('TASK [fail on one]'),
      'skipping: [h1]',
      '',
      stars('PLAY RECAP'),
      'h1                         : ok=1    changed=1    unreachable=0    failed=0    skipped=1    rescued=0    ignored=0   ',
      '',
      '',
    ]);
    expect(said.stderr).to.match(/^kplay: 1 host, 1 changed, \d+\.\d s\n$/);
  });

  it('-v tells the round trips of each host, on stderr', async () => {
    const said = await project.run(['plain.yml', '-i', 'hosts', '-l', 'h1', '-v']);
    expect(said.stderr).to.match(/^h1: \d+ round trips, /m);
  });
});
