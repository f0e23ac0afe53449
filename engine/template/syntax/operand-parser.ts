/** The operands of Jinja2's expressions: literals, names, brackets, and what is written behind them (`.x`, `[y]`, calls). */
import { integer } from '../python/numbers.ts';
import { Float } from '../python/types.ts';
import type { JinjaTokenizer } from './lexer.ts';
import type { Arguments, Expression, Position, Splat } from './nodes.ts';
import { node, Parser, type Token } from './nunjucks.ts';
import { syntaxError } from './syntax-error.ts';

const constants: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};
const keywords = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else']);
export const startsOperand: ReadonlySet<string> = new Set([
  'symbol',
  'string',
  'int',
  'float',
  'left-paren',
  'left-bracket',
  'left-curly',
]);

export abstract class OperandParser extends Parser {
  constructor(tokens: JinjaTokenizer) {
    super(tokens);
  }

  abstract parseExpression(): Expression;

  override fail(message: string, lineno?: number, colno?: number): never {
    if (lineno !== undefined && colno !== undefined) return syntaxError(message, { lineno, colno });
    return syntaxError(message, this.peekToken() ?? this.tokens);
  }

  /** The next token, which must be of this type. */
  want(type: string, what: string): Token {
    const token = this.nextToken();
    if (token?.type === type) return token;
    return this.unexpected(what, token);
  }

  unexpected(what: string, token: Token | null): never {
    const found = token ? `"${token.value}"` : 'the end';
    return syntaxError(`expected ${what}, found ${found}`, token ?? this.tokens);
  }

  isSymbol(value: string): boolean {
    const token = this.peekToken();
    return token?.type === 'symbol' && token.value === value;
  }

  /** `a, b` makes a tuple without parentheses. */
  parseTuple(one: () => Expression = () => this.parseExpression()): Expression {
    const at = this.peekToken() ?? this.tokens;
    const first = one();
    if (this.peekToken()?.type !== 'comma') return first;
    const children = [first];
    while (this.skip('comma')) {
      if (!this.startsExpression()) break;
      children.push(one());
    }
    return node('Group', at, { children });
  }

  private startsExpression(): boolean {
    const token = this.peekToken();
    if (!token) return false;
    if (token.type === 'symbol') return !keywords.has(token.value) || token.value === 'not';
    return startsOperand.has(token.type) || (token.type === 'operator' && (token.value === '-' || token.value === '+'));
  }

  parsePrimary(): Expression {
    const token = this.nextToken();
    if (!token) return this.unexpected('an expression', token);
    switch (token.type) {
      case 'symbol':
        return this.nameOrConstant(token);
      case 'string': {
        let value = token.value;
        while (this.peekToken()?.type === 'string') value += this.nextToken()!.value;
        return node('Literal', token, { value });
      }
      case 'int':
        return node('Literal', token, { value: integer(BigInt(token.value.replaceAll('_', ''))) });
      case 'float': {
        const value = Number(token.value.replaceAll('_', ''));
        return node('Literal', token, { value: Number.isInteger(value) ? new Float(value) : value });
      }
      case 'left-paren':
        return this.parseParentheses(token);
      case 'left-bracket':
        return node('Array', token, { children: this.parseItems('right-bracket') });
      case 'left-curly':
        return this.parseDict(token);
      default:
        return this.unexpected('an expression', token);
    }
  }

  private nameOrConstant(token: Token): Expression {
    if (Object.hasOwn(constants, token.value)) return node('Literal', token, { value: constants[token.value] });
    if (keywords.has(token.value)) this.unexpected('an expression', token);
    return node('Symbol', token, { value: token.value });
  }

  private parseParentheses(at: Position): Expression {
    if (this.skip('right-paren')) return node('Group', at, { children: [] });
    const expression = this.parseTuple();
    this.want('right-paren', '")"');
    return expression;
  }

  private parseItems(end: string): Expression[] {
    const children: Expression[] = [];
    while (!this.skip(end)) {
      if (children.length > 0) {
        this.want('comma', end === 'right-bracket' ? '"," or "]"' : '"," or ")"');
        if (this.skip(end)) break;
      }
      children.push(this.parseExpression());
    }
    return children;
  }

  private parseDict(at: Position): Expression {
    const children = [];
    while (!this.skip('right-curly')) {
      if (children.length > 0) {
        this.want('comma', '"," or "}"');
        if (this.skip('right-curly')) break;
      }
      const key = this.parseExpression();
      this.want('colon', '":" between key and value');
      children.push(node('Pair', key, { key, value: this.parseExpression() }));
    }
    return node('Dict', at, { children });
  }

  parsePostfix(expression: Expression): Expression {
    let result = expression;
    while (true) {
      const token = this.peekToken();
      if (token?.type === 'operator' && token.value === '.') result = this.parseAttribute(result);
      else if (token?.type === 'left-bracket') result = this.parseSubscript(result);
      else if (token?.type === 'left-paren')
        result = node('FunCall', token, { name: result, args: this.parseArguments() });
      else return result;
    }
  }

  private parseAttribute(target: Expression): Expression {
    const dot = this.nextToken()!;
    const token = this.nextToken();
    if (token?.type === 'symbol') {
      const val = node('Literal', token, { value: token.value });
      return node('LookupVal', dot, { target, val, dotted: true });
    }
    if (token?.type === 'int') {
      const val = node('Literal', token, { value: Number(token.value) });
      return node('LookupVal', dot, { target, val, dotted: false });
    }
    return this.unexpected('a name after "."', token);
  }

  private parseSubscript(target: Expression): Expression {
    const bracket = this.nextToken()!;
    const subscripts = [this.parseOneSubscript()];
    while (this.skip('comma')) subscripts.push(this.parseOneSubscript());
    this.want('right-bracket', '"]"');
    const val = subscripts.length === 1 ? subscripts[0]! : node('Group', bracket, { children: subscripts });
    return node('LookupVal', bracket, { target, val, dotted: false });
  }

  private parseOneSubscript(): Expression {
    const at = this.peekToken() ?? this.tokens;
    const parts: (Expression | null)[] = [];
    const part = () =>
      ['colon', 'right-bracket', 'comma'].includes(this.peekToken()?.type ?? '') ? null : this.parseExpression();
    const start = part();
    if (this.peekToken()?.type !== 'colon') return start ?? this.unexpected('an index', this.peekToken());
    while (parts.length < 2 && this.skip('colon')) parts.push(part());
    return node('Slice', at, { start, stop: parts[0] ?? null, step: parts[1] ?? null });
  }

  parseArguments(): Arguments {
    this.want('left-paren', '"("');
    const positional: (Expression | Splat)[] = [];
    const named: { name: string; value: Expression }[] = [];
    const splats: Splat[] = [];
    let first = true;
    while (!this.skip('right-paren')) {
      if (!first) {
        this.want('comma', '"," or ")"');
        if (this.skip('right-paren')) break;
      }
      first = false;
      const token = this.peekToken();
      if (this.skipValue('operator', '**'))
        splats.push(node('Splat', token!, { value: this.parseExpression(), named: true }));
      else if (this.skipValue('operator', '*'))
        positional.push(node('Splat', token!, { value: this.parseExpression(), named: false }));
      else this.parseArgument(positional, named, splats.length > 0);
    }
    return { positional, named, splats };
  }

  private parseArgument(
    positional: (Expression | Splat)[],
    named: { name: string; value: Expression }[],
    splat: boolean,
  ): void {
    const value = this.parseExpression();
    if (this.skipValue('operator', '=')) {
      if (value.typename !== 'Symbol')
        this.fail('the name of an argument must be a plain word', value.lineno, value.colno);
      else named.push({ name: value.value, value: this.parseExpression() });
    } else if (named.length > 0 || splat)
      this.fail('an argument without a name cannot follow named ones', value.lineno, value.colno);
    else positional.push(value);
  }
}
