/** What a task about a unit reads, and what it asks for. */
import { ModuleFailure } from '../../target/failure.ts';
import { reloadNeededKind } from '../../target/queries/unit-files.ts';
import { similarUnit, unitKey, unitKind, unitName, unitNamesKind } from '../../target/queries/units.ts';
import type { UnitState } from '../../target/state.ts';
import type { ReadableTarget } from '../../target/target.ts';
import type { SystemdArgs } from './systemd-arguments.ts';

export interface SystemdState {
  /** systemd's unit files are as it read them. */
  readonly reloaded: boolean;
  readonly reexecuted: boolean;
  readonly masked: boolean;
  readonly enabled: boolean;
  readonly active: boolean;
  /** What is asked for every time: never so beforehand. */
  readonly restarted: boolean;
  readonly configurationReloaded: boolean;
  /** Everything systemd says about it; never asked for. */
  readonly unit: UnitState | undefined;
  readonly similar: string;
}

export async function probeSystemd(args: SystemdArgs, target: ReadableTarget): Promise<SystemdState> {
  const { name, scope } = args;
  if (name !== undefined && /[*?[]/.test(name)) throw new ModuleFailure(`"${name}" is a pattern: name each unit`);
  const [unit, stale] = await Promise.all([
    name === undefined ? undefined : target.query(unitKind, unitKey(name, scope)),
    args.daemon_reload ? target.query(reloadNeededKind, scope) : false,
  ]);
  const lost = name !== undefined && unit !== undefined && !unit.exists && needsUnit(args);
  const similar = lost ? similarUnit(name, await target.query(unitNamesKind, scope)) : '';
  return {
    reloaded: !(stale || (args.daemon_reload && unit?.needsReload)),
    reexecuted: false,
    masked: unit !== undefined && /^masked/.test(unit.fileState),
    enabled: unit?.fileState === 'enabled',
    active: unit !== undefined && isRunning(unit, args),
    restarted: false,
    configurationReloaded: false,
    unit,
    similar,
  };
}

/** @throws ModuleFailure for a unit that is not there, or is masked and shall run. */
export function wantedOfSystemd(args: SystemdArgs, state: SystemdState): Partial<SystemdState> {
  const { unit } = state;
  if (unit && !unit.exists && needsUnit(args) && state.reloaded) {
    throw new ModuleFailure(
      `Could not find the requested service ${args.name}: systemd knows no unit ${unitName(args.name ?? '')}.${state.similar}`,
      { name: args.name },
    );
  }
  const runs = args.state !== undefined && args.state !== 'stopped';
  if (unit?.exists && state.masked && args.masked !== false && (runs || args.enabled)) {
    throw new ModuleFailure(`${unit.name} is masked: it can be neither started nor enabled before \`masked: false\``);
  }
  return {
    ...(args.daemon_reload ? { reloaded: true } : {}),
    ...(args.daemon_reexec ? { reexecuted: true } : {}),
    ...(args.masked === undefined ? {} : { masked: args.masked }),
    ...(args.enabled === undefined || hasNoInstallation(unit) ? {} : { enabled: args.enabled }),
    ...wantedActivity(args, state),
  };
}

function wantedActivity(args: SystemdArgs, state: SystemdState): Partial<SystemdState> {
  if (args.state === 'started') return { active: true };
  if (args.state === 'stopped') return { active: false };
  if (args.state === 'restarted') return { restarted: true };
  if (args.state === 'reloaded') return state.active ? { configurationReloaded: true } : { active: true };
  return {};
}

/** Masking works on what is not installed yet; everything else needs the unit. */
function needsUnit(args: SystemdArgs): boolean {
  return args.state !== undefined || args.enabled !== undefined;
}

/** A unit on its way down still has to be stopped; one on its way up need not be started. */
function isRunning(unit: UnitState, args: SystemdArgs): boolean {
  const running = ['active', 'activating', 'reloading', 'refreshing'];
  return running.includes(unit.active) || (args.state === 'stopped' && unit.active === 'deactivating');
}

/** Nothing enables or disables a unit without an [Install] section: it runs when others want it. */
function hasNoInstallation(unit: UnitState | undefined): boolean {
  return ['static', 'transient'].includes(unit?.fileState ?? '');
}
