/** Hosts that do not go in step: `strategy: free` and `host_pinned`. */
import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

const hosts = ['a', 'b', 'c'];
const wait = (name: string, what: string) => `{ name: ${name}, shell: "${what}", changed_when: false }`;
const slow = "{{ inventory_hostname == 'a' }}";

describe('a strategy out of step', () => {
  let scene: Stage;
  beforeEach(() => {
    scene = stage({}, hosts);
  });
  afterEach(() => scene.close());

  const play = (strategy: string, tasks: string, options = {}) =>
    scene.play(
      `
- hosts: all
  gather_facts: false
  strategy: ${strategy}
  tasks:${tasks}
  handlers: [{ name: told, debug: }]
`,
      options,
    );

  it('free: nobody waits for a slow host, not even with handlers', async () => {
    const played = await play(
      'free',
      `
    - { name: one, shell: "[ ${slow} = False ] || sleep 1", notify: told }
    - { name: two, debug: }`,
    );
    const of = (host: string) => played.story.filter((line) => line.startsWith(host));
    for (const host of hosts)
      expect(of(host)).to.deep.equal([`${host} one changed`, `${host} two ok`, `${host} told ok`]);
    expect(played.story.slice(-3)).to.deep.equal(of('a'));
  });

  it('free: no more tasks at once than forks; a throttled one less', async () => {
    const busy = (name: string) => `mkdir ${scene.folder}/${name} && sleep 0.2 && rmdir ${scene.folder}/${name}`;
    const forks = await play('free', `\n    - ${wait('one', busy('x'))}`, { forks: 1 });
    expect(forks.story).to.have.members(hosts.map((host) => `${host} one ok`));
    const throttled = await play(
      'free',
      `\n    - { name: one, throttle: 1, shell: "${busy('y')}", changed_when: false }`,
    );
    expect(throttled.story).to.have.members(hosts.map((host) => `${host} one ok`));
  });

  it('free: whoever fails stops alone; run_once is for each', async () => {
    const played = await play(
      'free',
      `
    - { name: f, fail: { msg: no }, when: "inventory_hostname == 'a'" }
    - { name: once, debug: , run_once: true }`,
    );
    expect(played.story).to.have.members(['a f failed', 'b f skipped', 'c f skipped', 'b once ok', 'c once ok']);
    expect(played.recap['b']).to.include({ failed: 0 });
  });

  it('host_pinned: a new host starts when another has ended', async () => {
    const played = await play('host_pinned', '\n    - { name: one, debug: }\n    - { name: two, debug: }', {
      forks: 1,
    });
    expect(played.story).to.deep.equal(hosts.flatMap((host) => [`${host} one ok`, `${host} two ok`]));
  });

  it('linear: everybody waits', async () => {
    const played = await play('linear', '\n    - { name: one, debug: }\n    - { name: two, debug: }');
    expect(played.story).to.deep.equal([...hosts.map((h) => `${h} one ok`), ...hosts.map((h) => `${h} two ok`)]);
  });

  it('may be the usual one, for plays that name none', async () => {
    const two = '\n  tasks:\n    - { name: one, debug: }\n    - { name: two, debug: }';
    const usual = { strategy: 'host_pinned', forks: 1 };
    const begun = '- hosts: all\n  gather_facts: false';
    expect((await scene.play(`${begun}${two}`, usual)).story.slice(0, 2)).to.deep.equal(['a one ok', 'a two ok']);
    const named = await scene.play(`${begun}\n  strategy: linear${two}`, usual);
    expect(named.story.slice(0, 2)).to.deep.equal(['a one ok', 'b one ok']);
  });

  it('any_errors_fatal may be usual, too', async () => {
    const { story } = await scene.play(
      `- hosts: all
  gather_facts: false
  tasks:
    - { name: f, fail: , when: "inventory_hostname == 'a'" }
    - { name: next, debug: }`,
      { anyErrorsFatal: true },
    );
    expect(story).to.have.members(['a f failed', 'b f skipped', 'c f skipped']);
  });
});
