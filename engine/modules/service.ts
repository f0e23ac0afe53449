import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { applySystemd } from '../module/services/systemd-apply.ts';
import { type SystemdArgs, systemdReturns } from '../module/services/systemd-arguments.ts';
import { probeSystemd, wantedOfSystemd } from '../module/services/systemd-state.ts';

const args = {
  name: { required: true, description: 'the service' },
  state: {
    choices: ['started', 'stopped', 'restarted', 'reloaded'],
    description: '`restarted` and `reloaded` act every time; reloading a stopped service starts it',
  },
  enabled: { type: 'bool', description: 'start at boot' },
  use: { default: 'auto', description: 'systemd is the one service manager there is' },
  sleep: { type: 'int', description: 'taken and ignored: systemd waits until a service is down' },
  pattern: { description: 'taken and ignored: systemd knows whether a service runs' },
  runlevel: { default: 'default', description: 'taken and ignored' },
  arguments: { default: '', aliases: ['args'], description: 'taken and ignored' },
} as const satisfies ArgsLiteral;

const systemd = ({ name, state, enabled }: ArgsOf<typeof args>): SystemdArgs => ({
  ...{ name, state, enabled },
  ...{ daemon_reload: false, daemon_reexec: false, no_block: false, scope: 'system' },
});

export default defineModule({
  summary: 'Controls services: whether they run, and whether they start at boot.',
  description: ['A service that does not start fails the task with the reason and the last lines of its journal.'],
  args,
  rules: { requiredOneOf: [['state', 'enabled']] },
  returns: systemdReturns,
  examples: `- name: Restart keepalived
  service:
    name: keepalived
    state: restarted`,
  probe: ({ args, target }) => probeSystemd(systemd(args), target),
  desired: ({ args, state }) => wantedOfSystemd(systemd(args), state),
  apply: ({ args, state, change, target }) => applySystemd(systemd(args), state, change, target),
  returned: ({ args, state, wanted }) => ({
    name: args.name,
    ...(args.state === undefined ? {} : { state: args.state }),
    ...(args.enabled === undefined ? {} : { enabled: wanted.enabled ?? args.enabled }),
    status: state.unit?.properties ?? {},
  }),
});
