/** Values that must never be shown, in any of the forms they are likely to take. */
import { isPlain } from '../module/convert.ts';
import { Float } from '../source/float.ts';
import { literalPattern } from '../source/literal-pattern.ts';
import { isUnknown } from '../template/values.ts';

export interface Secrets {
  add(value: string): void;
  /** The value with every secret in it, and every private key, replaced; itself when there is none. */
  scrub<T>(value: T): T;
  /** The same for a result or a diff, whose fields keep their names (a loop's results, too): reports read them by these. */
  scrubFields<T extends object>(value: T): T;
}

const hidden = '********';
const privateKey = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g;
/** Shorter ones would blot out half the output, and protect nothing. */
const shortest = 4;

export function secretKeeper(): Secrets {
  const known = new Set<string>();
  let pattern: RegExp | undefined;

  function text(value: string): string {
    const keyless = value.includes('PRIVATE KEY') ? value.replace(privateKey, '(a private key)') : value;
    if (known.size === 0) return keyless;
    pattern ??= new RegExp(
      [...known]
        .sort((a, b) => b.length - a.length)
        .map(literalPattern)
        .join('|'),
      'g',
    );
    const scrubbed = keyless.replace(pattern, hidden);
    return scrubbed.includes('…') ? withoutBeginnings(scrubbed) : scrubbed;
  }

  /** Where a text was cut short, a secret may only have begun. */
  function withoutBeginnings(value: string): string {
    const parts = value.split('…');
    return parts.map((part, index) => (index + 1 < parts.length ? withoutBeginning(part) : part)).join('…');
  }

  function withoutBeginning(part: string): string {
    const length = [...known].reduce((longest, form) => Math.max(longest, begunAtEnd(part, form)), 0);
    return length < shortest ? part : `${part.slice(0, -length)}${hidden}`;
  }

  function scrub(value: unknown): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float)
      return known.has(String(value)) ? hidden : value;
    if (Array.isArray(value)) {
      return unlessSame(value, value.map(scrub));
    }
    if (isUnknown(value)) return text(`(known after the run: ${value.reason})`);
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
    return mapped(value, text, (_key, one) => scrub(one));
  }

  function fields(value: object): object {
    return mapped(
      value,
      (key) => key,
      (key, one) => (key === 'results' && Array.isArray(one) ? items(one) : scrub(one)),
    );
  }

  function items(results: readonly unknown[]): readonly unknown[] {
    return unlessSame(
      results,
      results.map((one) => (isPlain(one) ? fields(one) : scrub(one))),
    );
  }

  return {
    add(value) {
      const plain = value.trim();
      if (plain.length < shortest) return;
      for (const form of formsOf(plain)) known.add(form);
      pattern = undefined;
    },
    scrub: <T>(value: T) => scrub(value) as T,
    scrubFields: <T extends object>(value: T) => fields(value) as T,
  };
}

/** Most have nothing to hide, and are not copied. */
function mapped(value: object, named: (key: string) => string, change: (key: string, one: unknown) => unknown): object {
  const own = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(own);
  const changed = keys.map((key) => change(key, own[key]));
  if (keys.every((key, index) => named(key) === key && changed[index] === own[key])) return value;
  return Object.fromEntries(keys.map((key, index) => [named(key), changed[index]]));
}

const unlessSame = (before: readonly unknown[], after: readonly unknown[]): readonly unknown[] =>
  after.some((item, index) => item !== before[index]) ? after : before;

/** With how many of its characters the secret begins at the text's end. */
function begunAtEnd(text: string, secret: string): number {
  let length = Math.min(secret.length, text.length);
  while (length > 0 && !text.endsWith(secret.slice(0, length))) length -= 1;
  return length;
}

/** Plain, base64, URL, JSON, shell and hex. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "'\\''"),
  ];
}
