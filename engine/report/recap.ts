/** The recap, byte for byte as Ansible prints it: people's scripts read it. */
import type { HostRecap, Recap } from '../run/events.ts';
import { cleanLine } from './clean.ts';
import type { Paint, Style } from './paint.ts';

const columns: readonly (readonly [keyof HostRecap, Style])[] = [
  ['ok', 'ok'],
  ['changed', 'changed'],
  ['unreachable', 'unreachable'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['rescued', 'ok'],
  ['ignored', 'warning'],
];

/** One line a host, by name. */
export function recapLines(recap: Recap, paint: Paint): readonly string[] {
  return Object.keys(recap)
    .sort()
    .map((host) => recapLine(host, recap[host]!, paint));
}

function recapLine(host: string, counts: HostRecap, paint: Paint): string {
  const counted = columns.map(([name, style]) => {
    const text = `${name}=${String(counts[name]).padEnd(4)}`;
    return counts[name] === 0 ? text : paint(style, text);
  });
  return `${paint(styleOf(counts), cleanLine(host).padEnd(26))} : ${counted.join(' ')}`;
}

function styleOf({ failed, unreachable, changed }: HostRecap): Style {
  if (failed > 0 || unreachable > 0) return 'failed';
  return changed > 0 ? 'changed' : 'ok';
}

/** `6 hosts, 2 changed, 3.2 s`: the run in a line. */
export function summary(recap: Recap, seconds: number, check: boolean): string {
  const lines = Object.values(recap);
  const total = (name: keyof HostRecap) => lines.reduce((sum, line) => sum + line[name], 0);
  const bad = (['failed', 'unreachable'] as const).filter((name) => total(name) > 0);
  return [
    `${lines.length} ${lines.length === 1 ? 'host' : 'hosts'}`,
    `${total('changed')} ${check ? 'would change' : 'changed'}`,
    ...bad.map((name) => `${total(name)} ${name}`),
    `${seconds.toFixed(1)} s`,
  ].join(', ');
}
