/** Datetimes and time spans, as `now()` and `to_datetime` give them. */

import { float } from '../../source/float.ts';
import { TemplateError } from '../errors.ts';
import { Callable, Instance } from './types.ts';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const dayLength = 86_400_000;

/** The fields of a moment: its UTC fields are those of the wall clock meant. */
function wallClock(date: Date, utc: boolean): Date {
  if (utc) return date;
  const { getFullYear, getMonth, getDate, getHours, getMinutes, getSeconds, getMilliseconds } = Date.prototype;
  const [year, ...rest] = [getFullYear, getMonth, getDate, getHours, getMinutes, getSeconds, getMilliseconds].map(
    (get) => get.call(date),
  );
  const [month, day, hour, minute, second, millisecond] = rest;
  const wall = new Date(Date.UTC(2000, month!, day, hour, minute, second, millisecond));
  wall.setUTCFullYear(year!, month, day);
  return wall;
}

const two = (value: number) => String(value).padStart(2, '0');

/** Python's `strftime` of a moment, local or in UTC. Throws for a directive it does not know. */
export function strftime(format: string, moment: Date, utc: boolean): string {
  return formatWall(format, wallClock(moment, utc), utc ? 0 : -moment.getTimezoneOffset(), moment);
}

function formatWall(format: string, wall: Date, offset: number, moment: Date): string {
  const yearStart = Date.UTC(wall.getUTCFullYear(), 0, 1);
  const dayOfYear = Math.floor((wall.getTime() - yearStart) / dayLength) + 1;
  const hour12 = wall.getUTCHours() % 12 || 12;
  const weekday = wall.getUTCDay();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const fields: Readonly<Record<string, () => string>> = {
    Y: () => String(wall.getUTCFullYear()).padStart(4, '0'),
    y: () => two(wall.getUTCFullYear() % 100),
    C: () => two(Math.floor(wall.getUTCFullYear() / 100)),
    m: () => two(wall.getUTCMonth() + 1),
    d: () => two(wall.getUTCDate()),
    e: () => String(wall.getUTCDate()).padStart(2),
    H: () => two(wall.getUTCHours()),
    I: () => two(hour12),
    k: () => String(wall.getUTCHours()).padStart(2),
    M: () => two(wall.getUTCMinutes()),
    S: () => two(wall.getUTCSeconds()),
    f: () => String(wall.getUTCMilliseconds() * 1000).padStart(6, '0'),
    p: () => (wall.getUTCHours() < 12 ? 'AM' : 'PM'),
    a: () => days[weekday]!.slice(0, 3),
    A: () => days[weekday]!,
    b: () => months[wall.getUTCMonth()]!.slice(0, 3),
    h: () => months[wall.getUTCMonth()]!.slice(0, 3),
    B: () => months[wall.getUTCMonth()]!,
    j: () => String(dayOfYear).padStart(3, '0'),
    u: () => String(weekday || 7),
    w: () => String(weekday),
    U: () => two(Math.floor((dayOfYear + 6 - weekday) / 7)),
    W: () => two(Math.floor((dayOfYear + 6 - ((weekday + 6) % 7)) / 7)),
    V: () => two(isoWeek(wall)[1]),
    G: () => String(isoWeek(wall)[0]),
    z: () => zone,
    Z: () => (offset === 0 ? 'UTC' : zone),
    s: () => String(Math.floor(moment.getTime() / 1000)),
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
    F: () => formatWall('%Y-%m-%d', wall, offset, moment),
    T: () => formatWall('%H:%M:%S', wall, offset, moment),
    R: () => formatWall('%H:%M', wall, offset, moment),
    D: () => formatWall('%m/%d/%y', wall, offset, moment),
    x: () => formatWall('%m/%d/%y', wall, offset, moment),
    X: () => formatWall('%H:%M:%S', wall, offset, moment),
    c: () => formatWall('%a %b %e %H:%M:%S %Y', wall, offset, moment),
  };
  return format.replace(/%-?([a-zA-Z%])/g, (all, letter: string) => {
    if (!Object.hasOwn(fields, letter)) throw new TemplateError(`"${all}" is no field of a date format`);
    return all[1] === '-' ? fields[letter]!().replace(/^[0 ]+(?=\d)/, '') : fields[letter]!();
  });
}

function isoWeek(wall: Date): readonly [number, number] {
  const thursday = new Date(wall.getTime());
  thursday.setUTCDate(wall.getUTCDate() + 4 - (wall.getUTCDay() || 7));
  const start = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return [thursday.getUTCFullYear(), Math.floor((thursday.getTime() - start) / dayLength / 7) + 1];
}

/** A datetime object of a moment. */
export function instantOf(moment: Date, utc: boolean): Instance {
  return datetime(wallClock(moment, utc), moment);
}

/** A datetime without a zone, from the fields of the wall clock. */
function datetime(wall: Date, moment = wall): Instance {
  const fields: Readonly<Record<string, () => unknown>> = {
    year: () => wall.getUTCFullYear(),
    month: () => wall.getUTCMonth() + 1,
    day: () => wall.getUTCDate(),
    hour: () => wall.getUTCHours(),
    minute: () => wall.getUTCMinutes(),
    second: () => wall.getUTCSeconds(),
    microsecond: () => wall.getUTCMilliseconds() * 1000,
    strftime: () => new Callable('strftime', ({ positional }) => formatWall(String(positional[0]), wall, 0, moment)),
    isoformat: () => new Callable('isoformat', () => textOf(wall, 'T')),
    timestamp: () => new Callable('timestamp', () => float(moment.getTime() / 1000)),
    weekday: () => new Callable('weekday', () => (wall.getUTCDay() + 6) % 7),
    isoweekday: () => new Callable('isoweekday', () => wall.getUTCDay() || 7),
    date: () => new Callable('date', () => datetime(new Date(Math.floor(wall.getTime() / dayLength) * dayLength))),
  };
  const read = (name: string) => (Object.hasOwn(fields, name) ? fields[name]!() : undefined);
  return new Instance('datetime', read, {
    text: textOf(wall, ' '),
    rank: wall.getTime(),
    operate: (operator, right) => shifted(wall, operator, right),
  });
}

function textOf(wall: Date, separator: string): string {
  const fraction = wall.getUTCMilliseconds() === 0 ? '' : '.%f';
  return formatWall(`%Y-%m-%d${separator}%H:%M:%S${fraction}`, wall, 0, wall);
}

function shifted(wall: Date, operator: string, right: unknown): unknown {
  if (!(right instanceof Instance) || right.abilities.rank === undefined) return undefined;
  if (right.type === 'datetime') return operator === '-' ? timeSpan(wall.getTime() - right.abilities.rank) : undefined;
  if (operator !== '+' && operator !== '-') return undefined;
  return datetime(new Date(wall.getTime() + (operator === '+' ? right.abilities.rank : -right.abilities.rank)));
}

/** A difference of two datetimes, in milliseconds. */
function timeSpan(milliseconds: number): Instance {
  const wholeDays = Math.floor(milliseconds / dayLength);
  const within = milliseconds - wholeDays * dayLength;
  const fields: Readonly<Record<string, () => unknown>> = {
    days: () => wholeDays,
    seconds: () => Math.floor(within / 1000),
    microseconds: () => (within % 1000) * 1000,
    total_seconds: () => new Callable('total_seconds', () => float(milliseconds / 1000)),
  };
  const clock = new Date(within);
  const time = `${clock.getUTCHours()}:${two(clock.getUTCMinutes())}:${two(clock.getUTCSeconds())}`;
  const text = wholeDays === 0 ? time : `${wholeDays} day${Math.abs(wholeDays) === 1 ? '' : 's'}, ${time}`;
  return new Instance('timedelta', (name) => (Object.hasOwn(fields, name) ? fields[name]!() : undefined), {
    text,
    rank: milliseconds,
  });
}

const patterns: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  f: '(?<f>\\d{1,6})',
  y: '(?<y>\\d{2})',
  I: '(?<I>\\d{1,2})',
  p: '(?<p>[AaPp][Mm])',
  j: '(?<j>\\d{1,3})',
  b: '(?<b>[A-Za-z]{3})',
  B: '(?<B>[A-Za-z]+)',
  a: '[A-Za-z]{3}',
  A: '[A-Za-z]+',
  z: '(?<z>[+-]\\d{2}:?\\d{2}|Z)',
  Z: '[A-Za-z]*',
  '%': '%',
};

/** Reads a datetime by a format of `strptime`. Throws when the text does not fit. */
export function parseDate(text: string, format: string): Instance {
  const expanded = format.replaceAll('%F', '%Y-%m-%d').replaceAll('%T', '%H:%M:%S');
  const source = expanded.replace(
    /%(.)|([.*+?^${}()|[\]\\])|\s+/g,
    (all, letter: string | undefined, special: string | undefined) => {
      if (special !== undefined) return `\\${special}`;
      if (letter === undefined) return '\\s+';
      if (!Object.hasOwn(patterns, letter)) throw new TemplateError(`"${all}" is no field of a date format`);
      return patterns[letter]!;
    },
  );
  const found = new RegExp(`^${source}$`).exec(text)?.groups;
  if (!found && !new RegExp(`^${source}$`).test(text))
    throw new TemplateError(`"${text}" does not fit the date format "${format}"`);
  const field = (name: string, fallback: number) => (found?.[name] === undefined ? fallback : Number(found[name]));
  const name = (found?.['b'] ?? found?.['B'])?.slice(0, 3).toLowerCase();
  const month =
    name === undefined ? field('m', 1) - 1 : months.findIndex((one) => one.slice(0, 3).toLowerCase() === name);
  const year = found?.['y'] === undefined ? field('Y', 1900) : field('y', 0) + (field('y', 0) < 69 ? 2000 : 1900);
  const afternoon = found?.['p']?.toLowerCase() === 'pm' ? 12 : 0;
  const hour = found?.['I'] === undefined ? field('H', 0) : (field('I', 0) % 12) + afternoon;
  const millisecond = Math.floor(Number((found?.['f'] ?? '').padEnd(6, '0')) / 1000);
  const day = found?.['j'] === undefined ? field('d', 1) : field('j', 1);
  return datetime(
    new Date(
      Date.UTC(year, found?.['j'] === undefined ? month : 0, day, hour, field('M', 0), field('S', 0), millisecond),
    ),
  );
}
