/** Jobs and variables of a crontab put in, replaced or taken out; a job is known by the comment above it, as Ansible writes it. */

const marker = '#Ansible: ';

/** Lines of a crontab; empty for none. */
export type Crontab = readonly string[];

export function crontabLines(text: string | null): Crontab {
  return text === null || text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

export function crontabText(lines: Crontab): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** The crontab with this job: where it is, or at the end. The same line without a name above it gets one. */
export function withJob(lines: Crontab, name: string, job: string): Crontab {
  const at = lines.indexOf(marker + name);
  if (at >= 0) return [...lines.slice(0, at + 1), job, ...lines.slice(jobEnd(lines, at))];
  const nameless = lines.findIndex((line, index) => line === job && !lines[index - 1]?.startsWith(marker));
  if (nameless >= 0) return [...lines.slice(0, nameless), marker + name, ...lines.slice(nameless)];
  return [...lines, marker + name, job];
}

export function withoutJob(lines: Crontab, name: string): Crontab {
  const at = lines.indexOf(marker + name);
  return at < 0 ? lines : [...lines.slice(0, at), ...lines.slice(jobEnd(lines, at))];
}

/** Behind the job of a name; a name whose job somebody has taken away has none. */
function jobEnd(lines: Crontab, at: number): number {
  const next = lines[at + 1];
  return next === undefined || next.startsWith(marker) ? at + 1 : at + 2;
}

/** Where a new variable goes: beside another one. */
export interface Beside {
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
}

/** The crontab with this variable: where it is, beside another one, or in front. `undefined` when that other one is not there. */
export function withVariable(lines: Crontab, name: string, value: string, beside: Beside): Crontab | undefined {
  const line = `${name}="${value}"`;
  const at = lines.findIndex((one) => variableOf(one) === name);
  if (at >= 0) return lines.with(at, line);
  const other = beside.insertafter ?? beside.insertbefore;
  if (other === undefined) return [line, ...lines];
  const there = lines.findIndex((one) => variableOf(one) === other);
  if (there < 0) return undefined;
  const place = beside.insertafter === undefined ? there : there + 1;
  return lines.toSpliced(place, 0, line);
}

export function withoutVariable(lines: Crontab, name: string): Crontab {
  return lines.filter((line) => variableOf(line) !== name);
}

export function jobNames(lines: Crontab): readonly string[] {
  return lines.filter((line) => line.startsWith(marker)).map((line) => line.slice(marker.length));
}

export function variableNames(lines: Crontab): readonly string[] {
  return lines.flatMap((line) => variableOf(line) ?? []);
}

function variableOf(line: string): string | undefined {
  return /^\s*([^\s#@*=][^\s=]*)\s*=/.exec(line)?.[1];
}
