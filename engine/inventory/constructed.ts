/** `plugin: constructed`: variables and groups made from what the hosts read so far have, by expressions. */
import { fail, type Location } from '../errors.ts';
import { Float, unboxed } from '../source/float.ts';
import { didYouMean } from '../source/suggest.ts';
import { parseYaml, type YamlDocument } from '../source/yaml.ts';
import type { Environment } from '../template/environment.ts';
import { TemplateError } from '../template/errors.ts';
import { evaluateExpression, toText, trusted, truthy } from '../template/render.ts';
import { checkSyntax } from '../template/syntax-check.ts';
import { unsafely } from '../template/unsafely.ts';
import { missing } from '../template/values.ts';
import { type Draft, defineGroup, draftHost } from './draft.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** The variables hosts have so far; with `beside`, those of `group_vars` and `host_vars` beside the inventory as well. */
export type SoFar = (beside: boolean) => (host: string) => Mapping;

const known = ['plugin', 'strict', 'compose', 'groups', 'keyed_groups', 'use_vars_plugins', 'leading_separator'];
const pluginName = /^(?:ansible\.builtin\.)?constructed$/;

/** True for the text of a file that names an inventory plugin. */
export const namesPlugin = (text: string): boolean => /^plugin\s*:/m.test(text);

/**
 * Adds to the draft what the file makes of its hosts: `compose`, then `groups`, then `keyed_groups`.
 * @throws KplayError for another plugin, malformed expressions, and with `strict` for what cannot be evaluated
 */
export function readConstructed(draft: Draft, text: string, file: string, soFar: SoFar): void {
  const document = parseYaml(text, file);
  draft.texts.set(file, text);
  draft.warnings.push(...document.warnings);
  const root = mappingAt(document, document.value, [], 'the file of an inventory plugin');
  if (typeof root['plugin'] !== 'string' || !pluginName.test(root['plugin']))
    fail(
      `the inventory plugin "${root['plugin']}" is not supported`,
      document.locate(['plugin']),
      'constructed is; a script that prints the inventory as JSON can stand for any other',
    );
  for (const name of Object.keys(root).filter((one) => !known.includes(one)))
    fail(`constructed has no setting "${name}".${didYouMean(name, known)}`, document.locateKey([name]));
  const strict = root['strict'] === true;
  const variables = soFar(root['use_vars_plugins'] === true);
  const rules = rulesOf(document, root);
  for (const host of [...draft.hosts.keys()]) {
    const before = variables(host);
    const own: Record<string, unknown> = {};
    const evaluate = (expression: string, at: Location): { readonly value: unknown } | undefined => {
      try {
        return { value: evaluateExpression(expression, environmentOf(host, before, own), at) };
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        return strict ? fail(`${host}: ${error.message}`, at, error.hint) : undefined;
      }
    };
    for (const { name, expression, at } of rules.compose) {
      const made = evaluate(expression, at);
      if (!made) continue;
      own[name] = made.value;
      draft.hosts.get(host)!.vars.set(name, { value: asData(made.value), at });
    }
    for (const { name, expression, at } of rules.groups) {
      const made = evaluate(expression, at);
      if (made && truthy(made.value)) draftHost(draft, host, defineGroup(draft, safeName(name), at), at);
    }
    for (const keyed of rules.keyed) {
      const made = evaluate(keyed.expression, keyed.at);
      const names = made ? namesFrom(made.value, keyed) : [];
      if (made && strict && names === undefined)
        fail(`${host}: the key "${keyed.expression}" is neither text nor a list nor a mapping`, keyed.at);
      for (const name of names ?? []) {
        draftHost(draft, host, defineGroup(draft, name, keyed.at), keyed.at);
        if (keyed.parent === undefined) continue;
        const parent = evaluate(keyed.parent.includes('{{') ? `"${keyed.parent}"` : `'${keyed.parent}'`, keyed.at);
        if (!parent) continue;
        defineGroup(draft, safeName(toText(parent.value)), keyed.at).children.set(name, keyed.at);
      }
    }
  }
}

interface Rule {
  readonly name: string;
  readonly expression: string;
  readonly at: Location;
}

interface KeyedRule {
  readonly expression: string;
  readonly at: Location;
  readonly prefix: string;
  readonly separator: string;
  readonly parent: string | undefined;
  readonly fallback: string | undefined;
  readonly trailing: boolean;
  readonly leading: boolean;
}

function rulesOf(document: YamlDocument, root: Mapping) {
  const named = (section: string): readonly Rule[] =>
    Object.entries(mappingAt(document, root[section], [section], section)).map(([name, value]) => {
      const at = document.locate([section, name]);
      return { name, expression: expressionOf(value, at), at };
    });
  const list = root['keyed_groups'] ?? [];
  if (!Array.isArray(list)) fail('keyed_groups must be a list', document.locate(['keyed_groups']));
  const keyed = (list as readonly unknown[]).map((one, index): KeyedRule => {
    const rule = mappingAt(document, one, ['keyed_groups', index], 'one of keyed_groups');
    const settings = ['key', 'prefix', 'separator', 'parent_group', 'default_value', 'trailing_separator'];
    for (const name of Object.keys(rule).filter((each) => !settings.includes(each)))
      fail(
        `keyed_groups have no setting "${name}".${didYouMean(name, settings)}`,
        document.locateKey(['keyed_groups', index, name]),
      );
    const at = document.locate(['keyed_groups', index, 'key']);
    const text = (name: string) => (rule[name] === undefined || rule[name] === null ? undefined : String(rule[name]));
    return {
      expression: expressionOf(rule['key'], at),
      at,
      prefix: text('prefix') ?? '',
      separator: text('separator') ?? '_',
      parent: text('parent_group'),
      fallback: text('default_value'),
      trailing: rule['trailing_separator'] !== false,
      leading: root['leading_separator'] !== false,
    };
  });
  return { compose: named('compose'), groups: named('groups'), keyed };
}

function expressionOf(value: unknown, at: Location): string {
  if (typeof value === 'boolean' || typeof value === 'number' || value instanceof Float) return String(value);
  if (typeof value !== 'string') return fail('an expression is wanted here, as in "when"', at);
  const [problem] = checkSyntax(value, 'expression', at);
  return problem ? fail(problem.message, problem.at ?? at, problem.hint) : value;
}

function environmentOf(host: string, before: Mapping, own: Mapping): Environment {
  const magic: Mapping = { inventory_hostname: host, inventory_hostname_short: host.split('.')[0] };
  const get = (name: string): unknown => {
    if (Object.hasOwn(magic, name)) return magic[name];
    if (Object.hasOwn(own, name)) return own[name];
    return Object.hasOwn(before, name) ? trusted(before[name]) : missing;
  };
  const names = () => [...Object.keys(magic), ...Object.keys(own), ...Object.keys(before)];
  return { scope: { get, names }, lookups: {} };
}

/** The groups that a key's value means; undefined for a value that means none. */
function namesFrom(value: unknown, rule: KeyedRule): readonly string[] | undefined {
  const { prefix, separator, fallback } = rule;
  const named = (bare: string) => safeName(prefix === '' && !rule.leading ? bare : `${prefix}${separator}${bare}`);
  if (['string', 'number', 'boolean'].includes(typeof unboxed(value))) {
    const text = toText(value);
    if (text !== '') return [named(text)];
    return fallback === undefined ? [] : [named(fallback)];
  }
  if (Array.isArray(value))
    return value.map((one) => named(one === '' && fallback !== undefined ? fallback : toText(one)));
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).map(([key, one]) => {
    if (one !== '' && one !== null) return named(`${key}${separator}${toText(one)}`);
    if (fallback !== undefined) return named(`${key}${separator}${fallback}`);
    return named(rule.trailing ? `${key}${separator}` : key);
  });
}

/** What a group may be called: other characters become `_`. */
const safeName = (name: string) => name.replace(/[^A-Za-z0-9_]/g, '_');

/** What an expression came to is never a template again. */
const asData = (value: unknown): unknown => unsafely(value, (text) => text.includes('{{') || text.includes('{%'));

function mappingAt(
  document: YamlDocument,
  value: unknown,
  pointer: readonly (string | number)[],
  what: string,
): Mapping {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return value as Mapping;
  return fail(`${what} must be a mapping`, document.locate(pointer));
}
