/** All rules, in the order `--explain` lists them. */
import type { Rule } from './rule.ts';
import { commandInsteadOfModule } from './rules/command-instead-of-module.ts';
import { handlerNeverNotified } from './rules/handler-never-notified.ts';
import { missingFile } from './rules/missing-file.ts';
import { nonBooleanCondition } from './rules/non-boolean-condition.ts';
import * as ofThePlan from './rules/plan-rules.ts';
import { secretFileMode } from './rules/secret-file-mode.ts';
import { versionFloat } from './rules/version-float.ts';

export const rules: readonly Rule[] = [
  ofThePlan.playbook,
  ofThePlan.duplicateKey,
  ofThePlan.templateSyntax,
  ofThePlan.argument,
  ofThePlan.undefinedVariable,
  ofThePlan.notifyWithoutHandler,
  ofThePlan.unsupported,
  handlerNeverNotified,
  nonBooleanCondition,
  versionFloat,
  missingFile,
  commandInsteadOfModule,
  secretFileMode,
];

/** A rule by its id, in words. */
export function explanation({ id, level, summary, explanation: text }: Rule): string {
  return `${id} (${level})\n\n${summary}\n\n${text}\n`;
}
