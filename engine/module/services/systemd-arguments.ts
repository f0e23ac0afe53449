/** The arguments of the modules about systemd units. */

import type { ArgsLiteral, ArgsOf } from '../arguments.ts';
import type { ArgRules } from '../definition.ts';

export const systemdArgs = {
  name: { aliases: ['service', 'unit'], description: 'the unit; a name without a type is a service' },
  state: {
    choices: ['started', 'stopped', 'restarted', 'reloaded'],
    description: '`restarted` and `reloaded` act every time; reloading a stopped unit starts it',
  },
  enabled: { type: 'bool', description: 'start at boot' },
  force: { type: 'bool', description: 'replace links that are in the way of enabling' },
  masked: { type: 'bool', description: 'make it impossible to start' },
  daemon_reload: {
    type: 'bool',
    default: false,
    aliases: ['daemon-reload'],
    description: 'have systemd read its unit files again, if any has changed since it did; never counts as a change',
  },
  daemon_reexec: { type: 'bool', default: false, aliases: ['daemon-reexec'], description: 'start systemd itself anew' },
  scope: { choices: ['system', 'user', 'global'], default: 'system', description: 'whose units' },
  no_block: { type: 'bool', default: false, description: 'do not wait until the unit has started or stopped' },
} as const satisfies ArgsLiteral;

export type SystemdArgs = ArgsOf<typeof systemdArgs>;

export const systemdRules: ArgRules = {
  requiredOneOf: [['state', 'enabled', 'masked', 'daemon_reload', 'daemon_reexec']],
  requiredIf: [
    ...systemdArgs.state.choices.map((state) => ['state', state, ['name']] as const),
    ...[true, false].flatMap((on) => [['enabled', on, ['name']] as const, ['masked', on, ['name']] as const]),
  ],
};

export const systemdReturns = {
  name: 'the unit as the task names it',
  state: 'the state asked for',
  enabled: 'whether it starts at boot',
  status: 'what systemctl show said before',
};
