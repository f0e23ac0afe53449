/** The text of `kplay doc <role>`, read from the role's own files. */
import type { ArgsLiteral } from './arguments.ts';
import { isPlain } from './convert.ts';
import { argumentLines, valueText, wrap } from './documentation.ts';
import { literalOf } from './literal.ts';

/** The files of a role as values; what is missing is undefined. */
export interface RoleFiles {
  /** `meta/argument_specs.yml`, or `meta/main.yml` where it holds them. */
  readonly specifications: unknown;
  readonly meta: unknown;
  readonly defaults: unknown;
}

/** Plain text, at most `width` columns wide: every entry point with its arguments, then the defaults that no spec declares. */
export function roleDocumentation(name: string, { specifications, meta, defaults }: RoleFiles, width = 80): string {
  const entries = Object.entries(mapping(mapping(specifications)['argument_specs']));
  const given = mapping(defaults);
  const about = mapping(mapping(meta)['galaxy_info'])['description'];
  const sections = [`${name.toUpperCase()} (role)${typeof about === 'string' ? `\n${wrap(about, width, 2)}` : ''}`];
  const declared = new Set<string>();
  for (const [entry, specification] of entries) {
    const { short_description: summary, description, options } = mapping(specification);
    const args = withDefaults(literalOf(options), given);
    for (const argument of Object.keys(args)) declared.add(argument);
    if (entry !== 'main') sections.push(`ENTRY POINT ${entry}`);
    if (typeof summary === 'string' && summary !== about) sections.push(wrap(summary, width, 2));
    for (const paragraph of [description ?? []].flat()) sections.push(wrap(String(paragraph), width, 2));
    if (Object.keys(args).length > 0) sections.push(`ARGUMENTS\n${argumentLines(args, width, 2)}`);
  }
  const others = Object.entries(given).filter(([variable]) => !declared.has(variable));
  const lines = others.map(([variable, value]) => `  ${variable}\n${wrap(`Default: ${valueText(value)}`, width, 6)}`);
  if (lines.length > 0) sections.push(`${declared.size > 0 ? 'OTHER ' : ''}VARIABLES\n${lines.join('\n')}`);
  const needs = [mapping(meta)['dependencies'] ?? []]
    .flat()
    .map(roleName)
    .filter((one) => one !== '');
  if (needs.length > 0) sections.push(`NEEDS THE ROLES\n${wrap(needs.join(', '), width, 2)}`);
  return `${sections.join('\n\n')}\n`;
}

/** The defaults file says what the role takes when nothing is given, whether or not the spec repeats it. */
function withDefaults(args: ArgsLiteral, given: Readonly<Record<string, unknown>>): ArgsLiteral {
  return Object.fromEntries(
    Object.entries(args).map(([name, literal]) => [
      name,
      literal.default === undefined && given[name] != null ? { ...literal, default: given[name] } : literal,
    ]),
  );
}

function roleName(entry: unknown): string {
  return typeof entry === 'string' ? entry : String(mapping(entry)['role'] ?? mapping(entry)['name'] ?? '');
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return isPlain(value) ? value : {};
}
