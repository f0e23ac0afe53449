/** The scripts that end a process and all its descendants on a host which has /proc and nothing but a shell. */

/** TERM for all, then, a second and a bit later at most, KILL for those left and for what they started meanwhile. `pid` may be a variable of the shell. */
export function killTree(pid: number | `$${string}`): string {
  return `
tree() {
  grew=1
  while [ "$grew" ]; do
    grew=
    for stat in /proc/[0-9]*/stat; do
      read -r line <"$stat" || continue
      child=\${line%% *} rest=\${line##*) } rest=\${rest#* } parent=\${rest%% *}
      case $pids in *" $child "*) continue ;; esac
      case $pids in *" $parent "*) pids="$pids$child " grew=1 ;; esac
    done
  done
}
# what nobody has reaped yet is dead all the same
alive() {
  read -r line <"/proc/$1/stat" || return 1
  line=\${line##*) }
  [ "\${line%% *}" != Z ]
}
exec 2>/dev/null
pids=" ${pid} "
tree
kill -TERM $pids
for wait in 1 2 3 4 5 6; do
  left=
  for child in $pids; do alive $child && left=1; done
  [ "$left" ] || exit 0
  sleep 0.2 || { sleep 1; break; }
done
tree
kill -KILL $pids
:`;
}

/** As {@link killTree} for a shell of frames: when its script is dead it does not go on to the next. */
export function killShell(pid: number): string {
  return `kill -USR1 ${pid}\n${killTree(pid)}`;
}
