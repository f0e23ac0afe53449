/**
 * Jinja2's expressions. `or` and the stream of tokens are nunjucks'; what it lacks or binds otherwise (comparison, `is`,
 * arithmetic, slices, tuples, `item.0`, adjacent strings, chained inline-if) is read here by Jinja2's grammar.
 */
import { integer } from '../python/numbers.ts';
import { Float } from '../python/types.ts';
import type { JinjaTokenizer } from './lexer.ts';
import type { Arguments, BinaryName, CompareOperand, Expression, Filter, Position, Splat } from './nodes.ts';
import { node, Parser, type Token } from './nunjucks.ts';
import { syntaxError } from './syntax-error.ts';

const comparisons = new Set(['==', '!=', '<', '>', '<=', '>=']);
const constants: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};
const keywords = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else']);
/** Words after which the argument of a test written without parentheses cannot begin. */
const endsTest = new Set(['else', 'or', 'and', 'if', 'is', 'in', 'not']);
const startsOperand = new Set(['symbol', 'string', 'int', 'float', 'left-paren', 'left-bracket', 'left-curly']);
export const noArguments: Arguments = { positional: [], named: [], splats: [] };

export class ExpressionParser extends Parser {
  constructor(tokens: JinjaTokenizer) {
    super(tokens);
  }

  /** The whole text as one expression. */
  parseWhole(): Expression {
    if (!this.peekToken()) this.fail('expected an expression, found nothing');
    const expression = this.parseTuple();
    const rest = this.peekToken();
    if (rest) this.fail(`unexpected "${rest.value}" after the expression`, rest.lineno, rest.colno);
    return expression;
  }

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

  parseExpression(): Expression {
    let body = this.parseOr();
    while (this.skipSymbol('if')) {
      const cond = this.parseOr();
      const else_ = this.skipSymbol('else') ? this.parseExpression() : null;
      body = node('InlineIf', body, { cond, body, else_ });
    }
    return body;
  }

  parseAnd(): Expression {
    let left = this.parseNot();
    while (this.skipSymbol('and')) left = node('And', left, { left, right: this.parseNot() });
    return left;
  }

  parseNot(): Expression {
    const at = this.peekToken() ?? this.tokens;
    return this.skipSymbol('not') ? node('Not', at, { target: this.parseNot() }) : this.parseCompare();
  }

  parseCompare(): Expression {
    const expr = this.parseSum();
    const ops: CompareOperand[] = [];
    for (let type = this.comparison(); type !== undefined; type = this.comparison()) {
      const operand = this.parseSum();
      ops.push(node('CompareOperand', operand, { expr: operand, type }));
    }
    return ops.length === 0 ? expr : node('Compare', expr, { expr, ops });
  }

  private comparison(): string | undefined {
    const token = this.peekToken();
    if (token?.type === 'operator' && comparisons.has(token.value)) return this.nextToken()!.value;
    if (this.skipSymbol('in')) return 'in';
    if (!this.isSymbol('not')) return undefined;
    this.nextToken();
    if (!this.skipSymbol('in')) this.unexpected('"in" after "not"', this.peekToken());
    return 'not in';
  }

  private parseSum(): Expression {
    return this.binary({ '+': 'Add', '-': 'Sub' }, () => this.parseConcat());
  }

  parseConcat(): Expression {
    const first = this.parseProduct();
    if (this.peekToken()?.type !== 'tilde') return first;
    const children = [first];
    while (this.skip('tilde')) children.push(this.parseProduct());
    return node('Concat', first, { children });
  }

  private parseProduct(): Expression {
    return this.binary({ '*': 'Mul', '/': 'Div', '//': 'FloorDiv', '%': 'Mod' }, () => this.parsePow());
  }

  parsePow(): Expression {
    return this.binary({ '**': 'Pow' }, () => this.parseUnary());
  }

  private binary(operators: Readonly<Record<string, BinaryName>>, operand: () => Expression): Expression {
    let left = operand();
    while (true) {
      const token = this.peekToken();
      const kind =
        token?.type === 'operator' && Object.hasOwn(operators, token.value) ? operators[token.value] : undefined;
      if (!token || kind === undefined) return left;
      this.nextToken();
      left = node(kind, token, { left, right: operand() });
    }
  }

  /** A sign binds tighter than filters and tests: `-5 | abs` is `(-5) | abs`. */
  parseUnary(withFilters = true): Expression {
    const token = this.peekToken();
    const sign = token?.type === 'operator' && (token.value === '-' || token.value === '+') ? token.value : undefined;
    let expression: Expression;
    if (token && sign) {
      this.nextToken();
      expression = node(sign === '-' ? 'Neg' : 'Pos', token, { target: this.parseUnary(false) });
    } else expression = this.parsePrimary();
    expression = this.parsePostfix(expression);
    return withFilters ? this.parseFilters(expression) : expression;
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

  parseFilters(expression: Expression): Expression {
    let result = expression;
    while (true) {
      const token = this.peekToken();
      if (token?.type === 'pipe') {
        this.nextToken();
        result = this.parseFilter(result);
      } else if (token?.type === 'symbol' && token.value === 'is') result = this.parseTest(result);
      else if (token?.type === 'left-paren')
        result = node('FunCall', token, { name: result, args: this.parseArguments() });
      else return result;
    }
  }

  parseFilter(input: Expression | null): Filter {
    const { name, at } = this.parseDottedName('the name of a filter');
    const args = this.peekToken()?.type === 'left-paren' ? this.parseArguments() : noArguments;
    return node('Filter', at, { name, input, args });
  }

  private parseDottedName(what: string) {
    const at = this.want('symbol', what);
    let name = at.value;
    while (this.skipValue('operator', '.')) name += `.${this.want('symbol', what).value}`;
    return { name, at };
  }

  private parseTest(input: Expression): Expression {
    this.nextToken();
    const negated = this.skipSymbol('not');
    const { name, at } = this.parseDottedName('the name of a test');
    return node('Is', at, { name, input, negated, args: this.parseTestArguments() });
  }

  private parseTestArguments(): Arguments {
    const token = this.peekToken();
    if (!token || !startsOperand.has(token.type)) return noArguments;
    if (token.type === 'left-paren') return this.parseArguments();
    if (token.type === 'symbol' && endsTest.has(token.value)) {
      if (token.value === 'is')
        this.fail('tests cannot be chained with "is": join them by "and"', token.lineno, token.colno);
      return noArguments;
    }
    return { ...noArguments, positional: [this.parsePostfix(this.parsePrimary())] };
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
