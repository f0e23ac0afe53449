/**
 * The syntax tree: nunjucks' nodes, narrowed by `typename`, and those which Jinja2 has and nunjucks lacks (Slice, Splat,
 * Test, With, ForIn, CallBlock …). Lines and columns are 0-based.
 */
export interface Position {
  readonly lineno: number;
  readonly colno: number;
}

interface Node<Name extends string> extends Position {
  readonly typename: Name;
}
export interface Literal extends Node<'Literal'> {
  readonly value: unknown;
}
export interface Name extends Node<'Symbol'> {
  readonly value: string;
}
export interface List extends Node<'Array'> {
  readonly children: readonly Expression[];
}
/** A tuple: `(1, 2)`. Plain parentheses leave no node. */
export interface Group extends Node<'Group'> {
  readonly children: readonly Expression[];
}
export interface Pair extends Node<'Pair'> {
  readonly key: Expression;
  readonly value: Expression;
}
export interface Dict extends Node<'Dict'> {
  readonly children: readonly Pair[];
}
/** `target[val]`, or `target.name` when `dotted`. */
export interface LookupVal extends Node<'LookupVal'> {
  readonly target: Expression;
  readonly val: Expression;
  readonly dotted: boolean;
}
export interface Slice extends Node<'Slice'> {
  readonly start: Expression | null;
  readonly stop: Expression | null;
  readonly step: Expression | null;
}
/** `*list` or, when `named`, `**dict` among the arguments of a call. */
export interface Splat extends Node<'Splat'> {
  readonly value: Expression;
  readonly named: boolean;
}
export interface Arguments {
  readonly positional: readonly (Expression | Splat)[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
  readonly splats: readonly Splat[];
}
export interface FunCall extends Node<'FunCall'> {
  readonly name: Expression;
  readonly args: Arguments;
}
export interface Filter extends Node<'Filter'> {
  readonly name: string;
  /** The text of a `{% filter %}` block comes from its body: null there. */
  readonly input: Expression | null;
  readonly args: Arguments;
}
export interface Test extends Node<'Is'> {
  readonly name: string;
  readonly input: Expression;
  readonly args: Arguments;
  readonly negated: boolean;
}
export interface InlineIf extends Node<'InlineIf'> {
  readonly cond: Expression;
  readonly body: Expression;
  readonly else_: Expression | null;
}
export type BinaryName = 'Add' | 'Sub' | 'Mul' | 'Div' | 'FloorDiv' | 'Mod' | 'Pow';
export interface Binary extends Node<BinaryName> {
  readonly left: Expression;
  readonly right: Expression;
}
export interface Logical extends Node<'And' | 'Or'> {
  readonly left: Expression;
  readonly right: Expression;
}
/** `a ~ b ~ c` */
export interface Concat extends Node<'Concat'> {
  readonly children: readonly Expression[];
}
export interface Unary extends Node<'Not' | 'Neg' | 'Pos'> {
  readonly target: Expression;
}
/** `a < b <= c`; `type` is the operator, `in` and `not in` among them. */
export interface Compare extends Node<'Compare'> {
  readonly expr: Expression;
  readonly ops: readonly CompareOperand[];
}
export interface CompareOperand extends Node<'CompareOperand'> {
  readonly expr: Expression;
  readonly type: string;
}
export type Expression =
  | Literal
  | Name
  | List
  | Group
  | Dict
  | LookupVal
  | Slice
  | FunCall
  | Filter
  | Test
  | InlineIf
  | Binary
  | Logical
  | Concat
  | Unary
  | Compare;

export interface Body extends Node<'NodeList'> {
  readonly children: readonly Statement[];
}
export interface TemplateData extends Node<'TemplateData'> {
  readonly value: string;
}
export interface Output extends Node<'Output'> {
  readonly children: readonly (Expression | TemplateData)[];
}
export interface If extends Node<'If'> {
  readonly cond: Expression;
  readonly body: Body;
  readonly else_: Body | If | null;
}
/** What an assignment binds: a name, `namespace.name`, or several of them. */
export type Target = Name | LookupVal | Group;
export interface For extends Node<'For'> {
  readonly target: Target;
  readonly arr: Expression;
  readonly cond: Expression | null;
  readonly recursive: boolean;
  readonly body: Body;
  readonly else_: Body | null;
}
export interface Parameter {
  readonly name: string;
  readonly fallback: Expression | null;
}
export interface Macro extends Node<'Macro'> {
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly body: Body;
}
export interface CallBlock extends Node<'CallBlock'> {
  readonly call: FunCall;
  readonly params: readonly Parameter[];
  readonly body: Body;
}
/** `value` of an assignment; or the text of `body`, sent through `filters`. */
export interface Set extends Node<'Set'> {
  readonly target: Target;
  readonly value: Expression | null;
  readonly body: Body | null;
  readonly filters: readonly Filter[];
}
export interface FilterBlock extends Node<'FilterBlock'> {
  readonly filters: readonly Filter[];
  readonly body: Body;
}
export interface With extends Node<'With'> {
  readonly bindings: readonly { readonly target: Target; readonly value: Expression }[];
  readonly body: Body;
}
export interface Block extends Node<'Block'> {
  readonly name: string;
  readonly body: Body;
}
export interface Extends extends Node<'Extends'> {
  readonly template: Expression;
}
export interface Include extends Node<'Include'> {
  readonly template: Expression;
  readonly ignoreMissing: boolean;
  readonly withContext: boolean;
}
export interface Import extends Node<'Import'> {
  readonly template: Expression;
  readonly target: string;
  readonly withContext: boolean;
}
export interface FromImport extends Node<'FromImport'> {
  readonly template: Expression;
  readonly names: readonly { readonly name: string; readonly alias: string }[];
  readonly withContext: boolean;
}
export type Statement =
  | Output
  | If
  | For
  | Macro
  | CallBlock
  | Set
  | FilterBlock
  | With
  | Block
  | Extends
  | Include
  | Import
  | FromImport
  | Body;

export type AnyNode = Expression | Splat | Pair | CompareOperand | TemplateData | Statement;
/** The node of one kind. */
export type NodeNamed<Name extends AnyNode['typename'], Node = AnyNode> = Node extends {
  readonly typename: infer Names;
}
  ? Name extends Names
    ? Node
    : never
  : never;
