/** The keywords every level shares, read into the tree. */
import { type Inherited, inheritedKeywords, type Keywords, type Positioned } from './ast.ts';
import { child, has, locationOf, type Node, positioned } from './node.ts';
import { readClauses, readMappings, readNames, readTags, readText, readVars } from './values.ts';

type Defaults = Positioned<Readonly<Record<string, unknown>>>;

/** Reads what {@link Keywords} names; the types have been checked, and what is of the wrong type is left out. */
export function readKeywords(node: Node): Keywords {
  const name = readText(child(node, 'name'));
  const vars = readVars(child(node, 'vars'));
  return {
    ...(name !== undefined && { name }),
    at: locationOf(node),
    ...(vars && { vars }),
    when: readClauses(child(node, 'when')),
    tags: readTags(child(node, 'tags')),
    environment: readMappings(child(node, 'environment')),
    moduleDefaults: readMappings<Defaults['value']>(child(node, 'module_defaults')),
    notify: readNames(child(node, 'notify')),
    inherited: readInherited(node),
  };
}

function readInherited(node: Node): Inherited {
  const found: { -readonly [K in keyof Inherited]: Inherited[K] } = {};
  for (const keyword of inheritedKeywords) {
    if (has(node, keyword)) found[keyword] = positioned(child(node, keyword));
  }
  return found;
}
