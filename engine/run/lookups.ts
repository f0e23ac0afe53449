/** Lookups that touch the controller: files, environment, commands, passwords. The pure ones are the template room's. */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Inventory } from '../inventory/inventory.ts';
import { fileCandidates } from '../plan/find-file.ts';
import type { Environment, LookupFunction } from '../template/environment.ts';
import { cryptPassword, drawnSalt, saltSizeOf } from '../template/filters/crypt.ts';
import { renderText, toText } from '../template/render.ts';
import { Unknown } from '../template/values.ts';
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

/** The lookups of a run. A file is searched as a task's files are: along `ansible_search_path`, then in the working folder. */
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
        return renderText(options.read(file), besideTemplate(withVariables(environment, extra), file), { file });
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

/** What the template of a file is rendered in: what it includes may lie beside it, after all other places. */
export function besideTemplate(environment: Environment, file: string): Environment {
  const beside = loadTemplate((name) => [resolve(dirname(file), name)]);
  return { ...environment, load: (name) => environment.load?.(name) ?? beside(name) };
}

function candidatesOf(name: string, folder: string, { scope }: Environment, cwd: string): readonly string[] {
  const path = scope.get('ansible_search_path');
  return fileCandidates(folder, name, Array.isArray(path) ? (path as readonly string[]) : [], cwd);
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

/** Every file in the first of the paths, then in the next; `folder` is that of the task's kind (`files` unless told). */
function firstFound(
  terms: readonly unknown[],
  given: Readonly<Record<string, unknown>>,
  environment: Environment,
  cwd: string,
): readonly unknown[] {
  const list = (value: unknown, separators: RegExp): readonly string[] =>
    Array.isArray(value)
      ? value.flatMap((one) => list(one, separators))
      : value === undefined
        ? []
        : toText(value).split(separators).filter(Boolean);
  const search = (term: Readonly<Record<string, unknown>>) => ({
    files: list(term['files'], /\s*[,;]\s*/),
    paths: list(term['paths'], /\s*[,:;]\s*/),
    skip: term['skip'] === true,
  });
  const searches = terms
    .flat()
    .map((term) =>
      typeof term === 'object' && term !== null
        ? search(term as Readonly<Record<string, unknown>>)
        : search({ files: [term], paths: given['paths'] }),
    );
  if (given['files'] !== undefined) searches.push(search(given));
  const folder = toText(given['folder'] ?? 'files');
  for (const { files, paths } of searches) {
    const names = paths.length > 0 ? paths.flatMap((path) => files.map((file) => join(path, file))) : files;
    const found = names
      .flatMap((name) => candidatesOf(name, folder, environment, cwd))
      .find((path) => existsSync(path));
    if (found) return [found];
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
  const strange = Object.keys(settings).find((name) => !['length', 'chars', 'encrypt', 'ident'].includes(name));
  if (strange !== undefined) throw new Error(`password: "${strange}" is not carried out`);
  const file = resolve(options.cwd, path);
  const keep = path !== '/dev/null';
  const scheme = settings['encrypt'] == null ? undefined : toText(settings['encrypt']).replace(/_crypt$/, '');
  const ident = settings['ident'] == null ? undefined : toText(settings['ident']);
  const generated = new Unknown(`the password in ${path} is generated by the run`);
  if (keep && existsSync(file)) {
    const [known = '', salt] = readFileSync(file, 'utf8').split('\n')[0]!.split(' salt=');
    options.secret(known);
    if (scheme === undefined) return known;
    if (salt !== undefined) return cryptPassword(known, scheme, { salt: salt.split(' ')[0], ident });
    if (options.check) return generated;
    const drawn = drawnSalt(saltSizeOf(scheme));
    const hash = cryptPassword(known, scheme, { salt: drawn, ident });
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
  const answer = scheme === undefined ? made : cryptPassword(made, scheme, { salt, ident });
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
