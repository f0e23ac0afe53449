/** The scripts that move the packages of a Debian host, whatever state it is in. */
import { quote } from '../quote.ts';

export interface AptOptions {
  readonly purge?: boolean | undefined;
  readonly autoremove?: boolean | undefined;
  readonly defaultRelease?: string | undefined;
  readonly installRecommends?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly allowUnauthenticated?: boolean | undefined;
  readonly allowDowngrade?: boolean | undefined;
  readonly allowChangeHeldPackages?: boolean | undefined;
  readonly failOnAutoremove?: boolean | undefined;
  readonly onlyUpgrade?: boolean | undefined;
  /** Comma-separated options of dpkg without their dashes. */
  readonly dpkgOptions?: string | undefined;
  /** Exit code of a policy-rc.d that is there while packages are installed: 101 keeps services from being started. */
  readonly policyRcD?: number | undefined;
  /** Seconds to wait for another package manager to finish. */
  readonly lockTimeout?: number | undefined;
}

export interface AptRun {
  /** The command and its names: `['install', 'haproxy=2.6*']`. */
  readonly command: readonly string[];
  /** Fetch the lists first; else they are fetched only when there are none or the command shows that they are old. */
  readonly update: boolean;
  readonly options: AptOptions;
}

/** One apt-get run. Waits for the lock; fetches the lists once, and tries again, when they are the reason of a failure. */
export function aptRun({ command, update, options }: AptRun): string {
  const installs = command[0] !== 'remove' && command[0] !== 'autoremove';
  return `${prelude(options)}
${policy(options.policyRcD)}fresh=
${update ? 'refresh || exit 1' : installs ? "ls /var/lib/apt/lists 2>/dev/null | grep -q '_Packages\\|_InRelease\\|_Release' || refresh" : ''}
run ${command.map(quote).join(' ')}
${installs ? `if [ $code -ne 0 ] && [ -z "$fresh" ]; then case $out in *'Unable to locate package'*|*'has no installation candidate'*|*'Failed to fetch'*|*'Unable to fetch'*|*"Couldn't find any package"*|*' was not found'*) refresh && run ${command.map(quote).join(' ')};; esac; fi` : ''}
finish`;
}

/** Fetches the package lists, trying again with growing pauses (seconds, doubled each time up to `maxDelay`). */
export function aptUpdate(options: AptOptions, retries: number, maxDelay: number): string {
  return `${prelude(options)}
left=${Math.max(0, retries)}; pause=1
until refresh; do
  [ $left -gt 0 ] || break
  left=$((left - 1)); sleep $pause; pause=$((pause * 2)); [ $pause -gt ${maxDelay} ] && pause=${maxDelay}
done
finish`;
}

/** Downloads a package file and installs it; apt's own downloader is there wherever apt is. */
export function aptInstallUrl(url: string, options: AptOptions): string {
  return `${prelude(options)}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
file=$folder/package.deb
out=$(/usr/lib/apt/apt-helper download-file ${quote(url)} "$file" 2>&1 </dev/null) || { printf '%s\\n' "$out" >&2; exit 1; }
chmod 755 "$folder"; chmod 644 "$file"
ls /var/lib/apt/lists 2>/dev/null | grep -q '_Packages\\|_InRelease\\|_Release' || refresh
run install "$file"
finish`;
}

/**
 * `run` leaves the output in `$out` and the code in `$code`. apt waits for dpkg's lock by itself; the lock of the lists it
 * does not wait for, so that is done here. The holder is named by apt's own message, which is what a user gets to see.
 */
function prelude(options: AptOptions): string {
  const seconds = options.lockTimeout ?? 60;
  return `export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical LC_ALL=C.UTF-8 APT_LISTCHANGES_FRONTEND=none
unset LANGUAGE
run() {
  until=$(($(date +%s) + ${seconds}))
  while :; do
    out=$(apt-get -q -y ${flags(options).map(quote).join(' ')} "$@" 2>&1 </dev/null); code=$?
    [ $code -eq 0 ] && return 0
    case $out in
      *'Could not get lock'*|*'Unable to acquire the dpkg frontend lock'*|*'Unable to lock directory'*|*'dpkg frontend lock was locked'*)
        [ "$(date +%s)" -lt $until ] || { out="another package manager kept its lock for ${seconds} s: $out"; return $code; }
        sleep 1;;
      *) return $code;;
    esac
  done
}
# Fetching lists that have not changed leaves their folder as it is: its time is when they were fetched.
refresh() { fresh=yes; run update && touch -c /var/lib/apt/lists /var/lib/apt/periodic/update-success-stamp; }
finish() {
  if [ $code -eq 0 ]; then printf '%s\\n' "$out"; exit 0; fi
  printf '%s\\n' "$out" | grep -v '^\\(Reading\\|Building\\|Get:\\|Hit:\\|Ign:\\|WARNING: apt\\)' >&2
  exit $code
}`;
}

function flags(options: AptOptions): string[] {
  const recommends = options.installRecommends;
  return [
    ...['-o', `DPkg::Lock::Timeout=${options.lockTimeout ?? 60}`],
    ...(options.dpkgOptions ?? 'force-confdef,force-confold')
      .split(',')
      .filter(Boolean)
      .flatMap((option) => ['-o', `Dpkg::Options::=--${option.trim()}`]),
    ...(recommends === undefined ? [] : ['-o', `APT::Install-Recommends=${recommends ? 'yes' : 'no'}`]),
    ...(options.defaultRelease === undefined ? [] : ['-t', options.defaultRelease]),
    ...(options.purge ? ['--purge'] : []),
    ...(options.autoremove ? ['--auto-remove'] : []),
    ...(options.force ? ['--allow-downgrades', '--allow-remove-essential', '--allow-change-held-packages'] : []),
    ...(options.allowUnauthenticated ? ['--allow-unauthenticated'] : []),
    ...(options.allowDowngrade ? ['--allow-downgrades'] : []),
    ...(options.allowChangeHeldPackages ? ['--allow-change-held-packages'] : []),
    ...(options.failOnAutoremove ? ['--no-remove'] : []),
    ...(options.onlyUpgrade ? ['--only-upgrade'] : []),
  ];
}

/** A policy-rc.d for this run only; one that is there already comes back. */
function policy(code: number | undefined): string {
  if (code === undefined) return '';
  return `rcd=/usr/sbin/policy-rc.d; kept=
[ -e $rcd ] && { kept=$rcd.kplay-$$; mv $rcd "$kept" || exit 1; }
trap 'rm -f $rcd; [ -z "$kept" ] || mv "$kept" $rcd' EXIT
printf '#!/bin/sh\\nexit ${code}\\n' >$rcd && chmod 755 $rcd
`;
}
