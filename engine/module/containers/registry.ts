/** Commands of docker that talk to a registry. */
import { quote } from '../../target/quote.ts';

/**
 * Shell text that runs a command about an image, and ends as it does.
 *
 * Go's resolver, which docker has, reads /etc/hosts every 5 s at most: of a name that was written there just before it says
 * "no such host". While the host itself knows the name, docker is asked again.
 */
export function atRegistry(command: string, reference: string): string {
  const registry = /^([^/]*[.:][^/]*)\//.exec(reference)?.[1]?.replace(/:\d+$/, '');
  if (registry === undefined) return `${command} </dev/null`;
  return [
    `for k in 1 2 3 4 5 6 7; do r=0; w=$(${command} 2>&1 </dev/null) || r=$?`,
    `case $w in *"no such host"*) getent hosts ${quote(registry)} >/dev/null && sleep 1 || break;; *) break;; esac; done`,
    `[ $r -eq 0 ] && printf '%s\\n' "$w" || { printf '%s\\n' "$w" >&2; (exit $r); }`,
  ].join('\n');
}
