/** What verification says of an etcd member, by what its etcdctl answers (S1.E9). */
import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

interface Answers {
  readonly status: Readonly<Record<string, unknown>>;
  readonly members: readonly Readonly<Record<string, unknown>>[];
}

const good: Answers = {
  status: { leader: 7, raftTerm: 2 },
  members: [
    { ID: 1, name: 'e1' },
    { ID: 7, name: 'e2' },
  ],
};

describe('the verification of an etcd member', function () {
  this.timeout('60s');
  let on: Stage;
  before(() => {
    on = stage();
    symlinkSync(resolve('roles'), join(on.folder, 'roles'));
    on.write({
      hosts:
        '[etcd]\ne1 ip=192.0.2.1\ne2 ip=192.0.2.2\n[all:vars]\nansible_connection=exec\nansible_exec_command="/bin/sh"\n',
    });
  });
  after(() => on?.close());

  /** The reasons for which it fails. */
  async function verify({ status, members }: Answers): Promise<readonly string[]> {
    const etcdctl = `#!/bin/sh
case $* in
  *'endpoint status'*) echo '${JSON.stringify([{ Endpoint: 'https://127.0.0.1:2379', Status: status }])}' ;;
  *'member list'*) echo '${JSON.stringify({ members })}' ;;
esac
`;
    writeFileSync(join(on.folder, 'etcdctl'), etcdctl, { mode: 0o755 });
    const play = {
      hosts: 'e1',
      gather_facts: false,
      tasks: [{ import_role: { name: 'etcd', tasks_from: 'verify' } }],
    };
    const { outcomes } = await on.play(JSON.stringify([play]), {
      extraVars: { etcd_bin_dir: on.folder, etcd_verify_encryption: false, etcd_health_retries: 1 },
    });
    expect(outcomes.length).to.be.greaterThan(0);
    return outcomes.filter((one) => one.status === 'failed').map((one) => `${one.task.name}: ${one.result['msg']}`);
  }

  it('is content with a leader, no alarm, and the members of the inventory', async () => {
    expect(await verify(good)).to.deep.equal([]);
  });

  it('names an alarm', async () => {
    const [reason] = await verify({ ...good, status: { ...good.status, errors: ['memberID:7 alarm:NOSPACE '] } });
    expect(reason).to.match(/etcd on e1 says: memberID:7 alarm:NOSPACE/);
  });

  it('wants a leader', async () => {
    const [reason] = await verify({ ...good, status: { errors: ['etcdserver: no leader'] } });
    expect(reason).to.match(/Ask this etcd member for its state/);
  });

  it('names members that the inventory has not, and those that never started', async () => {
    const [reason] = await verify({ ...good, members: [{ ID: 1, name: 'e1' }, { ID: 9 }] });
    expect(reason).to.match(/etcd on e1 counts e1 and 1 that never started,\s+and the inventory e1, e2/);
  });
});
