import type { Problem } from '../../errors.ts';
import type { PlannedPlay, PlannedStatement } from '../../plan/plan.ts';
import type { Clause } from '../../playbook/ast.ts';
import { holdsTemplate } from '../../playbook/values.ts';
import { type KindOfName, kindOf, kindOfValue } from '../kind-of.ts';
import type { Rule, Subject } from '../rule.ts';

export const nonBooleanCondition: Rule = {
  id: 'non-boolean-condition',
  level: 'warning',
  summary: 'A condition is true or false.',
  explanation: `when, changed_when, failed_when, until and break_when are judged by the truth of whatever they yield, and the text "no" is
true. Ask for what is meant; kplay --strict refuses what is no boolean.

    when: packages                  # a list
    when: packages | length > 0

    when: enabled | default('')     # text where it is not given
    when: enabled | default(false)`,
  check,
};

function* check({ plays }: Subject): Generator<Problem> {
  const seen = new Set<object>();
  for (const { play, reached } of plays) {
    for (const statement of reached.statements) {
      for (const clause of clausesOf(statement)) {
        if (seen.has(clause) || typeof clause.expression === 'boolean' || clause.expression.trim() === '') continue;
        seen.add(clause);
        const kind = kindOf(clause.expression, definedBy(statement, play));
        if (kind === undefined || kind === 'boolean') continue;
        yield {
          message: `This condition may be ${kind}: ${clause.expression.trim()}`,
          at: clause.at,
          hint: hints[kind],
        };
      }
    }
  }
}

const hints: Readonly<Record<string, string>> = {
  text: 'compare it (x == "y"), ask x | length > 0, or write x | bool',
  'a number': 'compare it: x > 0',
  'a list': 'write x | length > 0',
  'a mapping': 'write x | length > 0',
  nothing: 'write x is not none',
};

function clausesOf(statement: PlannedStatement): readonly Clause[] {
  const { changedWhen = [], failedWhen = [], until = [] } = statement.kind === 'task' ? statement : {};
  const loop = statement.kind === 'task' || statement.kind === 'include' ? statement.loop : undefined;
  return [...statement.when, ...changedWhen, ...failedWhen, ...until, ...(loop?.control.breakWhen ?? [])];
}

/** What is written beside the statement, nearest first; a value that only the run knows tells nothing. */
function definedBy({ lexical }: PlannedStatement, { play }: PlannedPlay): KindOfName {
  const { role, vars, includeParams } = lexical;
  const blocks = [
    ...[...includeParams].reverse(),
    ...(role?.params ?? []),
    ...[...vars].reverse(),
    ...(role?.vars ?? []),
    ...(play.vars ? [play.vars] : []),
    ...(role?.defaults ?? []),
  ];
  return (name) => {
    const block = blocks.find(({ values }) => Object.hasOwn(values, name));
    const value = block?.values[name];
    return block === undefined || holdsTemplate(value) ? undefined : kindOfValue(value);
  };
}
