/** Arguments as one literal: the static type of `args`, the JSON Schema and the documentation are read from it. */

/** `raw` is as it was rendered: a float without a fraction is a {@link Float}, in a dict as well. */
export type ArgType = 'str' | 'path' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'raw' | 'mode';

export interface ArgLiteral {
  readonly type?: ArgType;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly choices?: readonly (string | number)[];
  readonly aliases?: readonly string[];
  /** The type of a list's items. */
  readonly elements?: ArgType;
  /** The keys of a dict, or of the dicts in a list. */
  readonly options?: ArgsLiteral;
  /** Words taken besides what the type says, as `preserve` for a mode. */
  readonly words?: readonly string[];
  /** Never shown anywhere. */
  readonly secret?: boolean;
  readonly description?: string;
}
export type ArgsLiteral = { readonly [name: string]: ArgLiteral };

interface Scalars {
  str: string;
  path: string;
  int: number;
  float: number;
  bool: boolean;
  dict: Readonly<Record<string, unknown>>;
  raw: unknown;
  mode: string;
}

type ItemOf<A extends ArgLiteral> = A['options'] extends ArgsLiteral
  ? ArgsOf<A['options']>
  : A['elements'] extends keyof Scalars
    ? Scalars[A['elements']]
    : unknown;

type ValueOf<A extends ArgLiteral> = A['choices'] extends readonly (infer C)[]
  ? A['type'] extends 'list'
    ? readonly C[]
    : C
  : A['type'] extends 'list'
    ? readonly ItemOf<A>[]
    : A['type'] extends 'dict'
      ? A['options'] extends ArgsLiteral
        ? ArgsOf<A['options']>
        : Scalars['dict']
      : A['type'] extends keyof Scalars
        ? Scalars[A['type']]
        : string;

type Given<A extends ArgLiteral> = A['required'] extends true ? true : 'default' extends keyof A ? true : false;

/** The static type of a module's `args`: required or defaulted ones are there, the others may be absent. */
export type ArgsOf<A extends ArgsLiteral> = {
  readonly [K in keyof A as Given<A[K]> extends true ? K : never]: ValueOf<A[K]>;
} & {
  readonly [K in keyof A as Given<A[K]> extends true ? never : K]?: ValueOf<A[K]> | undefined;
};
