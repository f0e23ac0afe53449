/**
 * Jinja2's operators, filters and tests. `or` and the stream of tokens are nunjucks'; what it lacks or binds otherwise
 * (comparison, `is`, arithmetic, chained inline-if) is read here by Jinja2's grammar.
 */
import type { Arguments, BinaryName, CompareOperand, Expression, Filter } from './nodes.ts';
import { node } from './nunjucks.ts';
import { OperandParser, startsOperand } from './operand-parser.ts';

const comparisons = new Set(['==', '!=', '<', '>', '<=', '>=']);
/** Words after which the argument of a test written without parentheses cannot begin. */
const endsTest = new Set(['else', 'or', 'and', 'if', 'is', 'in', 'not']);
const noArguments: Arguments = { positional: [], named: [], splats: [] };

export class ExpressionParser extends OperandParser {
  /** The whole text as one expression. */
  parseWhole(): Expression {
    if (!this.peekToken()) this.fail('expected an expression, found nothing');
    const expression = this.parseTuple();
    const rest = this.peekToken();
    if (rest) this.fail(`unexpected "${rest.value}" after the expression`, rest.lineno, rest.colno);
    return expression;
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
}
