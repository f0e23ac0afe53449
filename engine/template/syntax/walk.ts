/** Going through a syntax tree without knowing its kinds. */
import type { AnyNode } from './nodes.ts';

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { typename?: unknown }).typename === 'string';
}

/** The nodes right beneath one, in the order of its fields. */
export function childNodes(parent: object): readonly AnyNode[] {
  const found: AnyNode[] = [];
  const look = (value: unknown): void => {
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  Object.values(parent).forEach(look);
  return found;
}

/** Visits a node and all beneath it. */
export function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const child of childNodes(node)) walk(child, visit);
}
