/** Conditions: `when`, `changed_when`, `failed_when`, `until`, `break_when`. A list means "and"; the first clause that decides is named. */
import type { Clause } from '../playbook/ast.ts';
import type { Environment } from '../template/environment.ts';
import { TemplateError } from '../template/errors.ts';
import { isNumeric } from '../template/python/numbers.ts';
import { evaluateExpression, isTemplate, renderValue, truthy } from '../template/render.ts';
import { isUnknown } from '../template/values.ts';
import type { Run } from './context.ts';

/** What a result says that was skipped for its condition. */
export const falseCondition = 'Conditional result was False';

export type Verdict =
  | { readonly holds: true }
  | { readonly holds: false; readonly clause: string }
  /** Only the run can tell; everything before it held. */
  | { readonly holds: 'unknown'; readonly clause: string; readonly reason: string };

/**
 * Evaluates clauses in order. A clause that is no boolean is judged by its truth, with a warning that names it.
 * @throws TemplateError for what cannot be evaluated, and with `--strict` for what is no boolean
 */
export function judge(
  clauses: readonly Clause[],
  environment: Environment,
  run: Pick<Run, 'options' | 'emit'>,
): Verdict {
  let unknown: Verdict | undefined;
  for (const clause of clauses) {
    const value = clauseValue(clause, environment);
    if (isUnknown(value)) {
      unknown ??= { holds: 'unknown', clause: String(clause.expression), reason: value.reason };
      continue;
    }
    if (typeof value !== 'boolean') tellLoose(clause, value, run);
    if (!truthy(value)) return { holds: false, clause: String(clause.expression) };
  }
  return unknown ?? { holds: true };
}

function tellLoose({ expression, at }: Clause, value: unknown, { options, emit }: Pick<Run, 'options' | 'emit'>): void {
  const kind = value === null ? 'none' : Array.isArray(value) ? 'a list' : isNumeric(value) ? 'number' : typeof value;
  const message = `the condition "${expression}" is not a boolean (it is ${kind}); say what it should be compared with`;
  if (options.strict) throw new TemplateError(message, { at });
  emit({ type: 'warning', message, at });
}

function clauseValue(clause: Clause, environment: Environment): unknown {
  if (typeof clause.expression === 'boolean') return clause.expression;
  // `when: "{{ x }}"` is frowned upon, and used: a template that yields text is read as the expression it spells.
  if (isTemplate(clause.expression)) {
    const value = renderValue(clause.expression, environment, clause.at);
    return typeof value === 'string' ? textVerdict(value) : value;
  }
  if (clause.expression.trim() === '') return true;
  return evaluateExpression(clause.expression, environment, clause.at);
}

function textVerdict(text: string): unknown {
  if (/^(true|yes|on)$/i.test(text)) return true;
  return /^(false|no|off)$/i.test(text) ? false : text;
}
