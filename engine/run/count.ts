import type { Result } from '../module/definition.ts';
import type { HostState } from './context.ts';
import type { Once } from './once.ts';

/** Counts an outcome in the host's recap line. */
export function count(
  { recap }: HostState,
  { status, ignored, result }: Pick<Once, 'status' | 'ignored' | 'result'>,
): void {
  if (status === 'ok' || status === 'changed') recap.ok += 1;
  if (status === 'changed') recap.changed += 1;
  if (status === 'skipped') recap.skipped += 1;
  if (status === 'failed' && !ignored) recap.failed += 1;
  if ((status === 'failed' || status === 'unreachable') && ignored) {
    recap.ok += 1;
    recap.ignored += 1;
    if (result['changed'] === true) recap.changed += 1;
  }
  if (status === 'unreachable' && !ignored) recap.unreachable += 1;
}

/** What the rescue that is to come may ask about. */
export function rememberFailure(host: HostState, task: Readonly<Record<string, unknown>>, result: Result): void {
  host.variables.registered.set('ansible_failed_task', task);
  host.variables.registered.set('ansible_failed_result', result);
}
