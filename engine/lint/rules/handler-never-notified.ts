import { join } from 'node:path';
import type { Problem } from '../../errors.ts';
import { type Documents, filesBelow } from '../../plan/documents.ts';
import { isMapping } from '../../playbook/node.ts';
import { holdsTemplate } from '../../playbook/values.ts';
import type { Rule, Subject } from '../rule.ts';

export const handlerNeverNotified: Rule = {
  id: 'handler-never-notified',
  level: 'warning',
  summary: 'Every handler is notified by some task.',
  explanation: `A handler runs only when a task that changed something notifies it, by its name or by a topic it listens to. Nothing that
can be reached notifies this one: its name is mistyped, or it is not needed. A role's handler may be notified by any file of its
role, since not every playbook uses all of them, and by any of the playbooks given.`,
  check,
};

function* check({ plays, documents }: Subject): Generator<Problem> {
  const notified = new Set<string>();
  const silent = new Map<string, Problem>();
  for (const { reached } of plays) {
    const words = new Set(reached.statements.flatMap(({ notify }) => notify.map(({ value }) => value)));
    // a name that only the run knows may be any
    const anything = reached.open || [...words].some(holdsTemplate);
    for (const { task, names, listen } of reached.handlers) {
      const { file, line, column } = task.at;
      const key = `${file}:${line}:${column}`;
      const called = [...names, ...listen];
      const role = task.lexical.role?.path;
      const heard = (word: string) => words.has(word) || holdsTemplate(word) || inRole(role, word, documents);
      if (anything || called.some(heard)) notified.add(key);
      else silent.set(key, { message: `No task notifies the handler "${called[0] ?? task.name ?? ''}".`, at: task.at });
    }
  }
  for (const [key, problem] of silent) if (!notified.has(key)) yield problem;
}

function inRole(role: string | undefined, word: string, documents: Documents): boolean {
  if (role === undefined) return false;
  const files = ['tasks', 'handlers'].flatMap((folder) => filesBelow(documents.files, join(role, folder)));
  return files
    .filter((file) => /\.(?:ya?ml|json)$/.test(file))
    .some((file) => notifies(documents.yaml(file, [])?.value, word));
}

/** Whether a task, however deep, notifies a handler by this word, or by one that only the run knows. */
function notifies(value: unknown, word: string): boolean {
  if (Array.isArray(value)) return value.some((item) => notifies(item, word));
  if (!isMapping(value)) return false;
  const words = [value['notify']].flat(2);
  return (
    words.some((one) => one === word || holdsTemplate(one)) || Object.values(value).some((one) => notifies(one, word))
  );
}
