import type { Result } from '../module/definition.ts';
import { rendered, truth } from './connection-settings.ts';
import type { Prepared } from './prepare.ts';
import type { Turn } from './turn.ts';

/** Takes over the variables a result brings: facts, `set_fact` and `include_vars`. */
export function learn({ play, host, task }: Turn, prepared: Prepared, result: Result): void {
  const facts = result['ansible_facts'];
  const included = result['ansible_included_vars'];
  if (isRecord(included)) {
    for (const [name, value] of Object.entries(included)) host.variables.included.set(name, value);
  }
  if (!isRecord(facts)) return;
  const toDelegate =
    task.inherited.delegate_facts !== undefined && truth(rendered(task.inherited.delegate_facts, prepared.environment));
  const receiver = toDelegate && prepared.runsOn !== host.name ? play.run.host(prepared.runsOn) : host;
  for (const [name, value] of Object.entries(facts)) {
    if (task.module === 'set_fact') {
      receiver.variables.registered.set(name, value);
      if (result['_ansible_facts_cacheable'] === true || result['_cacheable'] === true)
        receiver.variables.facts.set(name, value);
      continue;
    }
    receiver.variables.facts.set(name.replace(/^ansible_/, ''), value);
    if (!name.startsWith('ansible_')) receiver.variables.bareFacts.add(name);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
