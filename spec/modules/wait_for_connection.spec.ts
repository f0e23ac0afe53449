import { expect } from 'chai';
import waitForConnection from '../../engine/modules/wait_for_connection.ts';
import type { Completed, Target } from '../../engine/target/target.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';

testModule(waitForConnection, 'wait_for_connection', {
  'is done with a host that answers': {
    want: { changed: false, log: [], scripts: ['true'], result: { elapsed: 0 } },
  },
  'gives up in time': {
    args: { timeout: 0 },
    world: { commands: { true: { code: 1 } } },
    fails: 'timed out waiting for the host to answer: its shell exits with 1',
  },
});

describe('wait_for_connection', () => {
  it('tries again while the host cannot be reached', async () => {
    const host = fakeTarget();
    let tries = 0;
    const observe = async (): Promise<Completed> => {
      tries += 1;
      if (tries < 3) throw new Error('connection refused');
      return host.observe({ script: 'true' });
    };
    const target: Target = { ...host, observe };
    await runModule(waitForConnection, { sleep: 0, timeout: 5 }, target, fakeController());
    expect(tries).to.equal(3);
  });

  it('asks a real host', async () => {
    const here = stage({}, ['h1']);
    try {
      const played = await here.play(
        '- hosts: h1\n  gather_facts: false\n  tasks:\n    - { name: it, wait_for_connection: }\n',
      );
      expect(played.result('it')).to.include({ changed: false, elapsed: 0 });
    } finally {
      here.close();
    }
  });
});
