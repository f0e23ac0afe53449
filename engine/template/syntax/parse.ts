/** Text to syntax tree. */
import { TemplateError } from '../errors.ts';
import { ExpressionParser } from './expression-parser.ts';
import { JinjaTokenizer, type LexerOptions } from './lexer.ts';
import type { Body, Expression } from './nodes.ts';
import { TemplateParser } from './template-parser.ts';

/** How the strings of a YAML file are read. */
export const yamlScalar: LexerOptions = {
  trimBlocks: true,
  lstripBlocks: false,
  literalBackslashes: true,
  newline: '\n',
};
/** How a template file is read, unless its task says otherwise. */
export const templateFile: LexerOptions = { ...yamlScalar, literalBackslashes: false };

/** Parses a text with tags. Throws a `TemplateError` with a position inside the text. */
export function parseTemplate(source: string, options: LexerOptions): Body {
  return new TemplateParser(new JinjaTokenizer(source, options)).parseTemplate();
}

export type SourceKind = 'expression' | 'template';

type Parsed = Body | Expression | TemplateError;

const known = { expression: new Map<string, Parsed>(), template: new Map<string, Parsed>() };
const most = 5000;

/**
 * The tree of a text of either kind, or what is wrong with it. An expression in braces is read as a template. Texts are remembered:
 * a plan asks for the mistakes in each, and for the names, and much is written more than once.
 */
export function parseEither(source: string, kind: SourceKind): Parsed {
  const trees = known[kind];
  const found = trees.get(source);
  if (found !== undefined) return found;
  const parsed = parsedEither(source, kind);
  if (trees.size >= most) trees.clear();
  trees.set(source, parsed);
  return parsed;
}

function parsedEither(source: string, kind: SourceKind): Parsed {
  try {
    const braced = kind === 'expression' && /^\s*\{[{%]/.test(source);
    return kind === 'template' || braced ? parseTemplate(source, yamlScalar) : parseExpression(source);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    if (error instanceof RangeError) return new TemplateError('this is nested too deeply');
    throw error;
  }
}

/** Parses one bare expression, as a `when` holds it. Throws a `TemplateError` with a position inside the text. */
export function parseExpression(source: string): Expression {
  return new ExpressionParser(new JinjaTokenizer(source, templateFile).asExpression()).parseWhole();
}
