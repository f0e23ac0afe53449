import { statSync } from 'node:fs';
import { expect } from 'chai';
import tempfile from '../../engine/modules/tempfile.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';

const always = 'every run makes one of its own';

testModule(tempfile, 'tempfile', {
  'makes a file': {
    want: {
      changed: true,
      fields: ['path'],
      scripts: [`mv -n -- "$t" '/tmp/ansible.`],
      result: { state: 'file', mode: '0600' },
    },
    always,
  },
  'makes a directory where it is told': {
    args: { state: 'directory', path: '/var/lib', prefix: 'a-', suffix: '.d' },
    want: { scripts: ["mkdir -m 700 -- '/var/lib/a-"], result: { state: 'directory', mode: '0700' } },
    always,
  },
  'needs a directory that is there': { args: { path: '/none' }, fails: 'the directory /none does not exist' },
  'takes no slash for a part of a name': { args: { suffix: '/x' }, fails: 'cannot hold a slash' },
  'fails where somebody else was there first': {
    world: { commands: { 'mv -n': { code: 1, stderr: 'File exists' } } },
    fails: 'File exists',
  },
});

describe('a temporary file', () => {
  it('has another name each time', async () => {
    const target = fakeTarget();
    const made = async () => (await runModule(tempfile, { suffix: '.x' }, target, fakeController())).result['path'];
    const [one, other] = [await made(), await made()];
    expect(one).to.match(/^\/tmp\/ansible\.[0-9a-f]{12}\.x$/);
    expect(other).not.to.equal(one);
  });

  describe('on a real host', () => {
    let here: Stage;
    before(() => {
      here = stage({}, ['h1']);
    });
    after(() => here.close());
    const tasks = `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: make file, tempfile: { path: "{{ playbook_dir }}" }, register: file }
    - { name: make folder, tempfile: { path: "{{ playbook_dir }}", state: directory }, register: folder }
    - { name: use, copy: { content: x, dest: "{{ folder.path }}/x" } }
    - { name: look, stat: { path: "{{ file.path }}" } }
`;

    it('is for its owner alone', async () => {
      const played = await here.play(tasks);
      expect(played.story.map((line) => line.split(' ').at(-1))).to.deep.equal(['changed', 'changed', 'changed', 'ok']);
      const mode = (task: string) => (statSync(String(played.result(task)['path'])).mode & 0o777).toString(8);
      expect([mode('make file'), mode('make folder')]).to.deep.equal(['600', '700']);
    });

    it('is seen under check by the tasks after it', async () => {
      const played = await here.play(tasks, { check: true });
      expect(played.outcomes.map(({ unknown }) => unknown)).to.deep.equal([undefined, undefined, undefined, undefined]);
      expect(played.result('look')['stat']).to.include({ exists: true, mode: '0600' });
      expect(() => statSync(String(played.result('make file')['path']))).to.throw('ENOENT');
    });
  });
});
