import { expect } from 'chai';
import reboot from '../../engine/modules/reboot.ts';
import type { Completed, Target } from '../../engine/target/target.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';

testModule(reboot, 'reboot', {
  'gives up on a host that does not go down': {
    args: { reboot_timeout: 0 },
    world: { commands: { boot_id: { stdout: 'one\n' } } },
    fails: 'timed out waiting for the host to reboot: it has not gone down yet',
  },
  'needs to know when the host was booted': {
    args: { boot_time_command: 'who -b' },
    world: { commands: { 'who -b': { code: 127, stderr: 'who: not found' } } },
    fails: 'nobody could tell when the host was booted: who: not found',
  },
  'says why it cannot reboot': {
    world: { commands: { boot_id: { stdout: 'one\n' }, shutdown: { code: 1, stderr: 'no command' } } },
    fails: 'reboot: no command',
  },
});

/** A host that answers `looks` times as before, then not at all for two times, then as after a boot. */
function rebooting(looks: number) {
  const host = fakeTarget();
  const story: string[] = [];
  const observe = async (command: { readonly script?: string }): Promise<Completed> => {
    const said = await host.observe(command);
    if (!command.script?.includes('boot_id')) {
      story.push(command.script ?? '');
      return said;
    }
    story.push(story.length <= looks ? 'up' : story.length <= looks + 2 ? 'down' : 'again');
    if (story.at(-1) === 'down') throw new Error('connection refused');
    return { ...said, stdout: Buffer.from(story.at(-1) === 'up' ? 'one\n' : 'two\n') };
  };
  const mutate: Target['mutate'] = (mutation) => {
    story.push('reboot');
    return host.mutate(mutation);
  };
  return { host, story, target: { ...host, observe, mutate } as Target };
}

describe('reboot', () => {
  it('waits until the host was booted and passes its test', async () => {
    const { host, story, target } = rebooting(2);
    const { changed, result } = await runModule(
      reboot,
      { test_command: 'is-up', msg: "it's time" },
      target,
      fakeController(),
    );
    expect(story).to.deep.equal(['up', 'reboot', 'up', 'down', 'down', 'again', 'is-up']);
    expect([changed, result['rebooted'], host.log]).to.deep.equal([true, true, ['reboot']]);
    expect(host.scripts.find((script) => script.includes('nohup'))).to.contain('shutdown -r now');
  }).timeout(10_000);

  const here = async (task: string, options = {}, hosts = '') => {
    const place = stage(hosts === '' ? {} : { hosts }, ['h1']);
    try {
      const played = await place.play(
        `- hosts: h1\n  gather_facts: false\n  tasks:\n    - { name: it, reboot: { ${task} }, ignore_errors: true }\n`,
        options,
      );
      return played.outcomes[0]!;
    } finally {
      place.close();
    }
  };
  // The clock stands for the boot id: nothing is rebooted here.
  const pretended = 'boot_time_command: "cat {{ playbook_dir }}/boot 2>/dev/null || echo one"';

  it('reboots a host by its shell', async () => {
    const { status, result } = await here(`${pretended}, reboot_command: "echo two >{{ playbook_dir }}/boot"`);
    expect([status, result['rebooted']], String(result['msg'])).to.deep.equal(['changed', true]);
  }).timeout(10_000);

  it('is not done in a plan', async () => {
    const { status, result } = await here(`${pretended}, reboot_command: "false"`, { check: true });
    expect(status, String(result['msg'])).to.equal('changed');
    expect(String(result['msg'])).to.contain('reboot');
  });

  it('never reboots the machine it runs on', async () => {
    const { status, result } = await here(pretended, {}, 'h1 ansible_connection=local\n');
    expect([status, result['msg']]).to.deep.equal([
      'failed',
      'the host is reached locally: this would reboot the machine that kplay runs on',
    ]);
  });
});
