import type { Result } from '../module/definition.ts';
import type { PlannedTask } from '../plan/plan.ts';
import type { Environment } from '../template/environment.ts';
import { rendered, truth } from './connection-settings.ts';
import type { HostState } from './context.ts';
import type { Prepared } from './prepare.ts';
import type { Turn } from './turn.ts';

/** Takes over the variables a result brings: facts, `set_fact` and `include_vars`. */
export function learn({ play, host, task }: Turn, prepared: Prepared, result: Result): void {
  const toDelegate =
    task.inherited.delegate_facts !== undefined && truth(rendered(task.inherited.delegate_facts, prepared.environment));
  const delegate = toDelegate && prepared.runsOn !== host.name;
  know(host, task.module, { ...result, ...(delegate && { ansible_facts: undefined }) });
  if (delegate) know(play.run.host(prepared.runsOn), task.module, { ansible_facts: result['ansible_facts'] });
}

/** What a `run_once` task has brought its host is known to the others as well. */
export function share(hosts: readonly HostState[], task: PlannedTask, result: Result, environment: Environment): void {
  const { delegate_to: delegate, delegate_facts: toDelegate } = task.inherited;
  if (delegate !== undefined && truth(rendered(toDelegate, environment) ?? false)) return;
  const results = Array.isArray(result['results']) ? (result['results'] as readonly Result[]) : [result];
  for (const host of hosts) for (const one of results) know(host, task.module, one);
}

function know(host: HostState, module: string, result: Result): void {
  const { variables } = host;
  const facts = result['ansible_facts'];
  const included = result['ansible_included_vars'];
  if (isRecord(included)) for (const [name, value] of Object.entries(included)) variables.included.set(name, value);
  if (!isRecord(facts)) return;
  const cacheable = result['_ansible_facts_cacheable'] === true || result['_cacheable'] === true;
  for (const [name, value] of Object.entries(facts)) {
    if (module === 'set_fact') {
      variables.registered.set(name, value);
      if (!cacheable) continue;
      variables.facts.set(name, value);
      variables.bareFacts.add(name);
      host.learned = true;
      continue;
    }
    variables.facts.set(name.replace(/^ansible_/, ''), value);
    if (!name.startsWith('ansible_')) variables.bareFacts.add(name);
    host.learned = true;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
