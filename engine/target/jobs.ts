/**
 * Jobs: scripts that run on a host on their own, in a session of their own, and outlive the connection. Each has a folder
 * that only its user can read; what it prints, its exit code and its times end up there.
 */
import { killTree } from '../connection/kill-tree.ts';
import { quote } from '../connection/quote.ts';
import { ModuleFailure } from './failure.ts';
import type { Completed, Target } from './target.ts';

/** Where jobs lie unless told: below the home of the user they run as. */
export const usualFolder = '~/.ansible_async';

export interface JobStart {
  readonly id: string;
  readonly folder: string;
  /** After so many seconds it is killed, with all it has started. */
  readonly seconds: number;
  /** POSIX sh. It travels as input and lies in the job's folder until it has ended: it may hold secrets. */
  readonly script: string;
}

/** Starts a job; answers with the absolute path of its folder. Throws ModuleFailure where it cannot be started. */
export async function startJob(target: Target, { id, folder, seconds, script }: JobStart): Promise<string> {
  const { code, stdout, stderr } = await target.observe({
    script: launcher(jobPath(folder, id), seconds),
    stdin: script,
  });
  if (code !== 0) throw new ModuleFailure(`the job cannot be started: ${stderr.toString('utf8').trim()}`);
  return stdout.toString('utf8').trim();
}

/** What is known of a job: `missing` where it has no folder, `lost` where it ended without a word (the host was restarted). */
export type JobState =
  | { readonly kind: 'missing' }
  | { readonly kind: 'running' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'ended'; readonly path: string; readonly completed: Completed };

/** Looks at a job by its folder; bytes kept of each stream: `outputLimit`. */
export async function lookAtJob(target: Target, path: string, outputLimit = 1024 * 1024): Promise<JobState> {
  const seen = await target.observe({ script: looker(path), outputLimit });
  const lineEnd = seen.stdout.indexOf('\n');
  const line = seen.stdout.subarray(0, Math.max(lineEnd, 0)).toString('utf8');
  const [word, code, start, from, to, late, at] = line.split('|');
  if (word === 'running' || word === 'lost' || word === 'missing') return { kind: word };
  if (word !== 'ended')
    throw new ModuleFailure(`the job in ${path} cannot be looked at: ${seen.stderr.toString().trim()}`);
  const seconds = Math.max(0, Number(to) - Number(from));
  return {
    kind: 'ended',
    path: at ?? path,
    completed: {
      code: Number(code),
      stdout: seen.stdout.subarray(lineEnd + 1),
      stderr: seen.stderr,
      truncated: seen.truncated,
      timedOut: late === 'late',
      start: start ?? '',
      end: new Date(Date.parse(start ?? '') + seconds * 1000).toISOString(),
      seconds,
    },
  };
}

/** The failure of a job that is `lost`, or `missing` though it was begun. */
export const jobWithoutResult = (): ModuleFailure =>
  new ModuleFailure('the job ended without a result: was the host restarted, or its folder removed?');

/** Removes what lies in a job's folder, and ends the job and all it has started, within about two seconds. */
export async function endJob(target: Target, path: string): Promise<void> {
  const d = shellPath(path);
  // its script, which may hold secrets, goes first: ending can take longer than the run waits
  await target.observe({ script: `read -r pid <${d}/pid || exit 0\nrm -rf -- ${d}\n${killTree('$pid')}` });
}

/** Removes what lies in the folder of a job that has ended. */
export async function clearJob(target: Target, path: string): Promise<void> {
  await target.observe({ script: `rm -rf -- ${shellPath(path)}` });
}

export const jobPath = (folder: string, id: string): string => `${folder.replace(/\/+$/, '')}/${id}`;

/** The path as a word of shell; `~/` is the home of whoever runs it. */
const shellPath = (path: string) => (path.startsWith('~/') ? `"$HOME"${quote(path.slice(1))}` : quote(path));

function launcher(path: string, seconds: number): string {
  const start = new Date().toISOString();
  return `mask=$(umask)
umask 077
d=${shellPath(path)}
mkdir -p "$d" && cat >"$d/script" && printf '%s\\n' ${start} >"$d/start" || exit 1
set -- nohup
command -v setsid >/dev/null && set -- setsid
"$@" /bin/sh -c ${quote(runner)} kplay-job "$d" ${seconds} "$mask" </dev/null >/dev/null 2>&1 &
printf '%s\\n' "$!" >"$d/pid"
printf '%s\\n' "$d"`;
}

/** The job itself, and who watches its time. Its code is written last, by a rename: once that is there, all is. */
const runner = `d=$1 seconds=$2 mask=$3
read -r from rest </proc/uptime
(umask "$mask"; exec /bin/sh "$d/script") >"$d/stdout" 2>"$d/stderr" </dev/null &
pid=$!
(
  trap 'kill $nap 2>/dev/null; exit' TERM
  sleep "$seconds" &
  nap=$!
  wait $nap
  trap '' TERM
  : >"$d/late"
  ${killTree('$pid')}
) &
watch=$!
wait $pid
code=$?
[ -e "$d/late" ] || kill $watch
wait $watch
read -r to rest </proc/uptime
printf '%s|%s|%s\\n' "$code" "$from" "$to" >"$d/code.new"
rm -f "$d/script"
mv "$d/code.new" "$d/code"`;

function looker(path: string): string {
  return `d=${shellPath(path)}
[ -d "$d" ] || { echo missing; exit; }
if [ ! -e "$d/code" ]; then
  read -r pid <"$d/pid"
  [ -d "/proc/$pid" ] && { echo running; exit; }
  [ -e "$d/code" ] || { echo lost; exit; }
fi
IFS='|' read -r code from to <"$d/code"
read -r start <"$d/start"
late=
[ -e "$d/late" ] && late=late
printf '%s|' ended "$code" "$start" "$from" "$to" "$late"
printf '%s\\n' "$d"
cat "$d/stdout"
cat "$d/stderr" >&2`;
}
