/** The scripts that move the packages of hosts with dnf or yum. */
import { quote } from '../quote.ts';

export interface RpmOptions {
  /** Options that dnf and yum share, ready to be quoted. */
  readonly flags: readonly string[];
  /** Seconds to wait for another package manager to finish. */
  readonly lockTimeout: number;
}

/** One run of dnf, or of yum where there is no dnf; `words` are its command and names. */
export function rpmRun(words: readonly string[], { flags, lockTimeout }: RpmOptions, cleanFirst: boolean): string {
  return `export LC_ALL=C
for t in dnf dnf5 microdnf yum; do command -v $t >/dev/null 2>&1 && break; done
until=$(($(date +%s) + ${lockTimeout}))
while :; do
  ${cleanFirst ? '$t -q clean expire-cache >/dev/null 2>&1 </dev/null; ' : ''}out=$($t -y ${flags.map(quote).join(' ')} ${words.map(quote).join(' ')} 2>&1 </dev/null); code=$?
  [ $code -eq 0 ] && break
  case $out in
    *'holding the yum lock'*|*'Failed to obtain'*'lock'*|*'lock is held'*|*'Existing lock'*|*'exit_on_lock'*|*"can't create transaction lock"*)
      [ "$(date +%s)" -lt $until ] || { out="another package manager kept its lock for ${lockTimeout} s: $out"; break; }
      sleep 1;;
    *) break;;
  esac
done
if [ $code -eq 0 ]; then printf '%s\\n' "$out"; else printf '%s\\n' "$out" | grep -v '^Last metadata' >&2; exit $code; fi`;
}
