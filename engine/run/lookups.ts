/** Lookups that touch the controller: files, environment, commands, passwords. The pure ones are the template room's. */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Inventory } from '../inventory/inventory.ts';
import type { Environment, LookupFunction } from '../template/environment.ts';
import { cryptPassword, drawnSalt, saltSizeOf } from '../template/filters/crypt.ts';
import { renderText, toText } from '../template/render.ts';
import { missing, Unknown } from '../template/values.ts';
import { moreLookups } from './more-lookups.ts';
import { matching } from './path-filters.ts';

export interface LookupOptions {
  readonly cwd: string;
  readonly inventory: Inventory;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Under check nothing is written, not even on the controller. */
  readonly check: boolean;
  readonly secret: (value: string) => void;
  /** The text of a file, opened where it is encrypted. */
  readonly read: (path: string) => string;
}

/** The lookups of a run. A file is searched as a task's files are: through `ansible_search_path`, playbook and working folder. */
export function controllerLookups(options: LookupOptions): Readonly<Record<string, LookupFunction>> {
  const text = (name: string, folder: string, environment: Environment) =>
    options.read(located(name, folder, environment, options.cwd));
  return {
    file: (terms, { rstrip = true, lstrip = false }, environment) =>
      terms.map((term) => {
        const content = text(toText(term), 'files', environment);
        const right = rstrip ? content.trimEnd() : content;
        return lstrip ? right.trimStart() : right;
      }),
    env: (terms, { default: fallback = '' }) => terms.map((term) => options.environment[toText(term)] ?? fallback),
    pipe: (terms) =>
      terms.map((term) =>
        execFileSync('/bin/sh', ['-c', toText(term)], {
          cwd: options.cwd,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'inherit'],
        }).trimEnd(),
      ),
    lines: (terms) =>
      terms.flatMap((term) =>
        execFileSync('/bin/sh', ['-c', toText(term)], {
          cwd: options.cwd,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'inherit'],
        })
          .trimEnd()
          .split('\n'),
      ),
    template: (terms, { template_vars: extra }, environment) =>
      terms.map((term) => {
        const file = located(toText(term), 'templates', environment, options.cwd);
        return renderText(options.read(file), withVariables(environment, extra), { file });
      }),
    fileglob: (terms, _options, environment) =>
      terms.flatMap((term) => globbed(toText(term), environment, options.cwd)),
    first_found: (terms, given, environment) => firstFound(terms, given, environment, options.cwd),
    ...moreLookups(options.inventory, (name, environment) => text(name, 'files', environment)),
    password: (terms, given) => terms.map((term) => password(toText(term), given, options)),
  };
}

/** A loader for `include` and `import` inside templates. */
export function loadTemplate(candidates: (name: string) => readonly string[]) {
  return (name: string) => {
    const file = candidates(name).find((path) => existsSync(path));
    return file === undefined ? undefined : { file, text: readFileSync(file, 'utf8') };
  };
}

function roots(environment: Environment, cwd: string): readonly string[] {
  const found = (name: string) => {
    const value = environment.scope.get(name);
    return value === missing ? undefined : value;
  };
  const path = found('ansible_search_path');
  const playbook = found('playbook_dir');
  return [...(Array.isArray(path) ? (path as string[]) : []), ...(typeof playbook === 'string' ? [playbook] : []), cwd];
}

function candidatesOf(name: string, folder: string, environment: Environment, cwd: string): readonly string[] {
  if (name.startsWith('/')) return [name];
  return roots(environment, cwd).flatMap((root) => [resolve(root, folder, name), resolve(root, name)]);
}

function located(name: string, folder: string, environment: Environment, cwd: string): string {
  const candidates = candidatesOf(name, folder, environment, cwd);
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error(`could not find "${name}". Searched in: ${[...new Set(candidates)].join(', ')}`);
  return found;
}

function globbed(pattern: string, environment: Environment, cwd: string): readonly string[] {
  if (pattern.startsWith('/')) return matching(pattern);
  return (
    candidatesOf(pattern, 'files', environment, cwd)
      .map(matching)
      .find((found) => found.length > 0) ?? []
  );
}

function firstFound(
  terms: readonly unknown[],
  given: Readonly<Record<string, unknown>>,
  environment: Environment,
  cwd: string,
): readonly unknown[] {
  const list = (value: unknown): readonly string[] =>
    Array.isArray(value) ? value.flatMap(list) : value === undefined ? [] : [toText(value)];
  const searches = terms.flat().map((term) =>
    typeof term === 'object' && term !== null
      ? {
          files: list((term as Record<string, unknown>)['files']),
          paths: list((term as Record<string, unknown>)['paths']),
          skip: (term as Record<string, unknown>)['skip'] === true,
        }
      : { files: [toText(term)], paths: [] as readonly string[], skip: false },
  );
  const fromOptions = list(given['files']);
  if (fromOptions.length > 0) searches.push({ files: fromOptions, paths: list(given['paths']), skip: false });
  for (const { files, paths } of searches) {
    for (const file of files) {
      const names = paths.length > 0 ? paths.map((path) => join(path, file)) : [file];
      const found = names
        .flatMap((name) =>
          ['vars', 'files', 'templates', 'tasks'].flatMap((folder) => candidatesOf(name, folder, environment, cwd)),
        )
        .find((path) => existsSync(path));
      if (found) return [found];
    }
  }
  if (given['skip'] === true || searches.some(({ skip }) => skip)) return [];
  throw new Error(`first_found: none of the files exists: ${searches.flatMap(({ files }) => files).join(', ')}`);
}

const alphabets: Readonly<Record<string, string>> = {
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

/**
 * A password kept in a file of the controller (0600), made on first use; `path length=20 chars=ascii_letters,digits`. With
 * `encrypt` its hash: the salt is kept beside the password, so that the hash stays the same.
 */
function password(term: string, given: Readonly<Record<string, unknown>>, options: LookupOptions): unknown {
  const [path = '', ...words] = term.split(/\s+(?=\w+=)/);
  const settings: Record<string, unknown> = { ...given };
  for (const word of words) settings[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
  const file = resolve(options.cwd, path);
  const keep = path !== '/dev/null';
  const scheme = settings['encrypt'] == null ? undefined : toText(settings['encrypt']).replace(/_crypt$/, '');
  const generated = new Unknown(`the password in ${path} is generated by the run`);
  if (keep && existsSync(file)) {
    const [known = '', salt] = readFileSync(file, 'utf8').split('\n')[0]!.split(' salt=');
    options.secret(known);
    if (scheme === undefined) return known;
    if (salt !== undefined) return cryptPassword(known, scheme, { salt: salt.split(' ')[0] });
    if (options.check) return generated;
    const drawn = drawnSalt(saltSizeOf(scheme));
    const hash = cryptPassword(known, scheme, { salt: drawn });
    writeFileSync(file, `${known} salt=${drawn}\n`, { mode: 0o600 });
    return hash;
  }
  if (keep && options.check) return generated;
  const asked =
    settings['chars'] === undefined
      ? ['ascii_letters', 'digits']
      : Array.isArray(settings['chars'])
        ? settings['chars'].map(toText)
        : toText(settings['chars']).split(',');
  const chars = asked.map((name) => alphabets[name] ?? name).join('');
  const length = Number(settings['length'] ?? 20);
  if (!Number.isInteger(length) || length < 1)
    throw new Error(`password: "${toText(settings['length'])}" is no length`);
  const made = Array.from({ length }, () => chars[randomInt(chars.length)]).join('');
  options.secret(made);
  const salt = drawnSalt(saltSizeOf(scheme));
  const answer = scheme === undefined ? made : cryptPassword(made, scheme, { salt });
  if (keep) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${made}${scheme === undefined ? '' : ` salt=${salt}`}\n`, { mode: 0o600, flag: 'wx' });
  }
  return answer;
}

function withVariables(environment: Environment, extra: unknown): Environment {
  if (typeof extra !== 'object' || extra === null) return environment;
  const { scope } = environment;
  return {
    ...environment,
    scope: {
      get: (name) => (Object.hasOwn(extra, name) ? (extra as Record<string, unknown>)[name] : scope.get(name)),
      *names() {
        yield* Object.keys(extra);
        yield* scope.names();
      },
    },
  };
}
