/** `kplay eval EXPRESSION` and `kplay template FILE`: what a text comes to, among the variables of `-e` and no host. */
import { dirname, join, resolve } from 'node:path';
import { exitCodes, fail, KplayError, type Problem } from '../errors.ts';
import { loadInventory } from '../inventory/load.ts';
import { headerOptions } from '../module/template-header.ts';
import { jsonText } from '../report/json-text.ts';
import { controllerLookups, loadTemplate } from '../run/lookups.ts';
import { pathFilters } from '../run/path-filters.ts';
import { pathTests } from '../run/path-tests.ts';
import { revealer } from '../run/revealed.ts';
import { vaultFilters } from '../run/vault-filters.ts';
import { type Vault, vaultWith } from '../source/vault.ts';
import { dumpYaml } from '../source/yaml.ts';
import type { Environment } from '../template/environment.ts';
import { asProblem, TemplateError } from '../template/errors.ts';
import { evaluateExpression, renderText, type TextOptions, trusted } from '../template/render.ts';
import { isUnknown, missing } from '../template/values.ts';
import { disk, opened } from './disk.ts';
import { readExtraVars } from './extra-vars.ts';
import type { CliOptions } from './options.ts';
import { inventorySources } from './play.ts';
import { vaultSecrets } from './vault-secrets.ts';

/** Prints the value: text as it is, other values as YAML, all as JSON with `--json`. Throws KplayError. */
export async function evaluate(expression: string, options: CliOptions): Promise<number> {
  const environment = among(options, vaultWith(await vaultSecrets(options)), []);
  const value = sound(() => evaluateExpression(expression, environment, { file: 'EXPRESSION', line: 1, column: 1 }));
  if (isUnknown(value)) fail(`this cannot be known here: ${value.reason}`);
  const text = typeof value === 'string' ? `${value}\n` : dumpYaml(value, { width: -1 });
  process.stdout.write(options.json ? `${jsonText(value, 2)}\n` : text);
  return exitCodes.ok;
}

/** Prints the rendered file, as the module template would write it. Throws KplayError. */
export async function renderFile(file: string, options: CliOptions): Promise<number> {
  const vault = vaultWith(await vaultSecrets(options));
  const text = opened(disk, vault).read(resolve(file)) ?? fail(`there is no file ${file}`);
  const header = headerOptions(text);
  const environment = among(options, vault, [dirname(resolve(file))]);
  const source = header ? text.replace(/^#jinja2:[^\n]*\n?/, '') : text;
  const rendered = sound(() => renderText(source, environment, { file, ...textOptions(header ?? {}) }));
  if (isUnknown(rendered)) fail(`this cannot be known here: ${rendered.reason}`);
  process.stdout.write(String(rendered));
  return exitCodes.ok;
}

/** The names of `#jinja2:` headers as the template room has them. */
function textOptions(header: Readonly<Record<string, unknown>>): Omit<TextOptions, 'file'> {
  const delimiters = Object.entries(header).flatMap(([name, value]) => {
    const [, what, end] = /^(block|variable|comment)_(start|end)_string$/.exec(name) ?? [];
    return what && end ? [[`${what}${end === 'start' ? 'Start' : 'End'}`, String(value)]] : [];
  });
  return {
    trimBlocks: header['trim_blocks'] !== false,
    lstripBlocks: header['lstrip_blocks'] === true,
    delimiters: Object.fromEntries(delimiters),
    ...(typeof header['newline_sequence'] === 'string' && { newline: header['newline_sequence'] }),
  };
}

/** `folders` are searched before the working folder for what a template includes. */
function among(options: CliOptions, vault: Vault, folders: readonly string[]): Environment {
  const cwd = process.cwd();
  const variables = readExtraVars(options.extraVars, vault);
  const reveal = revealer((scalar) => vault.open(scalar.text).toString('utf8'));
  const files = opened(disk, vault);
  return {
    scope: {
      get: (name) => (Object.hasOwn(variables, name) ? trusted(reveal(variables[name])) : missing),
      names: () => Object.keys(variables),
    },
    lookups: controllerLookups({
      cwd,
      environment: process.env,
      check: true,
      secret: () => {},
      inventory: loadInventory(inventorySources(options, cwd), files, { playbookDir: cwd }),
      read: (path) => files.read(path) ?? fail(`there is no file ${path}`),
    }),
    filters: { ...pathFilters(cwd, process.env), ...vaultFilters(() => {}) },
    tests: pathTests(cwd),
    load: loadTemplate((name) => [...folders, join(cwd, 'templates'), cwd].map((folder) => resolve(folder, name))),
  };
}

function sound<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const problem: Problem = asProblem(error);
    const hint = problem.hint ?? (error.variable ? `give it with -e ${error.variable}=… or -e @FILE` : undefined);
    throw new KplayError([{ ...problem, at: problem.at?.file === 'EXPRESSION' ? undefined : problem.at, hint }], {
      cause: error,
    });
  }
}
