/** The variables a task sees on a host: every source at its rank of precedence (Ansible's order), rendered only when used. */
import type { Location } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Lexical, PlannedPlay, Role } from '../plan/plan.ts';
import type { VarsBlock } from '../playbook/ast.ts';
import { trusted } from '../template/render.ts';
import { missing, type Scope, ScopeDict } from '../template/values.ts';
import type { CountedMap } from './counted-map.ts';
import { type Lasting, type Layer, lastingLayers, layersOf, withMomentary } from './layers.ts';

/** What a run has learnt about one host; plain data, never read as a template, save `included`. */
export interface HostVariables {
  readonly facts: CountedMap<string, unknown>;
  /** Facts a module names without `ansible_` (`services`, `packages`): they are variables of that name as well. */
  readonly bareFacts: Set<string>;
  /** `set_fact` and `register`. */
  readonly registered: CountedMap<string, unknown>;
  /** `include_vars`: the user's own files, so templates. */
  readonly included: CountedMap<string, unknown>;
}

export interface VariableSources {
  readonly inventory: Inventory;
  readonly hostVariables: (host: string) => HostVariables;
  readonly extraVars: Readonly<Record<string, unknown>>;
  /** A value of the user's files with what is encrypted in it opened. */
  readonly revealed: (value: unknown) => unknown;
}

/** What the play itself brings: one value for all its tasks. */
export interface PlayVariables {
  readonly play: PlannedPlay;
  /** `vars_files` read for this host, in order. */
  readonly varsFiles: (host: string) => readonly VarsBlock[];
  /** Answers to `vars_prompt`: templates, as play vars are, unless `Unsafe`. */
  readonly prompts: Readonly<Record<string, unknown>>;
  /** Roles whose vars and defaults all tasks see; dynamic public ones are added as they come. */
  readonly publicRoles: () => readonly Role[];
  addPublicRole(role: Role): void;
}

/** Variables of the moment: loop item, delegation, template_host …; they stand above all but extra vars. */
export type Momentary = Readonly<Record<string, unknown>>;

/** The scope of one task on one host. `magic` wins over everything. */
export function taskScope(
  sources: VariableSources,
  host: string,
  options: {
    readonly play?: PlayVariables;
    readonly lexical?: Lexical;
    readonly momentary?: Momentary;
    readonly magic: (name: string) => unknown | typeof missing;
    readonly magicNames: readonly string[];
    /** What a name means that nobody defines. */
    readonly otherwise?: (name: string, defined: Scope) => unknown | typeof missing;
  },
): Scope {
  const { play, lexical, momentary } = options;
  let lasting: Lasting | undefined;
  let all: readonly Layer[] = [];
  // what it is made of may have changed since the last name
  const layers = () => {
    const now = lastingLayers(sources, host, play, lexical, lasting);
    if (now !== lasting) all = withMomentary(now.layers, momentary);
    lasting = now;
    return all;
  };
  function find(name: string): unknown | typeof missing {
    const magic = options.magic(name);
    if (magic !== missing) return magic;
    for (const layer of layers()) {
      if (layer.has(name))
        return layer.own ? trusted(sources.revealed(layer.get(name)), layer.locate?.(name)) : layer.get(name);
    }
    return missing;
  }
  function* names(): Generator<string> {
    const seen = new Set<string>(options.magicNames);
    yield* seen;
    for (const layer of layers()) {
      for (const name of layer.names()) {
        if (!seen.has(name)) yield name;
        seen.add(name);
      }
    }
  }
  const defined: Scope = { get: find, names };
  const scope: Scope = {
    get(name) {
      if (name === 'vars') return new ScopeDict(scope);
      const found = find(name);
      return found === missing && options.otherwise ? options.otherwise(name, defined) : found;
    },
    names,
  };
  return scope;
}

/** Where the user's files give a name the value that a task sees; undefined where no file does. */
export function placeOf(
  sources: VariableSources,
  host: string,
  name: string,
  play?: PlayVariables,
  lexical?: Lexical,
): Location | undefined {
  return layersOf(sources, host, play, lexical)
    .find((layer) => layer.has(name))
    ?.locate?.(name);
}
