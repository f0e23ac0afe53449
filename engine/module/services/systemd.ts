/** The one contract behind `systemd` and `systemd_service`. */
import { type AnyModule, defineModule } from '../definition.ts';
import { applySystemd } from './systemd-apply.ts';
import { systemdArgs, systemdReturns, systemdRules } from './systemd-arguments.ts';
import { probeSystemd, wantedOfSystemd } from './systemd-state.ts';

export function systemdModule(name: string): AnyModule {
  return defineModule({
    summary: 'Controls systemd units: whether they run, start at boot, or can start at all.',
    description: [
      'The order is daemon_reload, daemon_reexec, masked, enabled, state; everything a task asks for goes out as one script.',
      'A unit that does not start fails the task with the reason and the last lines of its journal.',
    ],
    args: systemdArgs,
    rules: systemdRules,
    returns: systemdReturns,
    examples: `- name: Run haproxy, now and after a boot
  ${name}:
    name: haproxy
    state: started
    enabled: true
    daemon_reload: true`,
    probe: ({ args, target }) => probeSystemd(args, target),
    desired: ({ args, state }) => wantedOfSystemd(args, state),
    apply: ({ args, state, change, target }) => applySystemd(args, state, change, target),
    returned: ({ args, state, wanted }) => ({
      name: args.name ?? null,
      ...(args.state === undefined ? {} : { state: args.state }),
      ...(args.enabled === undefined ? {} : { enabled: wanted.enabled ?? args.enabled }),
      status: state.unit?.properties ?? {},
    }),
  });
}
