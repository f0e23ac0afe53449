/** Playbooks, and everything there is to say against them. */
import { isKplayError, type Problem } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { type PlanOptions, planPlaybooks } from '../plan/plan-playbooks.ts';
import { templateFilesOf } from '../plan/template-files.ts';
import type { Finding, Level, Subject } from './rule.ts';
import { rules } from './rules.ts';

/** `more` are checks of others over the same plan. Never throws for what a user did wrong. */
export async function lint(
  paths: readonly string[],
  options: PlanOptions,
  more: (plan: Plan) => readonly Problem[] = () => [],
): Promise<readonly Finding[]> {
  try {
    return await findings(paths, options, more);
  } catch (error) {
    if (!isKplayError(error)) throw error;
    return error.problems.map((problem) => finding(problem, 'error'));
  }
}

async function findings(
  paths: readonly string[],
  options: PlanOptions,
  more: (plan: Plan) => readonly Problem[],
): Promise<readonly Finding[]> {
  const { plan, problems, warnings, expansions, documents } = await planPlaybooks(paths, {
    ...options,
    thorough: true,
  });
  const subject: Subject = {
    plays: plan.plays.map((play, index) => ({
      play,
      reached: expansions[index]!,
      templateFiles: (task) => templateFilesOf(task, { documents, cwd: options.cwd, playbookDir: play.playbookDir }),
    })),
    documents,
    modules: options.modules,
    cwd: options.cwd,
  };
  const found = [
    ...problems.map((problem) => finding(problem, 'error')),
    ...[...warnings, ...more(plan)].map((problem) => finding(problem, 'warning')),
    ...rules.flatMap(({ id, level, check }) =>
      [...(check?.(subject) ?? [])].map((problem) => finding({ ...problem, rule: id }, level)),
    ),
  ];
  const framed = found.map((each) => ({ ...each, source: each.source ?? (each.at && documents.source(each.at.file)) }));
  return unique(framed)
    .filter((each) => !isExcused(each))
    .sort(byPlace);
}

function finding(problem: Problem, level: Level): Finding {
  return { ...problem, rule: problem.rule ?? 'playbook', level };
}

/** `# noqa: RULE` at the end of the line, several rules with commas. */
function isExcused({ at, source, rule }: Finding): boolean {
  const line = at && source?.split(/\r\n|\n|\r/, at.line)[at.line - 1];
  const excused = /#\s*noqa:\s*([\w-]+(?:\s*,\s*[\w-]+)*)/.exec(line ?? '')?.[1];
  return excused?.split(/\s*,\s*/).includes(rule) ?? false;
}

function unique(found: readonly Finding[]): Finding[] {
  const key = ({ at, rule, message }: Finding) => `${at?.file}:${at?.line}:${at?.column} ${rule} ${message}`;
  return [...new Map(found.map((each) => [key(each), each])).values()];
}

function byPlace(a: Finding, b: Finding): number {
  const [one, other] = [a.at?.file ?? '', b.at?.file ?? ''];
  if (one !== other) return one < other ? -1 : 1;
  return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);
}
