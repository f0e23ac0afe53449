/** Whether a name in a template is looked at whenever the template is rendered, or only under some condition. */
import type { TemplateText } from './texts.ts';

const opens = new Set(['if', 'for', 'macro', 'call', 'block']);

/**
 * True when the expression at `offset` is evaluated every time. Errs towards false: a word such as `and` before it, or an inline
 * `if` around it, is enough for doubt.
 */
export function isAlwaysEvaluated({ source, kind }: Pick<TemplateText, 'source' | 'kind'>, offset: number): boolean {
  if (kind === 'expression') return isUnconditional(source, offset);
  const start = Math.max(source.lastIndexOf('{{', offset), source.lastIndexOf('{%', offset));
  if (start === -1) return true;
  const end = source.indexOf(source.startsWith('{{', start) ? '}}' : '%}', start);
  const inside = source.slice(start + 2, end === -1 ? undefined : end);
  const statement = /^-?\s*(\w+)/.exec(inside)?.[1];
  // Of `{% if … %}` only what is in the tag counts, and it comes first.
  const words =
    source.startsWith('{%', start) && statement !== undefined ? inside.replace(/^-?\s*\w+/, blanks) : inside;
  return depthAt(source, start) === 0 && isUnconditional(words, offset - start - 2);
}

function isUnconditional(expression: string, offset: number): boolean {
  return !/\b(?:if|else)\b/.test(expression) && !/\b(?:and|or)\b/.test(expression.slice(0, Math.max(offset, 0)));
}

/** How many blocks are open before an offset. */
function depthAt(source: string, offset: number): number {
  let depth = 0;
  for (const tag of source.slice(0, offset).matchAll(/\{%[-+]?\s*(end)?(\w+)/g)) {
    if (opens.has(tag[2]!)) depth += tag[1] === undefined ? 1 : -1;
  }
  return depth;
}

function blanks(text: string): string {
  return ' '.repeat(text.length);
}

/** Names whose being defined is asked about somewhere in a text: whoever asks knows that they may be missing. */
export function namesAskedAbout(source: string): readonly string[] {
  const asked = [
    ...source.matchAll(/\b([A-Za-z_]\w*)(?:\.\w+|\[[^\]]*\])*\s+is\s+(?:not\s+)?(?:un)?defined\b/g),
    ...source.matchAll(/["']([A-Za-z_]\w*)["']\s+(?:not\s+)?in\s+(?:vars|hostvars)\b/g),
  ];
  return asked.map((match) => match[1]!);
}
