/** Language, 12: the cache of facts, and `gathering = smart`. */
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunOptions } from '../../engine/run/context.ts';
import { type Played, type Stage, stage } from './harness.ts';

describe('facts that are kept from run to run', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage();
  });
  afterEach(() => on.close());

  const cache = () => ({ folder: join(on.folder, 'cache'), prefix: 'f_', seconds: 60 });
  const file = (host: string) => join(on.folder, 'cache', `f_${host}`);
  const kept = (host: string) => JSON.parse(readFileSync(file(host), 'utf8')) as Record<string, unknown>;
  const play = (text: string, options: Partial<Omit<RunOptions, 'inventory'>> = {}) =>
    on.play(text, { factCache: cache(), ...options });
  const gathered = ({ outcomes }: Played) => outcomes.filter(({ task }) => task.module === 'setup').length;

  const gather =
    '- hosts: h1\n  tasks:\n    - set_fact: { mine: 8.0, cacheable: true }\n    - set_fact: { other: 1 }\n';
  const look = `- hosts: h2
  gather_facts: false
  tasks:
    - name: told
      debug: { msg: "{{ hostvars.h1.ansible_kernel is defined }} {{ hostvars.h1.mine | d('-') }} {{ hostvars.h1.other is defined }}" }
`;

  it('are one file of JSON for each host, for their owner alone, as Ansible names what is in it', async () => {
    await play(gather);
    expect(kept('h1')).to.include({ mine: 8, module_setup: true });
    expect(kept('h1')['ansible_kernel']).to.be.a('string');
    expect(kept('h1')).not.to.have.any.keys('other', 'kernel');
    expect(statSync(file('h1')).mode & 0o777).to.equal(0o600);
    expect(existsSync(file('h2'))).to.equal(false);
  });

  it('are known in the next run, of hosts that take no part in it as well; a float is still one', async () => {
    await play(gather);
    expect((await play(look)).result('told')['msg']).to.equal('True 8.0 False');
  });

  it('are too old in time', async () => {
    await play(gather);
    utimesSync(file('h1'), new Date(), new Date(Date.now() - 61_000));
    expect((await play(look)).result('told')['msg']).to.equal('False - False');
    const forEver = { ...cache(), seconds: 0 };
    expect((await play(look, { factCache: forEver })).result('told')['msg']).to.equal('True 8.0 False');
  });

  it('go by --flush-cache, and by clear_facts', async () => {
    await play(gather);
    await play('- hosts: h1\n  gather_facts: false\n  tasks: [{ meta: clear_facts }]\n');
    expect(existsSync(file('h1'))).to.equal(false);
    await play(gather);
    await play('- hosts: h2\n  gather_facts: false\n  tasks: []\n', { flushCache: true });
    expect(existsSync(file('h1'))).to.equal(false);
  });

  it('are left as they are by a check', async () => {
    await play(gather, { check: true });
    expect(existsSync(file('h1'))).to.equal(false);
  });

  it('that cannot be read are warned of, and read anew', async () => {
    await play(gather);
    for (const text of ['{', '[]']) {
      writeFileSync(file('h1'), text);
      const { events, recap } = await play(gather);
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      expect(warnings, text).to.have.length(1);
      expect(warnings[0])
        .to.contain(file('h1'))
        .and.match(/passed over/);
      expect(recap['h1']!.failed).to.equal(0);
      expect(kept('h1')).to.include({ module_setup: true });
    }
  });

  describe('where gathering is smart', () => {
    const twice = '- { hosts: h1, tasks: [] }\n- hosts: h1\n  gather_subset: [min]\n  tasks: []\n';

    it('are not asked for again, in the same run or the next', async () => {
      expect(gathered(await play(twice, { smartGathering: true }))).to.equal(1);
      expect(gathered(await play(twice, { smartGathering: true }))).to.equal(0);
      expect(gathered(await play(twice))).to.equal(2);
    });

    it('are asked for when more of them is wanted than there is', async () => {
      const more = twice.replace('- { hosts: h1, tasks: [] }\n', '') + twice.replace('[min]', '[network]');
      expect(gathered(await on.play(more, { smartGathering: true }))).to.equal(2);
    });
  });
});
