/** Every text of a statement in which a template may stand, with the way back to its place. */
import type { Location } from '../errors.ts';
import type { Arguments, Clause, LocateText, Positioned, VarsBlock } from '../playbook/ast.ts';
import { isMapping } from '../playbook/node.ts';
import { holdsTemplate } from '../playbook/values.ts';
import type { Effective, PlannedInclude, PlannedTask } from './plan.ts';

export interface TemplateText {
  readonly source: string;
  readonly kind: 'template' | 'expression';
  /** The place of a character, counted from 0. */
  locate(offset: number): Location;
}

type Path = readonly (string | number)[];

/** The templates in a value, however deep. */
export function textsIn(value: unknown, locate: LocateText, path: Path = []): readonly TemplateText[] {
  if (typeof value === 'string') {
    return value.includes('{#') || holdsTemplate(value)
      ? [{ source: value, kind: 'template', locate: (offset) => locate(path, offset) }]
      : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, locate, [...path, index]));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, locate, [...path, key]));
}

export function textsOfPositioned(positioned: Positioned | undefined): readonly TemplateText[] {
  if (!positioned) return [];
  return textsIn(positioned.value, (path, offset) => positioned.locateText?.(path, offset) ?? positioned.at);
}

export function textsOfClauses(clauses: readonly Clause[] | undefined): readonly TemplateText[] {
  return (clauses ?? []).flatMap((clause) => {
    if (typeof clause.expression === 'boolean') return [];
    return [expression(clause.expression, (offset) => clause.locateText?.([], offset) ?? clause.at)];
  });
}

/** A variable's templates, or those of a part of it. */
export function textsOfVariable(
  block: VarsBlock,
  name: string,
  below: readonly string[] = [],
): readonly TemplateText[] {
  const locate: LocateText = (path, offset) =>
    block.locateText?.(path, offset) ?? block.locate(name) ?? { file: block.file, line: 1, column: 1 };
  let value = block.values[name];
  const path: string[] = [name];
  for (const step of below) {
    if (!isMapping(value) || !Object.hasOwn(value, step)) break;
    value = value[step];
    path.push(step);
  }
  return textsIn(value, locate, path);
}

export function textsOfBlock(block: VarsBlock): readonly TemplateText[] {
  return Object.keys(block.values).flatMap((name) => textsOfVariable(block, name));
}

/** Arguments; those named by `expressions` hold expressions rather than templates. */
export function textsOfArguments(args: Arguments, expressions: readonly string[]): readonly TemplateText[] {
  const locate: LocateText = (path, offset) => args.locateText?.(path, offset) ?? args.locate(path);
  const texts = Object.entries(args.values).flatMap(([name, value]) => {
    if (!expressions.includes(name)) return textsIn(value, locate, [name]);
    const list = Array.isArray(value)
      ? value.map((item, index) => [item, [name, index]] as const)
      : [[value, [name]] as const];
    return list.flatMap(([item, path]) => {
      if (typeof item !== 'string' || holdsTemplate(item)) return textsIn(item, locate, path);
      return [expression(item, (offset) => locate(path, offset))];
    });
  });
  const free = args.freeForm === undefined ? [] : textsIn(args.freeForm, locate, ['_raw_params']);
  return [...texts, ...free, ...textsOfPositioned(args.template)];
}

function expression(source: string, locate: (offset: number) => Location): TemplateText {
  return { source, kind: 'expression', locate };
}

/** Keywords which are rendered whenever the statement runs. */
export function textsOfKeywords(effective: Effective): readonly TemplateText[] {
  return [...Object.values(effective.inherited), ...effective.environment].flatMap(textsOfPositioned);
}

/** What is rendered after the module has run, when `register` is there. */
export function textsAfter(task: PlannedTask): readonly TemplateText[] {
  return [...textsOfClauses(task.changedWhen), ...textsOfClauses(task.failedWhen), ...textsOfClauses(task.until)];
}

export function textsOfLoop(statement: PlannedTask | PlannedInclude): readonly TemplateText[] {
  return textsOfPositioned(statement.loop?.terms);
}

/** Everything else of a loop, and of the repeating of a task. */
export function textsOfRepetition(statement: PlannedTask | PlannedInclude): readonly TemplateText[] {
  const control = statement.loop?.control;
  const { retries, delay, async, poll } = statement.kind === 'task' ? statement : ({} as Partial<PlannedTask>);
  return [
    ...[control?.label, control?.pause, retries, delay, async, poll].flatMap(textsOfPositioned),
    ...textsOfClauses(control?.breakWhen),
  ];
}

/** The file or role an include names. */
export function textsOfInclude({ include }: PlannedInclude): readonly TemplateText[] {
  return textsOfPositioned(include.kind === 'role' ? include.role : include.file);
}
