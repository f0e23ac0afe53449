/** Whether systemd would see something new in its unit files. */
import type { QueryKind } from '../query.ts';
import { systemctl, type UnitScope } from './units.ts';

const folders: Readonly<Record<UnitScope, string>> = {
  system:
    '/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system /etc/fstab /etc/crypttab /etc/init.d',
  user: '/etc/systemd/user /usr/local/lib/systemd/user /usr/lib/systemd/user "$HOME/.config/systemd/user" "$HOME/.local/share/systemd/user"',
  global: '/etc/systemd/user',
};

/**
 * True when a unit file, a drop-in, a link or one of their folders has changed since the manager last read them, or when
 * that cannot be told. systemd's own NeedDaemonReload knows only of units that are loaded.
 */
export const reloadNeededKind: QueryKind<UnitScope, boolean> = {
  name: 'units reload',
  domains: ['units', 'files'],
  id: (scope) => scope,
  script: (scopes) =>
    scopes
      .map(
        (scope) => `(
loaded=$(${systemctl(scope)} show -p UnitsLoadTimestampMonotonic 2>/dev/null) || { echo yes; exit; }
loaded=\${loaded#*=}
case $loaded in ''|*[!0-9]*) echo yes; exit;; esac
read -r up rest </proc/uptime
at=$(($(date +%s%N) / 1000 - \${up%.*}\${up#*.}0000 + loaded - 100000))
new=$(find ${folders[scope]} -newerct "@$((at / 1000000)).$(printf %06d $((at % 1000000)))" 2>&1 | grep -v 'No such file or directory' | head -n 1)
if [ -n "$new" ]; then echo yes; else echo no; fi
)`,
      )
      .join('\n')
      .concat('\n:'),
  parse(stdout, scopes) {
    const answers = stdout.toString().trim().split('\n');
    return scopes.map((_, index) => answers[index] !== 'no');
  },
};
