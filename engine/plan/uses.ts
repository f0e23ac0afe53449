/** Names that a text needs to be defined. */
import type { Location } from '../errors.ts';
import { type Reference, references } from '../template/references.ts';
import { isAlwaysEvaluated, namesAskedAbout } from './certain.ts';
import { offsetOf } from './syntax.ts';
import type { TemplateText } from './texts.ts';
import { isWellKnown } from './well-known.ts';

export interface Use {
  readonly name: string;
  /** The keys asked of it. */
  readonly path: readonly string[];
  /** Looked at whenever the text is rendered. */
  readonly certain: boolean;
  at(): Location;
}

/**
 * Finds the uses in a text that nothing in it excuses: no default, no question whether the name is defined. Each text is read
 * once, wherever it stands.
 */
export function useFinder(): (text: TemplateText) => readonly Use[] {
  const known = new Map<string, readonly Bare[]>();
  return (text) => {
    const key = `${text.kind} ${text.source}`;
    const bare = known.get(key) ?? bareUses(text);
    known.set(key, bare);
    return bare.map(({ offset, ...use }) => ({ ...use, at: () => text.locate(offset) }));
  };
}

type Bare = Omit<Use, 'at'> & { readonly offset: number };

function bareUses({ source, kind }: TemplateText): readonly Bare[] {
  const asked = new Set(namesAskedAbout(source));
  const open = ({ name, guarded }: Reference) => !guarded && !isWellKnown(name) && !asked.has(name);
  // At 1:1 the places are those within the text.
  return references(source, kind, { file: '', line: 1, column: 1 })
    .filter(open)
    .map((reference) => {
      const offset = offsetOf(source, reference);
      return {
        name: reference.name,
        path: reference.path,
        offset,
        certain: isAlwaysEvaluated({ source, kind }, offset),
      };
    });
}
