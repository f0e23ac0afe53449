/** Inventories as kubeasz and as kubespray have them: every shipped playbook takes them, and the roles know what they mean. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, tail } from '../kplay.ts';

const fixtures = 'spec/fixtures/inventory';
const playbooks = readdirSync('playbooks').flatMap((name) => (name.endsWith('.yml') ? [join('playbooks', name)] : []));

const cases = {
  kubeasz: {
    inventory: join(fixtures, 'kubeasz/hosts'),
    means: [
      '192.168.1.250/32',
      'https://192.168.1.250:8443',
      6443,
      '10.68.0.0/16',
      '172.20.0.0/16',
      'cluster.kubeasz',
      '10.68.0.10',
      Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((last) => [`192.168.1.${last}`, `192.168.1.${last}`])),
      {
        '192.168.1.1': 'master-01',
        '192.168.1.2': 'master-02',
        '192.168.1.3': 'master-03',
        '192.168.1.4': 'worker-01',
        '192.168.1.5': '192.168.1.5',
        '192.168.1.6': '192.168.1.6',
        '192.168.1.7': '192.168.1.7',
      },
      ['192.168.1.1', '192.168.1.2', '192.168.1.3'],
      ['192.168.1.4', '192.168.1.5'],
      ['192.168.1.6', '192.168.1.7'],
      ['192.168.1.1', '192.168.1.2', '192.168.1.3', '192.168.1.4', '192.168.1.5'],
    ],
  },
  kubespray: {
    inventory: join(fixtures, 'kubespray/inventory.ini'),
    means: [
      '10.3.0.100/32',
      'https://10.3.0.100:8383',
      6443,
      '10.233.0.0/18',
      '10.233.64.0/18',
      'cluster.spray',
      '10.233.0.10',
      { node1: '10.3.0.1', node2: '10.3.0.2', node3: '95.54.0.14', node4: '95.54.0.15' },
      { node1: 'node1', node2: 'node2', node3: 'node3', node4: 'node4' },
      ['node1', 'node2', 'node3'],
      ['node4'],
      ['node1', 'node2', 'node3'],
      ['node1', 'node2', 'node3', 'node4'],
    ],
  },
} as const;

for (const [vocabulary, { inventory, means }] of Object.entries(cases)) {
  describe(`An inventory in the words of ${vocabulary}`, function () {
    this.timeout('1m');

    it('means what it means there', async () => {
      const said = await kplay([join(fixtures, 'vocabulary.yml'), '-i', inventory, '--json']);
      expect(said.code, tail(said)).to.equal(0);
      const message = /"msg": "(\[.*\])"/.exec(said.stdout)?.[1] ?? '';
      expect(JSON.parse(JSON.parse(`"${message}"`))).to.deep.equal(means);
    });

    it('is taken by every playbook', async () => {
      const said = await kplay([...playbooks, '-i', inventory, '--list-hosts']);
      expect(said.code, tail(said)).to.equal(0);
    });
  });
}
