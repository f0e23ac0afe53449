/** What a template is rendered in: the names it sees, and the abilities which are lent to it. */
import type { Scope } from './values.ts';

/** One `lookup('name', term, …, option=…)`. Terms and options are plain data. Answers the list of results. */
export type LookupFunction = (
  terms: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  environment: Environment,
) => readonly unknown[];

/** A filter lent by another room: all values are plain data. */
export type FilterFunction = (
  value: unknown,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  environment: Environment,
) => unknown;

/** A test (`value is name(args)`) lent by another room. */
export type TestFunction = (
  value: unknown,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  environment: Environment,
) => boolean;

/** Bounds within which one rendering must end. */
export interface Budget {
  /** Expressions, loop rounds and calls. */
  readonly steps: number;
  /** Characters of one text. */
  readonly characters: number;
  /** Items of one range or product. */
  readonly items: number;
}

export interface Environment {
  readonly scope: Scope;
  readonly lookups: Readonly<Record<string, LookupFunction>>;
  readonly filters?: Readonly<Record<string, FilterFunction>> | undefined;
  readonly tests?: Readonly<Record<string, TestFunction>> | undefined;
  /** The text of a template named by `include`, `import` or `extends`; undefined when there is none. */
  readonly load?: ((name: string) => { readonly text: string; readonly file: string } | undefined) | undefined;
  readonly budget?: Partial<Budget> | undefined;
  /** The clock of `now()` and `strftime`. */
  readonly now?: (() => Date) | undefined;
}
