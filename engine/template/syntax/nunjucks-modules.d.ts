/** What this room uses of nunjucks: its lexer, parser and syntax tree, not its renderer. */
declare module 'nunjucks/src/lexer.js' {
  interface Token {
    readonly type: string;
    readonly value: string;
    readonly lineno: number;
    readonly colno: number;
  }
  interface Tokenizer {
    readonly str: string;
    index: number;
    readonly len: number;
    lineno: number;
    colno: number;
    in_code: boolean;
    readonly tags: Readonly<
      Record<'BLOCK_START' | 'BLOCK_END' | 'VARIABLE_START' | 'VARIABLE_END' | 'COMMENT_START' | 'COMMENT_END', string>
    >;
    nextToken(): Token | null;
    isFinished(): boolean;
    forwardN(count: number): void;
  }
  interface Options {
    readonly tags?: Readonly<Record<string, string | undefined>>;
  }
  const lexer: { lex(source: string, options?: Options): Tokenizer };
  export = lexer;
}

declare module 'nunjucks/src/nodes.js' {
  interface Node {
    readonly typename: string;
    readonly lineno: number;
    readonly colno: number;
  }
  interface NodeClass {
    new (lineno: number, colno: number, ...fields: unknown[]): Node;
    extend(name: string, members: { fields: readonly string[] }): NodeClass;
  }
  const nodes: Readonly<Record<string, NodeClass>>;
  export = nodes;
}

declare module 'nunjucks/src/parser.js' {
  const parser: { Parser: new (tokens: unknown) => object };
  export = parser;
}
