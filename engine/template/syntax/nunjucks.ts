/** The door to nunjucks: its lexer and parser as base classes, typed as far as this room uses them. */
import lexer from 'nunjucks/src/lexer.js';
import nodes from 'nunjucks/src/nodes.js';
import parser from 'nunjucks/src/parser.js';
import type { AnyNode, Body, Expression, If, NodeNamed, Position } from './nodes.ts';

export interface Token extends Position {
  readonly type: string;
  readonly value: string;
}

type TokenizerInstance = ReturnType<typeof lexer.lex>;
type LexerOptions = NonNullable<Parameters<typeof lexer.lex>[1]>;

/** nunjucks' tokenizer: it keeps the place in the text. Its class is not exported, so it is taken from an instance. */
export const Tokenizer = lexer.lex('').constructor as new (source: string, options?: LexerOptions) => TokenizerInstance;

/** The part of nunjucks' parser which the parser of this room inherits. */
interface ParserInstance {
  readonly tokens: TokenizerInstance;
  breakOnBlocks: readonly string[] | null;
  nextToken(): Token | null;
  peekToken(): Token | null;
  pushToken(token: Token | null): void;
  skip(type: string): boolean;
  skipValue(type: string, value: string): boolean;
  skipSymbol(value: string): boolean;
  advanceAfterBlockEnd(name?: string): Token;
  advanceAfterVariableEnd(): void;
  fail(message: string, lineno?: number, colno?: number): never;
  parseOr(): Expression;
  parseIf(): If;
  parseUntilBlocks(...names: string[]): Body;
}
export const Parser = parser.Parser as unknown as new (tokens: TokenizerInstance) => ParserInstance;

const added = ['Slice', 'Splat', 'CallBlock', 'FilterBlock', 'With'];
const classes = {
  ...nodes,
  ...Object.fromEntries(added.map((name) => [name, nodes['Node']!.extend(name, { fields: [] })])),
};

/** A node of the given kind at a place; the kinds and their fields are those of `nodes.ts`. */
export function node<Name extends AnyNode['typename']>(
  typename: Name,
  at: Position,
  fields: Omit<NodeNamed<Name>, 'typename' | 'lineno' | 'colno'>,
): NodeNamed<Name> {
  const made = new classes[typename]!(at.lineno, at.colno);
  return Object.assign(made, fields) as unknown as NodeNamed<Name>;
}
