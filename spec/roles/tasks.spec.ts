import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { kplay, tail } from '../kplay.ts';

describe('kplay --list-tasks playbooks/ha-external-etcd.yml', function () {
  this.timeout('30s');

  it('shows the order of work: refuse, issue, serve, restart one by one, verify', async () => {
    const said = await kplay(['playbooks/ha-external-etcd.yml', '-i', 'spec/fixtures/roles/s0/hosts', '--list-tasks']);
    expect(said.code, tail(said)).to.equal(0);
    // the engine's own checks of arguments are no work of the roles
    const shown = said.stdout.split('\n').filter((line) => !line.includes(' : Validating arguments against arg spec '));
    expect(shown.join('\n')).to.equal(readFileSync('spec/fixtures/roles/ha-external-etcd.tasks.golden', 'utf8'));
  });
});
