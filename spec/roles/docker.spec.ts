/** A docker that is there keeps what it was told before. */
import { resolve } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

describe('the configuration of docker', () => {
  let on: Stage;
  before(() => {
    on = stage({}, ['h1']);
  });
  after(() => on?.close());

  /** What the role would write where `daemon.json` holds this. */
  async function written(held: string | undefined, docker: boolean): Promise<Readonly<Record<string, unknown>>> {
    const files = ['defaults', 'vars'].map((part) => resolve('roles/docker', part, 'main.yml'));
    const content = held === undefined ? {} : { content: Buffer.from(held).toString('base64') };
    const { result } = await on.play(
      `- { hosts: all, gather_facts: false, vars_files: ${JSON.stringify(files)}, tasks: [{ name: Show, set_fact: { shown: '{{ docker_daemon }}' } }] }\n`,
      { extraVars: { docker_found: { stat: { exists: docker } }, docker_held: content, cluster_image_archives: '' } },
    );
    const facts = result('Show')['ansible_facts'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    return facts['shown']!;
  }

  it('is all of the role where there was none', async () => {
    expect(await written(undefined, false)).to.include({ 'data-root': '/var/lib/docker', 'live-restore': true });
  });

  it('keeps the folder of the data, mirrors, proxies and the bridge', async () => {
    const held = {
      'data-root': '/srv/docker',
      'registry-mirrors': ['https://mirror.example'],
      proxies: { 'http-proxy': 'http://proxy.example:3128' },
      bip: '10.200.0.1/24',
    };
    const said = await written(JSON.stringify(held), true);
    expect(said).to.deep.include(held);
    expect(said).to.include({ 'live-restore': true });
    expect(await written(JSON.stringify(said), true)).to.deep.equal(said);
  });

  it('names no folder of data to a docker without a file, nor minds an empty one', async () => {
    for (const held of [undefined, '']) expect(await written(held, true)).to.not.have.property('data-root');
  });
});
