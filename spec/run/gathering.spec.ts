import { expect } from 'chai';
import { factsKind, subsetKeys } from '../../engine/target/queries/facts.ts';
import { type Stage, stage } from './harness.ts';

describe('gathering facts', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage({ 'facts/site.fact': '{ "color": "red" }\n' });
  });
  afterEach(() => on.close());

  it('reads local facts from fact_path', async () => {
    const played = await on.play(`
- hosts: h1
  gather_subset: ['!all', local]
  fact_path: "{{ playbook_dir }}/facts"
  tasks:
    - { name: told, debug: { msg: "{{ ansible_local.site.color }}" } }
`);
    expect(played.result('told')['msg']).to.equal('red');
  });

  it('gives what may hang gather_timeout seconds', async () => {
    expect(subsetKeys(['hardware', 'local'], { timeout: 30 })).to.deep.equal(['hardware 30', 'local']);
    expect(subsetKeys(['hardware'])).to.deep.equal(['hardware']);
    expect(factsKind.script(['hardware 30']))
      .to.contain('T=30\n')
      .and.to.contain(`t="timeout \${T:-10}"`);
    const played = await on.play(`
- hosts: h1
  gather_subset: ['!all', hardware]
  gather_timeout: 30
  tasks:
    - { name: told, debug: { msg: "{{ ansible_mounts is sequence }} {{ ansible_memtotal_mb > 0 }}" } }
    - { name: again, setup: { gather_subset: hardware, gather_timeout: 20 } }
`);
    expect(played.result('told')['msg']).to.equal('True True');
    expect(played.result('again')['ansible_facts']).to.have.property('ansible_mounts');
  });

  const brings: Readonly<Record<string, string>> = {
    "['!all', network]": 'hostname interfaces',
    '"!all,network"': 'hostname interfaces',
    "['!all', '!min', network]": 'interfaces',
    "['!all']": 'hostname',
    "['!network', '!hardware']": 'hostname virtualization_type',
    all: 'hostname interfaces memtotal_mb virtualization_type',
  };
  for (const [subset, names] of Object.entries(brings)) {
    it(`gather_subset: ${subset} brings ${names}`, async () => {
      const played = await on.play(`
- hosts: h1
  gather_subset: ${subset}
  tasks:
    - { name: told, debug: { msg: "{{ ['hostname', 'interfaces', 'memtotal_mb', 'virtualization_type'] | select('in', ansible_facts) | join(' ') }}" } }
`);
      expect(played.result('told')['msg']).to.equal(names);
    });
  }

  it('fails the hosts of a play that asks for a subset there is not', async () => {
    const { recap, outcomes } = await on.play("- hosts: all\n  gather_subset: ['!all', kernel]\n");
    expect(recap['h1']).to.include({ failed: 1 });
    expect(outcomes[0]!.result['msg']).to.match(/"kernel" is not a subset of facts/);
  });
});
