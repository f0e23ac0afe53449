/** An expression that a task names without braces, as `that`, `var` and `when` do. */

/** `{{ x }}` is taken for `x`. */
export function withoutBraces(text: string): string {
  const inside = /^\s*\{\{((?:(?!\{\{|\}\})[\s\S])*)\}\}\s*$/.exec(text)?.[1];
  return (inside ?? text).trim();
}
