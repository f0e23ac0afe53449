import type { Phase } from './contestants.ts';
import { median, type Times } from './measure.ts';

export type Results = Readonly<Record<Phase, Times>>;

const titles: Readonly<Record<Phase, string>> = {
  first: 'first run',
  converged: 'converged run',
  check: '--check, converged',
};

/**
 * Medians, with the fastest and the slowest run, and how many times the floor's median that is. There is no floor in
 * check mode: its converged run does the same looking.
 */
export function table(results: Results): string {
  const phases = Object.keys(titles) as Phase[];
  const names = [...new Set(phases.flatMap((phase) => Object.keys(results[phase])))];
  const rows = names.map((name) => [
    name,
    ...phases.map((phase) => cell(results[phase][name], (results[phase]['floor'] ?? results.converged['floor'])!)),
  ]);
  return aligned([['', ...phases.map((phase) => titles[phase])], ...rows]);
}

function cell(times: readonly number[] | undefined, floor: readonly number[]): string {
  if (times === undefined) return '-';
  const ratio = median(times) / median(floor);
  return `${median(times).toFixed(2)} s (${Math.min(...times).toFixed(2)}-${Math.max(...times).toFixed(2)}) x${ratio.toFixed(ratio < 10 ? 2 : 0)}`;
}

/** Columns as wide as what they hold. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
