import { expect } from 'chai';
import { benchPlaybook, template } from '../bench/playbook.ts';
import { type Stage, stage } from './harness.ts';

/**
 * Round trips a host, counted by its connection: the login's own probe is one of them. One that is sent while another is
 * under way shares its trip. The counts below are upper bounds: a slow controller asks in more pieces.
 */
describe('round trips', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage({ [template.name]: template.text, lines: 'first\n' }, ['h1']);
  });
  afterEach(() => on.close());

  /** The benchmark's playbook, below the stage's folder; what a container's host may lack is left out. */
  const bench = () =>
    benchPlaybook(10)
      .replaceAll('/opt/bench', `${on.folder}/bench`)
      .replaceAll('/etc/hosts', `${on.folder}/lines`)
      .replaceAll(
        /systemd:\n {8}name: ssh\n {8}state: started\n {8}enabled: true/g,
        `stat:\n        path: ${on.folder}/hosts`,
      )
      .replaceAll(/apt:\n {8}name: procps\n {8}state: present/g, `slurp:\n        src: ${on.folder}/hosts`);

  const trips = async (book: string) => {
    const played = await on.play(book);
    expect(played.recap['h1']).to.include({ failed: 0, unreachable: 0 });
    return { count: played.traffic['h1']!.roundTrips, recap: played.recap['h1']! };
  };

  it('50 converged tasks and facts take at most 5', async () => {
    await trips(bench());
    const { count, recap } = await trips(bench());
    expect(recap).to.include({ ok: 51, changed: 0 });
    expect(count).to.be.at.most(5);
  });

  it('a first run of the same takes at most 16', async () => {
    const { count, recap } = await trips(bench());
    expect(recap).to.include({ ok: 51, changed: 35 });
    expect(count).to.be.at.most(16);
  });

  it('10 changing files in a row take at most 4', async () => {
    const at = `${on.folder}/new`;
    const files = [0, 1, 2, 3].map(
      (n) => `
    - { name: t${n}, template: { src: ${template.name}, dest: ${at}/t${n}.conf, mode: "0644" } }
    - { name: c${n}, copy: { content: "c${n}", dest: ${at}/c${n}, mode: "0600" } }`,
    );
    const dirs = ['', '/below'].map(
      (name) => `\n    - { name: d${name}, file: { path: ${at}${name}, state: directory } }`,
    );
    const vars = '  vars: { port: 1, peers: [a, b] }';
    const { count, recap } = await trips(`- hosts: all\n${vars}\n  tasks:${dirs.join('')}${files.join('')}\n`);
    expect(recap).to.include({ changed: 10 });
    expect(count).to.be.at.most(4);
  });

  it('a run of 20 commands takes at most 3 more', async () => {
    const commands = Array.from({ length: 20 }, (_, n) => `    - command: echo ${n}\n`).join('');
    const { count, recap } = await trips(`- hosts: all\n  tasks:\n${commands}`);
    expect(recap.changed).to.equal(20);
    expect(count).to.be.at.most(23);
  });
});
