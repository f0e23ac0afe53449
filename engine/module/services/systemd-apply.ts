/** Moves a unit to where a task wants it: reload, reexec, mask, enable, state, in this order and in one script. */
import { ModuleFailure } from '../../target/failure.ts';
import { reloadNeededKind } from '../../target/queries/unit-files.ts';
import { systemctl, unitKey, unitKind, unitName } from '../../target/queries/units.ts';
import { type Effect, effect } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import type { Target } from '../../target/target.ts';
import type { Change, Result } from '../definition.ts';
import type { SystemdArgs } from './systemd-arguments.ts';
import type { SystemdState } from './systemd-state.ts';

export async function applySystemd(
  args: SystemdArgs,
  state: SystemdState,
  change: Change<SystemdState>,
  target: Target,
): Promise<Result> {
  const name = unitName(args.name ?? '');
  const verb = verbOf(change);
  const steps = [
    ...(change.reloaded ? ['daemon-reload'] : []),
    ...(change.reexecuted ? ['daemon-reexec'] : []),
    ...(change.masked ? [`${change.masked.after ? 'mask' : 'unmask'} ${quote(name)}`] : []),
    ...(change.enabled ? [enabling(args, change.enabled.after, name)] : []),
    ...(verb ? [`${verb}${args.no_block ? ' --no-block' : ''} ${quote(name)}`] : []),
  ];
  const call = systemctl(args.scope);
  const script = [
    'export LC_ALL=C SYSTEMD_COLORS=0 SYSTEMD_PAGER= SYSTEMD_LESS=',
    ...steps.map((step, index) => {
      const run = `${call} ${step} </dev/null`;
      return verb && index === steps.length - 1 ? `${run} || { ${reason(call, args, name)}; }` : `${run} || exit $?`;
    }),
  ].join('\n');
  // As in Ansible, reading unit files again is no change of the host.
  const inert = Object.keys(change).every((field) => field === 'reloaded');
  const summary = `systemctl ${steps.map((step) => step.replaceAll("'", '')).join(', ')}`;
  try {
    await target.mutate({
      summary,
      script,
      effects: effects(args, state, change),
      inert,
      ...(verb ? {} : { touches: ['units', 'files'] as const }),
    });
  } catch (error) {
    throw verb ? explained(error, name, verb) : error;
  }
  return inert ? { changed: false } : {};
}

type Verb = 'start' | 'stop' | 'restart' | 'reload';

function verbOf(change: Change<SystemdState>): Verb | undefined {
  if (change.restarted) return 'restart';
  if (change.configurationReloaded) return 'reload';
  if (change.active) return change.active.after ? 'start' : 'stop';
  return undefined;
}

function enabling(args: SystemdArgs, on: boolean, name: string): string {
  return `${on ? 'enable' : 'disable'}${args.force ? ' --force' : ''} ${quote(name)}`;
}

/** What becomes known of a unit that would not: each part behind a record separator on stderr. */
function reason(call: string, args: SystemdArgs, name: string): string {
  const journal = args.scope === 'user' ? 'journalctl --user --user-unit' : 'journalctl -u';
  return `code=$?
printf '\\036' >&2; ${call} show -p LoadState,LoadError,ActiveState,SubState,Result,ExecMainCode,ExecMainStatus,ConditionResult -- ${quote(name)} >&2 2>/dev/null
printf '\\036' >&2; command -v journalctl >/dev/null 2>&1 && ${journal} ${quote(name)} -n 20 --no-pager -q -o cat >&2 2>/dev/null
exit $code`;
}

function explained(error: unknown, name: string, verb: Verb): unknown {
  if (!(error instanceof ModuleFailure)) return error;
  const [said = '', shown = '', journal = ''] = String(error.result['stderr'] ?? error.message).split('\x1e');
  if (shown === '') return error;
  const property = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(shown)?.[1] ?? '';
  const [result, status] = [property('Result'), property('ExecMainStatus')];
  const load = property('LoadState');
  const why = {
    masked: 'it is masked',
    'not-found': 'there is no such unit',
    'bad-setting': `its unit file is wrong: ${property('LoadError')}`,
    error: `its unit file cannot be read: ${property('LoadError')}`,
  }[load];
  const ended =
    result === 'exit-code' ? `it exited with status ${status}` : result === 'success' || result === '' ? '' : result;
  const lines = journal.trim().split('\n').filter(Boolean).slice(-20);
  const because = why ?? (ended || said.trim().split('\n')[0] || `exit code ${error.result['rc']}`);
  const log = lines.length > 0 ? `\nlast lines of its journal:\n${lines.map((line) => `  ${line}`).join('\n')}` : '';
  const past = { start: 'did not start', stop: 'did not stop', restart: 'did not restart', reload: 'did not reload' }[
    verb
  ];
  const rest = { rc: error.result['rc'], stderr: said.trim(), journal_lines: lines };
  return new ModuleFailure(`${name} ${past}: ${because}${log}`, rest, { cause: error });
}

function effects(args: SystemdArgs, { unit }: SystemdState, change: Change<SystemdState>): Effect[] {
  const reloaded = change.reloaded ? [effect(reloadNeededKind, args.scope, false)] : [];
  if (!unit) return reloaded;
  const active = change.restarted ? true : change.active?.after;
  const enabled = change.enabled?.after;
  const masked = change.masked?.after;
  const fileState = masked
    ? 'masked'
    : enabled === undefined
      ? masked === false
        ? 'disabled'
        : unit.fileState
      : enabled
        ? 'enabled'
        : 'disabled';
  const after = {
    ...unit,
    exists: unit.exists || active !== undefined || enabled !== undefined,
    active: active === undefined ? unit.active : active ? 'active' : 'inactive',
    fileState,
    needsReload: unit.needsReload && !change.reloaded,
  };
  const properties = { ...unit.properties, ActiveState: after.active, UnitFileState: fileState };
  return [...reloaded, effect(unitKind, unitKey(unit.name, args.scope), { ...after, properties })];
}
