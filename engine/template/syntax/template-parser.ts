/** Jinja2's statements. Searching for block ends and `if` are nunjucks'; the others are read by Jinja2's grammar. */

import { didYouMean } from '../../source/suggest.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { Body, Expression, Filter, FunCall, Parameter, Position, Statement, Target } from './nodes.ts';
import { node } from './nunjucks.ts';
import { syntaxError } from './syntax-error.ts';

const tags = [
  'if',
  'for',
  'set',
  'macro',
  'call',
  'filter',
  'with',
  'block',
  'extends',
  'include',
  'import',
  'from',
  'autoescape',
];

export class TemplateParser extends ExpressionParser {
  /** The tags which are open, innermost last, for the message about one which never closes. */
  private readonly open: { readonly name: string; readonly at: Position }[] = [];

  parseTemplate(): Body {
    const at = { lineno: 0, colno: 0 };
    return node('NodeList', at, { children: this.parseNodes() });
  }

  parseNodes(): Statement[] {
    const statements: Statement[] = [];
    for (let token = this.nextToken(); token; token = this.nextToken()) {
      if (token.type === 'data') {
        const data = node('TemplateData', token, { value: token.value });
        statements.push(node('Output', token, { children: [data] }));
      } else if (token.type === 'variable-start') {
        const expression = this.parseTuple();
        this.want('variable-end', `"${this.tokens.tags.VARIABLE_END}"`);
        statements.push(node('Output', token, { children: [expression] }));
      } else {
        const statement = this.parseStatement();
        if (!statement) return statements;
        statements.push(statement);
      }
    }
    const last = this.open.at(-1);
    if (last) syntaxError(`"${last.name}" is never closed`, last.at);
    return statements;
  }

  /** Null at a tag which ends the block being read; nunjucks' `parseUntilBlocks` says which those are. */
  parseStatement(): Statement | null {
    const token = this.peekToken();
    if (token?.type !== 'symbol') return this.unexpected('the name of a tag', token);
    if (this.breakOnBlocks?.includes(token.value)) return null;
    this.open.push({ name: token.value, at: token });
    const statement = this.statementNamed(token.value, token);
    this.open.pop();
    return statement;
  }

  private statementNamed(name: string, at: Position): Statement {
    if (name === 'if') return this.parseIf();
    this.nextToken();
    switch (name) {
      case 'for':
        return this.parseFor(at);
      case 'set':
        return this.parseSet(at);
      case 'macro':
        return this.parseMacro(at);
      case 'call':
        return this.parseCall(at);
      case 'filter':
        return node('FilterBlock', at, { filters: this.parseFilterChain(), body: this.bodyUntil('endfilter') });
      case 'with':
        return this.parseWith(at);
      case 'autoescape':
        this.parseExpression();
        return this.bodyUntil('endautoescape');
      case 'block':
        return this.parseBlock(at);
      case 'extends':
        return this.ended(node('Extends', at, { template: this.parseExpression() }));
      case 'include':
        return this.parseInclude(at);
      case 'import':
        return this.parseImport(at);
      case 'from':
        return this.parseFrom(at);
      default:
        return this.unknownTag(name, at);
    }
  }

  private unknownTag(name: string, at: Position): never {
    const outer = this.open.at(-2);
    if (name.startsWith('end') || name === 'else' || name === 'elif') {
      return syntaxError(`"${name}" has no tag to belong to${outer ? ` inside "${outer.name}"` : ''}`, at);
    }
    const extension = name === 'do' || name === 'break' || name === 'continue';
    const hint = extension ? 'Jinja extensions are not enabled' : didYouMean(name, tags).trim();
    return syntaxError(`unknown tag "${name}"`, at, hint === '' ? undefined : hint);
  }

  /** Reads the end of the present tag. */
  private ended<T>(statement: T): T {
    this.want('block-end', `"${this.tokens.tags.BLOCK_END}"`);
    return statement;
  }

  /** The end of the present tag, then everything up to the closing one. */
  private bodyUntil(end: string): Body {
    this.ended(null);
    const body = this.parseUntilBlocks(end);
    this.close(end);
    return body;
  }

  private close(end: string): void {
    if (!this.skipSymbol(end)) this.unexpected(`"${end}"`, this.peekToken());
    this.ended(null);
  }

  private parseTarget(): Target {
    const at = this.peekToken() ?? this.tokens;
    const target = this.parseTuple(() => this.parsePostfix(this.parsePrimary()));
    return this.asTarget(target, at);
  }

  private asTarget(target: Expression, at: Position): Target {
    if (target.typename === 'Symbol') return target;
    if (target.typename === 'LookupVal' && target.dotted && target.target.typename === 'Symbol') return target;
    if (target.typename === 'Group' && target.children.length > 0) {
      for (const child of target.children) this.asTarget(child, at);
      return target;
    }
    return syntaxError('only names can be assigned to', at);
  }

  private parseFor(at: Position): Statement {
    const target = this.parseTarget();
    if (!this.skipSymbol('in')) this.unexpected('"in"', this.peekToken());
    const arr = this.parseTuple(() => this.parseOr());
    const cond = this.skipSymbol('if') ? this.parseExpression() : null;
    const recursive = this.skipSymbol('recursive');
    this.ended(null);
    const body = this.parseUntilBlocks('endfor', 'else');
    let else_: Body | null = null;
    if (this.skipSymbol('else')) else_ = this.bodyUntil('endfor');
    else this.close('endfor');
    return node('For', at, { target, arr, cond, recursive, body, else_ });
  }

  private parseSet(at: Position): Statement {
    const target = this.parseTarget();
    if (this.skipValue('operator', '=')) {
      return this.ended(node('Set', at, { target, value: this.parseTuple(), body: null, filters: [] }));
    }
    const filters = this.skip('pipe') ? this.parseFilterChain() : [];
    return node('Set', at, { target, value: null, filters, body: this.bodyUntil('endset') });
  }

  private parseFilterChain(): Filter[] {
    const filters = [this.parseFilter(null)];
    while (this.skip('pipe')) filters.push(this.parseFilter(null));
    return filters;
  }

  private parseParameters(): Parameter[] {
    const params: Parameter[] = [];
    this.want('left-paren', '"("');
    while (!this.skip('right-paren')) {
      if (params.length > 0) {
        this.want('comma', '"," or ")"');
        if (this.skip('right-paren')) break;
      }
      const { value } = this.want('symbol', 'the name of a parameter');
      params.push({ name: value, fallback: this.skipValue('operator', '=') ? this.parseExpression() : null });
    }
    return params;
  }

  private parseMacro(at: Position): Statement {
    const { value } = this.want('symbol', 'the name of the macro');
    const params = this.parseParameters();
    return node('Macro', at, { name: value, params, body: this.bodyUntil('endmacro') });
  }

  private parseCall(at: Position): Statement {
    const params = this.peekToken()?.type === 'left-paren' ? this.parseParameters() : [];
    const call = this.parseExpression();
    if (call.typename !== 'FunCall') syntaxError('expected the call of a macro', call);
    return node('CallBlock', at, { call: call as FunCall, params, body: this.bodyUntil('endcall') });
  }

  private parseWith(at: Position): Statement {
    const bindings = [];
    while (this.peekToken()?.type !== 'block-end') {
      if (bindings.length > 0) this.want('comma', '","');
      const where = this.peekToken() ?? this.tokens;
      const target = this.asTarget(this.parsePostfix(this.parsePrimary()), where);
      if (!this.skipValue('operator', '=')) this.unexpected('"="', this.peekToken());
      bindings.push({ target, value: this.parseExpression() });
    }
    return node('With', at, { bindings, body: this.bodyUntil('endwith') });
  }

  private parseBlock(at: Position): Statement {
    const { value } = this.want('symbol', 'the name of the block');
    while (this.skipSymbol('scoped') || this.skipSymbol('required'));
    this.ended(null);
    const body = this.parseUntilBlocks('endblock');
    if (!this.skipSymbol('endblock')) this.unexpected('"endblock"', this.peekToken());
    this.skipSymbol(value);
    return this.ended(node('Block', at, { name: value, body }));
  }

  private parseInclude(at: Position): Statement {
    const template = this.parseExpression();
    let ignoreMissing = false;
    if (this.skipSymbol('ignore')) {
      if (!this.skipSymbol('missing')) this.unexpected('"missing"', this.peekToken());
      ignoreMissing = true;
    }
    return this.ended(node('Include', at, { template, ignoreMissing, withContext: this.context() ?? true }));
  }

  private context(): boolean | undefined {
    const token = this.peekToken();
    if (token?.type !== 'symbol' || (token.value !== 'with' && token.value !== 'without')) return undefined;
    this.nextToken();
    if (!this.skipSymbol('context')) this.unexpected('"context"', this.peekToken());
    return token.value === 'with';
  }

  private parseImport(at: Position): Statement {
    const template = this.parseExpression();
    if (!this.skipSymbol('as')) this.unexpected('"as"', this.peekToken());
    const { value } = this.want('symbol', 'a name');
    return this.ended(node('Import', at, { template, target: value, withContext: this.context() ?? false }));
  }

  private parseFrom(at: Position): Statement {
    const template = this.parseExpression();
    if (!this.skipSymbol('import')) this.unexpected('"import"', this.peekToken());
    const names: { name: string; alias: string }[] = [];
    do {
      if (this.peekToken()?.type === 'block-end') break;
      const token = this.want('symbol', 'the name of a macro');
      const alias = this.skipSymbol('as') ? this.want('symbol', 'a name').value : token.value;
      names.push({ name: token.value, alias });
    } while (this.skip('comma'));
    return this.ended(node('FromImport', at, { template, names, withContext: this.context() ?? false }));
  }
}
