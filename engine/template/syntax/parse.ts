/** Text to syntax tree. */
import { ExpressionParser } from './expression-parser.ts';
import { JinjaTokenizer, type LexerOptions } from './lexer.ts';
import type { Body, Expression } from './nodes.ts';
import { TemplateParser } from './template-parser.ts';

/** How the strings of a YAML file are read. */
export const yamlScalar: LexerOptions = { trimBlocks: true, lstripBlocks: false, literalBackslashes: true, newline: '\n' };
/** How a template file is read, unless its task says otherwise. */
export const templateFile: LexerOptions = { ...yamlScalar, literalBackslashes: false };

/** Parses a text with tags. Throws a `TemplateError` with a position inside the text. */
export function parseTemplate(source: string, options: LexerOptions): Body {
  return new TemplateParser(new JinjaTokenizer(source, options)).parseTemplate();
}

/** Parses one bare expression, as a `when` holds it. Throws a `TemplateError` with a position inside the text. */
export function parseExpression(source: string): Expression {
  return new ExpressionParser(new JinjaTokenizer(source, templateFile).asExpression()).parseWhole();
}
