/** The names a template uses, and its mistakes of syntax, found without rendering it. */
import type { Location } from '../errors.ts';
import { TemplateError } from './errors.ts';
import type { Position } from './syntax/nodes.ts';
import { parseEither, type SourceKind } from './syntax/parse.ts';
import { noteNames } from './used-names.ts';

export { checkSyntax, lookupNames } from './syntax-check.ts';

/** One use of a variable. */
export interface Reference {
  readonly name: string;
  /** The keys asked of it, as far as they are written out. */
  readonly path: readonly string[];
  /** Its absence is tolerated there: by `default`, or behind a condition which asks whether it is defined. */
  readonly guarded: boolean;
  /** 1-based: in the template when it is a file of its own, else where the YAML scalar is. */
  readonly line: number;
  readonly column: number;
}

/** The variables a text uses from outside; names it binds itself are left out. Nothing for a text which does not parse. */
export function references(source: string, kind: SourceKind, at?: Location): readonly Reference[] {
  const tree = parseEither(source, kind);
  if (tree instanceof TemplateError) return [];
  const found: Reference[] = [];
  noteNames(tree, (path, guarded, position) => {
    const [name, ...keys] = path as [string, ...string[]];
    found.push({ name, path: keys, guarded, ...placeOf(position, at) });
  });
  return found;
}

function placeOf(
  { lineno, colno }: Position,
  at: Location | undefined,
): { readonly line: number; readonly column: number } {
  if (at && (at.line !== 1 || at.column !== 1)) return { line: at.line, column: at.column };
  return { line: lineno + 1, column: colno + 1 };
}
