/** The text of `kplay doc <module>`, read from the module's own definition. */
import { VaultScalar } from '../source/vault-scalar.ts';
import { compactJson } from '../template/python/json.ts';
import type { ArgLiteral, ArgsLiteral } from './arguments.ts';
import { isPlain } from './convert.ts';
import { type AnyModule, isAction } from './definition.ts';
import { rulesOf } from './rules.ts';

/** Plain text, at most `width` columns wide. */
export function documentation(name: string, module: AnyModule, width = 80): string {
  const sections = [
    `${name.toUpperCase()}\n${wrap(module.summary, width, 2)}`,
    ...(module.description ?? []).map((paragraph) => wrap(paragraph, width, 2)),
    nature(module, width),
    Object.keys(module.args).length > 0 && `ARGUMENTS\n${argumentLines(module.args, width, 2)}`,
    module.otherArgs && `  Any other name: ${module.otherArgs.description ?? 'taken as well'}`,
    relations(name, module),
    Object.keys(module.returns ?? {}).length > 0 && `RETURNS\n${returnLines(module.returns ?? {}, width)}`,
    module.examples && `EXAMPLES\n${indent(module.examples.trim(), 2)}`,
  ];
  return `${sections.filter((section) => typeof section === 'string').join('\n\n')}\n`;
}

function nature(module: AnyModule, width: number): string {
  if (!isAction(module))
    return wrap('Changes only what differs. Under --check the difference is predicted and shown.', width, 2);
  const texts = {
    controller: 'Runs on the controller and touches no host; runs under --check as well.',
    reads: 'Only reads; runs under --check as well.',
    changes: 'Runs every time. Under --check it is not run, and its result is unknown.',
  };
  return wrap(texts[module.action], width, 2);
}

export function argumentLines(args: ArgsLiteral, width: number, depth: number): string {
  const sorted = Object.entries(args).sort(([, a], [, b]) => Number(b.required ?? false) - Number(a.required ?? false));
  return sorted.map(([name, literal]) => argumentText(name, literal, width, depth)).join('\n');
}

function argumentText(name: string, literal: ArgLiteral, width: number, depth: number): string {
  const lines = [`${' '.repeat(depth)}${name} (${typeText(literal)})`];
  if (literal.description) lines.push(wrap(literal.description, width, depth + 4));
  if (literal.choices) lines.push(wrap(`One of: ${literal.choices.join(', ')}`, width, depth + 4));
  if (literal.words) lines.push(wrap(`Also: ${literal.words.join(', ')}`, width, depth + 4));
  if (literal.default !== undefined) lines.push(wrap(`Default: ${valueText(literal.default)}`, width, depth + 4));
  if (literal.aliases?.length) lines.push(wrap(`Also written: ${literal.aliases.join(', ')}`, width, depth + 4));
  if (literal.options) lines.push(argumentLines(literal.options, width, depth + 4));
  return lines.join('\n');
}

/** A value as JSON; what is encrypted in it stays closed. */
export const valueText = (value: unknown): string => compactJson(closed(value));

function closed(value: unknown): unknown {
  if (value instanceof VaultScalar) return '(encrypted)';
  if (Array.isArray(value)) return value.map(closed);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)])) : value;
}

function typeText({ type = 'str', elements, required, secret }: ArgLiteral): string {
  const kind = type === 'list' && elements ? `list of ${elements}` : type;
  return [kind, required && 'required', secret && 'secret'].filter(Boolean).join(', ');
}

function relations(name: string, module: AnyModule): string | undefined {
  const rules = rulesOf(module.args, module.rules ?? {});
  return rules.length === 0 ? undefined : `RULES\n${rules.map((rule) => `  ${rule.message(name)}`).join('\n')}`;
}

function returnLines(returns: Readonly<Record<string, string>>, width: number): string {
  return Object.entries(returns)
    .map(([name, meaning]) => `  ${name}\n${wrap(meaning, width, 6)}`)
    .join('\n');
}

export function wrap(text: string, width: number, depth: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && depth + last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return indent(lines.join('\n'), depth);
}

function indent(text: string, depth: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(depth));
}
