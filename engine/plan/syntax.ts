/** Templates that cannot be parsed, wherever they stand. */
import type { Problem } from '../errors.ts';
import type { VarsBlock } from '../playbook/ast.ts';
import { didYouMean } from '../source/suggest.ts';
import { checkSyntax, lookupNames } from '../template/references.ts';
import type { PlannedStatement } from './plan.ts';
import {
  type TemplateText,
  textsAfter,
  textsOfArguments,
  textsOfBlock,
  textsOfClauses,
  textsOfInclude,
  textsOfLoop,
  textsOfPositioned,
  textsOfRepetition,
} from './texts.ts';

/** Checks each text once, however many statements inherit it; `thorough` also names lookups that do not exist. */
export function syntaxChecker(expressionsOf: (module: string) => readonly string[], thorough = false) {
  const checkTexts = (texts: readonly TemplateText[], problems: Problem[]) => checkAll(texts, problems, thorough);
  const seen = new WeakSet<object>();
  const first = <T extends object>(owner: T): boolean => !seen.has(owner) && !!seen.add(owner);

  function checkBlock(block: VarsBlock, problems: Problem[]): void {
    if (first(block)) checkTexts(textsOfBlock(block), problems);
  }

  function checkStatement(statement: PlannedStatement, problems: Problem[]): void {
    const { lexical } = statement;
    for (const blocks of [
      lexical.vars,
      lexical.includeParams,
      lexical.role?.defaults,
      lexical.role?.vars,
      lexical.role?.params,
    ]) {
      if (!blocks || !first(blocks)) continue;
      for (const block of blocks) checkBlock(block, problems);
    }
    if (first(statement.when)) {
      for (const clause of statement.when) if (first(clause)) checkTexts(textsOfClauses([clause]), problems);
    }
    for (const keyword of [
      ...Object.values(statement.inherited),
      ...statement.environment,
      ...statement.moduleDefaults,
    ]) {
      if (first(keyword)) checkTexts(textsOfPositioned(keyword), problems);
    }
    const loop = 'loop' in statement ? statement.loop : undefined;
    if (thorough && loop?.lookup !== undefined && first(loop) && !lookupNames.includes(loop.lookup))
      problems.push({
        message: `there is no lookup "${loop.lookup}", which with_${loop.lookup} asks for.${didYouMean(loop.lookup, lookupNames)}`,
        at: loop.terms.at,
      });
    if (statement.kind === 'include' && first(statement.include)) {
      checkTexts([...textsOfInclude(statement), ...textsOfLoop(statement), ...textsOfRepetition(statement)], problems);
    }
    if (statement.kind !== 'task' || !first(statement.args) || statement.module === 'validate_argument_spec') return;
    checkTexts(
      [
        ...textsOfArguments(statement.args, expressionsOf(statement.module)),
        ...textsOfLoop(statement),
        ...textsOfRepetition(statement),
        ...textsAfter(statement),
      ],
      problems,
    );
  }

  return { checkStatement, checkBlock, checkTexts };
}

function checkAll(texts: readonly TemplateText[], problems: Problem[], lookups: boolean): void {
  for (const text of texts) {
    for (const problem of checkSyntax(text.source, text.kind, { file: '', line: 1, column: 1 }, { lookups })) {
      problems.push({ ...problem, at: text.locate(problem.at ? offsetOf(text.source, problem.at) : 0) });
    }
  }
}

/** The offset of a line and column, both counted from 1. */
export function offsetOf(source: string, place: { readonly line: number; readonly column: number }): number {
  let start = 0;
  for (let line = 1; line < place.line; line++) {
    const end = source.indexOf('\n', start);
    if (end === -1) break;
    start = end + 1;
  }
  return Math.min(start + place.column - 1, source.length);
}
