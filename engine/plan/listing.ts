/** `--list-tasks`, `--list-tags` and `--list-hosts`, laid out as ansible-playbook does. */
import type { Plan, PlannedPlay, PlannedStatement } from './plan.ts';
import { selectedByTags } from './tags.ts';

export interface ListOptions {
  readonly tasks?: boolean;
  readonly tags?: boolean;
  /** The hosts a play's pattern selects. */
  readonly hosts?: (play: PlannedPlay) => readonly string[];
  /** `--tags` and `--skip-tags`. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

/** The lists asked for, of every play. Ends with a newline. */
export function listPlan(plan: Plan, options: ListOptions): string {
  const lines: string[] = [];
  const playbooks = new Set(plan.plays.map((play) => play.playbook));
  for (const playbook of playbooks) {
    lines.push('', `playbook: ${playbook}`);
    const plays = plan.plays.filter((play) => play.playbook === playbook);
    for (const [index, play] of plays.entries()) lines.push('', ...listPlay(play, index + 1, options));
  }
  return `${lines.join('\n')}\n`;
}

function listPlay(play: PlannedPlay, number: number, options: ListOptions): readonly string[] {
  const own = play.play.tags;
  const lines = [`  play #${number} (${patternOf(play)}): ${play.name}\tTAGS: [${own.join(',')}]`];
  if (options.hosts) {
    const hosts = options.hosts(play);
    lines.push(
      `    pattern: [${patternOf(play)
        .split(',')
        .map((part) => `'${part}'`)
        .join(', ')}]`,
      `    hosts (${hosts.length}):`,
    );
    lines.push(...hosts.map((host) => `      ${host}`));
  }
  const statements = [...play.preTasks, ...play.tasks, ...play.postTasks].flatMap(listed);
  const selected = statements.filter(({ tags }) => selectedByTags(tags, options.only ?? [], options.skip ?? []));
  if (options.tasks) {
    lines.push(
      '    tasks:',
      ...selected.map((statement) => `      ${titleOf(statement)}\tTAGS: [${sorted(statement.tags)}]`),
    );
  }
  if (options.tags)
    lines.push(`      TASK TAGS: [${sorted([...own, ...selected.flatMap((statement) => statement.tags)])}]`);
  return lines;
}

/** Tasks and includes; what rescues or cleans up is not listed. */
function listed(statement: PlannedStatement): readonly PlannedStatement[] {
  if (statement.kind === 'block') return statement.block.flatMap(listed);
  return statement.kind === 'role' ? statement.statements.flatMap(listed) : [statement];
}

/** A statement's name as the run shows it: `role : name`, or the module where it has no name. */
export function titleOf(statement: PlannedStatement): string {
  const name = statement.name ?? actionOf(statement);
  const role = statement.kind === 'role' ? undefined : statement.lexical.role?.name;
  return role === undefined ? name : `${role} : ${name}`;
}

function actionOf(statement: PlannedStatement): string {
  switch (statement.kind) {
    case 'task':
      return statement.module;
    case 'include':
      return statement.include.kind === 'role' ? 'include_role' : 'include_tasks';
    case 'role':
      return statement.role.name;
    default:
      return statement.kind;
  }
}

function patternOf({ play }: PlannedPlay): string {
  const { value } = play.hosts;
  return Array.isArray(value) ? value.join(',') : String(value ?? '');
}

function sorted(tags: readonly string[]): string {
  return [...new Set(tags)].sort().join(', ');
}
