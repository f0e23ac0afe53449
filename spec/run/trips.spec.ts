import { PassThrough, type Readable } from 'node:stream';
import { expect } from 'chai';
import { wiring } from '../../engine/cli/wiring.ts';
import type { Connection } from '../../engine/connection/connection.ts';
import { benchPlaybook, template } from '../bench/playbook.ts';
import { type Stage, stage } from './harness.ts';

/**
 * Round trips a host, counted by its connection: the login's own probe is one of them. One that is sent while another is
 * under way shares its trip, so the hosts here answer as from afar: otherwise a busy controller would be late for them.
 */
describe('round trips', function () {
  this.timeout(60_000);
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
    const played = await on.play(book, {
      wiring: { ...wiring, connect: async (settings) => fromAfar(await wiring.connect(settings)) },
    });
    expect(played.recap['h1']).to.include({ failed: 0, unreachable: 0 });
    return { count: played.traffic['h1']!.roundTrips, recap: played.recap['h1']! };
  };

  it('50 converged tasks and facts take at most 5', async () => {
    await trips(bench());
    const { count, recap } = await trips(bench());
    expect(recap).to.include({ ok: 51, changed: 0 });
    expect(count).to.be.at.most(5);
  });

  it('a first run of the same takes at most 14', async () => {
    const { count, recap } = await trips(bench());
    expect(recap).to.include({ ok: 51, changed: 35 });
    expect(count).to.be.at.most(14);
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

const oneWayMs = 100;

/** The same connection, its answers on the way for a while. */
function fromAfar(connection: Connection): Connection {
  const late = (stream: Readable) => {
    const far = new PassThrough();
    stream.on('data', (bytes: Buffer) => void setTimeout(() => far.write(bytes), oneWayMs));
    return far;
  };
  return {
    ...connection,
    async start() {
      const streams = await connection.start();
      return { ...streams, stdout: late(streams.stdout), stderr: late(streams.stderr) };
    },
  };
}
