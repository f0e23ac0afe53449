/** The option `healthcheck` of a container: by what docker finds out whether it is well. */
import { ModuleFailure } from '../../target/failure.ts';
import { quote } from '../../target/quote.ts';
import type { ArgsLiteral } from '../arguments.ts';
import { optionWord } from '../option-word.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { at } from './docker.ts';
import type { ContainerOption } from './option-kinds.ts';
import { textsOf } from './option-values.ts';

export const healthcheckArg = {
  type: 'dict',
  options: {
    test: {
      type: 'raw',
      description: 'a command line, [CMD, words…], [CMD-SHELL, line] or NONE; docker runs all of them by a shell',
    },
    interval: { description: '1m30s' },
    timeout: { description: '30s' },
    start_period: { description: '10s' },
    start_interval: { description: '5s' },
    retries: { type: 'int' },
    test_cli_compatible: { type: 'bool', default: false, description: 'taken and ignored' },
  },
  description: 'what docker calls healthy',
} as const satisfies ArgsLiteral[string];

type Health = NonNullable<ContainerArgs['healthcheck']>;

const durations = {
  interval: ['Interval', 'health-interval'],
  timeout: ['Timeout', 'health-timeout'],
  start_period: ['StartPeriod', 'health-start-period'],
  start_interval: ['StartInterval', 'health-start-interval'],
} as const;
type Duration = keyof typeof durations;
const named = Object.keys(durations) as readonly Duration[];

export const healthcheckOption: ContainerOption = {
  wanted: ({ healthcheck: health }) => health && { ...shown(health) },
  actual(container, { healthcheck: asked }) {
    const found = at(container, 'Config', 'Healthcheck');
    const [kind, ...words] = textsOf(at(found, 'Test'));
    const test = kind === undefined ? '' : kind === 'CMD' ? words.map(quote).join(' ') : (words[0] ?? kind);
    const numbers = { ...Object.fromEntries(named.map((name) => [name, at(found, durations[name][0]) ?? 0])) };
    const all: Readonly<Record<string, unknown>> = { test, ...numbers, retries: at(found, 'Retries') ?? 0 };
    // what the task does not say comes from the image
    return asked === undefined ? all : Object.fromEntries(Object.keys(shown(asked)).map((name) => [name, all[name]]));
  },
  flags({ healthcheck: health }) {
    if (health === undefined) return [];
    const test = testOf(health);
    if (test === 'NONE') return ['--no-healthcheck'];
    const times = named.flatMap((name) =>
      optionWord(durations[name][1], health[name] === undefined ? undefined : `${nanoseconds(name, health[name])}ns`),
    );
    return [...optionWord('health-cmd', test), ...times, ...optionWord('health-retries', health.retries)];
  },
};

function shown(health: Health): Readonly<Record<string, unknown>> {
  const test = testOf(health);
  const times = named.flatMap((name) =>
    health[name] === undefined ? [] : [[name, nanoseconds(name, health[name])] as const],
  );
  return {
    ...(test !== undefined && { test }),
    ...Object.fromEntries(times),
    ...(health.retries !== undefined && { retries: health.retries }),
  };
}

/** The command as the shell reads it. */
function testOf({ test }: Health): string | undefined {
  if (test === undefined || test === null) return undefined;
  if (!Array.isArray(test)) return String(test);
  const [kind, ...words] = test.map(String);
  if (kind === 'NONE') return 'NONE';
  if (kind === 'CMD-SHELL') return words.join(' ');
  if (kind === 'CMD') return words.map(quote).join(' ');
  throw new ModuleFailure('healthcheck: the list `test` begins with NONE, CMD or CMD-SHELL');
}

const units: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** `1m30s`. @throws ModuleFailure for what is no time. */
function nanoseconds(name: string, text: string): number {
  if (!/^(?:[\d.]+(?:us|ms|s|m|h))+$/.test(text))
    throw new ModuleFailure(`healthcheck: ${name} is a time such as 1m30s, not "${text}"`);
  return [...text.matchAll(/([\d.]+)(us|ms|s|m|h)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * units[unit!]!,
    0,
  );
}
