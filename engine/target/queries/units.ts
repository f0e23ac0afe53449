/** The state of systemd units, all that are asked for by one `systemctl show`. */
import { didYouMean } from '../../source/suggest.ts';
import { ModuleFailure } from '../failure.ts';
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';
import type { UnitState } from '../state.ts';

export type UnitScope = 'system' | 'user' | 'global';

const suffixes = 'service|socket|device|mount|automount|swap|target|path|timer|slice|scope';

/** The name with its type: `nginx` is `nginx.service`. */
export function unitName(name: string): string {
  return new RegExp(`\\.(${suffixes})$`).test(name) ? name : `${name}.service`;
}

/** A key of {@link unitKind}: `system nginx.service`. */
export function unitKey(name: string, scope: UnitScope = 'system'): string {
  return `${scope} ${unitName(name)}`;
}

/** How a scope is reached; the manager of a user is found through its runtime directory. */
export function systemctl(scope: UnitScope): string {
  if (scope === 'system') return 'systemctl';
  if (scope === 'global') return 'systemctl --global';
  return 'XDG_RUNTIME_DIR="$' + '{XDG_RUNTIME_DIR:-/run/user/$(id -u)}" systemctl --user';
}

const properties = [
  ...[
    'Id',
    'Names',
    'Description',
    'LoadState',
    'LoadError',
    'ActiveState',
    'SubState',
    'UnitFileState',
    'UnitFilePreset',
  ],
  ...[
    'FragmentPath',
    'DropInPaths',
    'SourcePath',
    'NeedDaemonReload',
    'Result',
    'MainPID',
    'ControlPID',
    'ExecMainPID',
  ],
  ...['ExecMainCode', 'ExecMainStatus', 'StatusText', 'StatusErrno', 'Type', 'Restart', 'NRestarts', 'User', 'Group'],
  ...['CanStart', 'CanStop', 'CanReload', 'RefuseManualStart', 'RefuseManualStop', 'ActiveEnterTimestamp'],
  ...[
    'InactiveEnterTimestamp',
    'StateChangeTimestamp',
    'ExecMainStartTimestamp',
    'ConditionResult',
    'MemoryCurrent',
    'TasksCurrent',
  ],
  ...[
    'WorkingDirectory',
    'RootDirectory',
    'ControlGroup',
    'Slice',
    'After',
    'Before',
    'Requires',
    'Wants',
    'WantedBy',
    'PartOf',
  ],
].join(',');

/** Starts a part of the answer: a record separator, which no property holds, and the part's name. */
const mark = (name: string): string => `printf '\\036%s\\n' ${quote(name)}`;

/**
 * The state of the unit named by a key of {@link unitKey}. A unit that systemd does not know is `{ exists: false }`.
 * @throws ModuleFailure when the host does not run systemd.
 */
export const unitKind: QueryKind<string, UnitState> = {
  name: 'unit',
  domains: ['units'],
  id: normal,
  script(asked) {
    const keys = asked.map(normal);
    const lines = [
      'export LC_ALL=C SYSTEMD_COLORS=0 SYSTEMD_PAGER=',
      `command -v systemctl >/dev/null 2>&1 || { ${mark('none')}; echo 'systemctl was not found'; exit 0; }`,
    ];
    for (const scope of ['system', 'user'] as const) {
      const names = plain(keys, scope);
      if (names.length === 0) continue;
      const words = names.map(quote).join(' ');
      lines.push(
        mark(`show ${scope}`),
        // Only the whole call can fail, as with no bus: a unit that is not found still gets a block.
        `out=$(${systemctl(scope)} show --no-pager -p ${properties} -- ${words} 2>&1) || { ${mark('none')}; printf '%s\\n' "$out"; exit 0; }`,
        `printf '%s\\n' "$out"`,
        `case $out in *UnitFileState=generated*) ${mark('init')}; ls /etc/rc[2-5].d 2>/dev/null;; esac`,
      );
    }
    for (const key of keys.filter(isFileOnly)) {
      const [scope, name] = split(key);
      lines.push(
        mark(`file ${key}`),
        `${systemctl(scope)} list-unit-files --no-legend --no-pager -- ${quote(name)} 2>/dev/null`,
      );
    }
    return `${lines.join('\n')}\n:`;
  },
  parse(stdout, asked) {
    const keys = asked.map(normal);
    const parts = new Map<string, string>();
    for (const part of stdout.toString().split('\x1e').slice(1)) {
      const end = part.indexOf('\n');
      parts.set(part.slice(0, end), part.slice(end + 1));
    }
    const none = parts.get('none');
    if (none !== undefined) {
      throw new ModuleFailure(`the host does not run systemd: ${none.trim().split('\n').slice(0, 2).join(' ')}`);
    }
    const startedAtBoot = new Set(
      (parts.get('init') ?? '').split('\n').flatMap((line) => /^S\d\d(.+)$/.exec(line)?.[1] ?? []),
    );
    const shown = new Map<string, UnitState>();
    for (const scope of ['system', 'user'] as const) {
      const blocks = (parts.get(`show ${scope}`) ?? '').trim().split(/\n\n+/);
      plain(keys, scope).forEach((name, index) => {
        shown.set(`${scope} ${name}`, fromProperties(name, blocks[index] ?? '', startedAtBoot));
      });
    }
    return keys.map((key) => shown.get(key) ?? fromList(split(key)[1], parts.get(`file ${key}`) ?? ''));
  },
};

/** The names of all units of a scope, loaded or only on disk: what a mistyped name may have meant. */
export const unitNamesKind: QueryKind<UnitScope, readonly string[]> = {
  name: 'unit names',
  domains: ['units'],
  id: (scope) => scope,
  script: (scopes) =>
    `export LC_ALL=C\n${scopes
      .map(
        (scope) =>
          `${mark(scope)}; ${systemctl(scope)} list-unit-files --no-legend --no-pager 2>/dev/null` +
          (scope === 'global'
            ? ''
            : `; ${systemctl(scope)} list-units --all --plain --no-legend --no-pager 2>/dev/null`),
      )
      .join('\n')}\n:`,
  parse(stdout, scopes) {
    const parts = stdout.toString().split('\x1e').slice(1);
    return scopes.map((_, index) => {
      const lines = (parts[index] ?? '').split('\n').slice(1);
      return [...new Set(lines.map((line) => line.trim().split(/\s+/)[0] ?? '').filter((name) => name.includes('.')))];
    });
  },
};

/** What to tell a user whose unit does not exist: ` Did you mean "sshd.service"?`, or nothing. */
export function similarUnit(name: string, names: readonly string[]): string {
  const full = unitName(name);
  const guess = didYouMean(full, names);
  if (guess) return guess;
  const stem = full.slice(0, full.lastIndexOf('.'));
  const near =
    stem.length < 3
      ? undefined
      : names.find((one) => one.startsWith(stem) || stem.startsWith(one.replace(/\.[^.]+$/, '')));
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

function normal(key: string): string {
  const [scope, name] = split(key);
  return unitKey(name, scope);
}

function split(key: string): [UnitScope, string] {
  const space = key.indexOf(' ');
  return [key.slice(0, space) as UnitScope, key.slice(space + 1)];
}

/** Templates and globally enabled units have a file but no state: `systemctl show` refuses them. */
function isFileOnly(key: string): boolean {
  const [scope, name] = split(key);
  return isUnitName(name) && (scope === 'global' || name.includes('@.'));
}

/** What systemd accepts as a unit's name; asking for anything else fails the whole call. */
function isUnitName(name: string): boolean {
  return name.length < 256 && /^[A-Za-z0-9:_.\\@-]+$/.test(name) && !name.startsWith('-') && !name.startsWith('@');
}

function plain(keys: readonly string[], scope: UnitScope): string[] {
  return keys
    .filter((key) => split(key)[0] === scope && !isFileOnly(key) && isUnitName(split(key)[1]))
    .map((key) => split(key)[1]);
}

function fromProperties(name: string, block: string, startedAtBoot: ReadonlySet<string>): UnitState {
  const found: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) found[line.slice(0, equals)] = line.slice(equals + 1);
  }
  const loaded = found.LoadState ?? 'not-found';
  let fileState = found.UnitFileState ?? '';
  if (fileState === 'generated') fileState = startedAtBoot.has(name.replace(/\.service$/, '')) ? 'enabled' : 'disabled';
  return {
    name,
    exists: loaded !== 'not-found',
    active: found.ActiveState ?? 'inactive',
    fileState,
    needsReload: found.NeedDaemonReload === 'yes',
    properties: found,
  };
}

function fromList(name: string, list: string): UnitState {
  const line = list.split('\n').find((one) => one.trim().split(/\s+/)[0] === name);
  const fileState = line?.trim().split(/\s+/)[1] ?? '';
  const exists = line !== undefined;
  return { name, exists, active: 'inactive', fileState, needsReload: false, properties: {} };
}
