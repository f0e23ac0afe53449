/** A profile for people: what the run was made of, then the slowest roles, tasks and hosts. */
import type { HostTraffic } from '../run/events.ts';
import { cleanLine } from './clean.ts';
import type { Part, Profile, Share } from './profile.ts';

/** Rows of a table at most; the rest is summed up. */
const most = 15;

export function profileText({ before, run, roles, tasks, hosts }: Profile): string {
  const named = (title: string, parts: readonly Part[], nameOf: (part: Part) => string) =>
    table(
      [title, ...columns],
      parts.map((part) => [nameOf(part), ...cells(part)]),
    );
  const hostOf = new Map(tasks.map((part) => [part as Part, part.host]));
  const blocks = [
    [
      'PROFILE',
      `${seconds(before.seconds)} before the run: reading and checking (${seconds(before.cpu)} processor time)`,
      `${seconds(run.seconds)} the run: ${shares(run)} (${seconds(run.cpu)} processor time)`,
    ].join('\n'),
    ...(roles.length > 1 ? [named('role', roles, ({ name }) => name)] : []),
    named('task, and its slowest host', tasks, (part) => `${part.name} [${hostOf.get(part)}]`),
    table(
      ['host', 'round trips', 'shortest', 'waiting', 'out', 'in'],
      Object.entries(hosts)
        .sort(([, a], [, b]) => b.waiting - a.waiting)
        .map(([name, traffic]) => [name, ...hostCells(traffic)]),
    ),
  ];
  return `\n${blocks.join('\n\n')}\n`;
}

const columns = ['seconds', 'controller', 'round trips', 'commands', 'services', 'CPU', 'trips', 'bytes'];

const cells = (part: Part) => [
  ...[part.seconds, part.controller, part.roundTrips, part.commands, part.services, part.cpu].map((one) =>
    one < 0.0005 ? '-' : one.toFixed(3),
  ),
  String(part.trips),
  size(part.bytes),
];

const hostCells = ({ roundTrips, shortest, waiting, bytesOut, bytesIn }: HostTraffic) => [
  String(roundTrips),
  shortest === undefined ? '-' : `${(shortest * 1000).toFixed(1)} ms`,
  seconds(waiting),
  size(bytesOut),
  size(bytesIn),
];

function shares({ controller, roundTrips, commands, services }: Share): string {
  return [
    `${seconds(controller)} controller`,
    `${seconds(roundTrips)} round trips`,
    `${seconds(commands)} connections and commands on the hosts`,
    `${seconds(services)} waiting for services`,
  ].join(', ');
}

/** Columns as wide as what they hold; all but the first to the right. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const left = rows.length - most;
  const shown = [heads, ...rows.slice(0, most)].map(([name, ...others]) => [shortened(cleanLine(name!)), ...others]);
  const widths = heads.map((_, column) => Math.max(...shown.map((row) => row[column]!.length)));
  const lines = shown.map((row) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n');
}

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
const seconds = (value: number) => `${value.toFixed(2)} s`;
const size = (bytes: number) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
