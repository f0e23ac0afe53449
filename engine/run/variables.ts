/** The variables a task sees on a host: every source at its rank of precedence (Ansible's order), rendered only when used. */
import type { Location } from '../errors.ts';
import type { Inventory, VarsLayer } from '../inventory/inventory.ts';
import type { Lexical, PlannedPlay, Role } from '../plan/plan.ts';
import type { VarsBlock } from '../playbook/ast.ts';
import { isTemplate, trusted } from '../template/render.ts';
import { missing, type Scope, ScopeDict } from '../template/values.ts';
import type { CountedMap } from './counted-map.ts';

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

/** One source of variables. `own` marks text of the user's files, in which strings are templates. */
interface Layer {
  get(name: string): unknown;
  has(name: string): boolean;
  names(): Iterable<string>;
  readonly own: boolean;
  /** Names come to it and go during the run: how often they did so far. */
  readonly changes?: () => number;
  locate?(name: string): Location | undefined;
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

/**
 * Whether a host's values of these names, which are always the same set, may differ from task to task: anything but the inventory
 * says one of them, or the inventory does by a template.
 */
export function mayDiffer(
  sources: VariableSources,
  host: string,
  names: ReadonlySet<string>,
  place: {
    readonly play: PlayVariables;
    readonly lexical?: Lexical | undefined;
    readonly momentary?: Momentary | undefined;
  },
): boolean {
  const { play, lexical, momentary } = place;
  if (momentary) for (const name of names) if (Object.hasOwn(momentary, name)) return true;
  const lasting = lastingLayers(sources, host, play, lexical);
  const known = verdicts.get(lasting) ?? verdictOf(lasting, names);
  verdicts.set(lasting, known);
  return known.always || known.growing.some((layer) => lastinglyGives(names)(layer)(layer.changes!()));
}

/** What need not be asked again of layers: whether one that never changes says any name, and which ones may yet. */
interface Verdict {
  readonly always: boolean;
  readonly growing: readonly Layer[];
}

const verdicts = new WeakMap<Lasting, Verdict>();

function verdictOf({ layers, inventory }: Lasting, names: ReadonlySet<string>): Verdict {
  const ofInventory = layersOfBlocks(inventory);
  const always = (layer: Layer) =>
    ofInventory.includes(layer)
      ? lastinglyTemplates(names)(layer)
      : layer.changes === undefined && lastinglyGives(names)(layer)(0);
  return { always: layers.some(always), growing: layers.filter(({ changes }) => changes) };
}

function givesAny(names: ReadonlySet<string>, layer: Layer): boolean {
  for (const name of names) if (layer.has(name)) return true;
  return false;
}

/** What is encrypted counts: who knows what it holds. */
function templatesAny(names: ReadonlySet<string>, layer: Layer): boolean {
  return [...names].some((name) => {
    const value = layer.has(name) ? layer.get(name) : undefined;
    return typeof value === 'string' ? isTemplate(value) : typeof value === 'object' && value !== null;
  });
}

/** Highest precedence first, so that the first layer that has a name has the last word. */
function layersOf(
  sources: VariableSources,
  host: string,
  play?: PlayVariables,
  lexical?: Lexical,
  momentary?: Momentary,
): readonly Layer[] {
  return withMomentary(lastingLayers(sources, host, play, lexical).layers, momentary);
}

/** Only extra vars stand above what is of the moment. */
function withMomentary(lasting: readonly Layer[], momentary: Momentary | undefined): readonly Layer[] {
  return momentary ? [lasting[0]!, fromRecord(momentary, false), ...lasting.slice(1)] : lasting;
}

/** Layers that are used for more than a moment, and what they were made of. */
interface Lasting {
  readonly play: PlayVariables | undefined;
  readonly lexical: Lexical | undefined;
  /** How many: public roles are only ever added. */
  readonly publicRoles: number;
  readonly files: readonly VarsBlock[];
  readonly inventory: readonly VarsLayer[];
  readonly layers: readonly Layer[];
}

const lastUsed = new WeakMap<HostVariables, Lasting>();

/** Most tasks see the same layers as the task before; `known` are those that the same scope has used last. */
function lastingLayers(
  sources: VariableSources,
  host: string,
  play?: PlayVariables,
  lexical?: Lexical,
  known?: Lasting,
): Lasting {
  const files = play?.varsFiles(host) ?? none;
  const inventory = sources.inventory.layers(host, play?.play.playbookDir);
  const publicRoles = play?.publicRoles().length ?? 0;
  // `known` is of the same play and place
  if (known && known.files === files && known.inventory === inventory && known.publicRoles === publicRoles)
    return known;
  const learnt = sources.hostVariables(host);
  const of: Omit<Lasting, 'layers'> = { play, lexical, publicRoles, files, inventory };
  const last = lastUsed.get(learnt);
  if (last && isSame(last, of)) return last;
  const extra = recordLayer(sources.extraVars);
  const made: Lasting = { ...of, layers: [extra, ...layersFrom({ learnt, files, inventory, play, lexical })] };
  lastUsed.set(learnt, made);
  return made;
}

function isSame(one: Omit<Lasting, 'layers'>, other: Omit<Lasting, 'layers'>): boolean {
  return (
    one.files === other.files &&
    one.inventory === other.inventory &&
    one.publicRoles === other.publicRoles &&
    one.lexical === other.lexical &&
    one.play === other.play
  );
}

function layersFrom({
  learnt,
  files,
  inventory,
  play,
  lexical,
}: {
  readonly learnt: HostVariables;
  readonly files: readonly VarsBlock[];
  readonly inventory: readonly VarsLayer[];
  readonly play: PlayVariables | undefined;
  readonly lexical: Lexical | undefined;
}): readonly Layer[] {
  const role = lexical?.role;
  const publicRoles = play?.publicRoles().toReversed() ?? [];
  return [
    ...layersOfBlocks(lexical?.includeParams ?? none),
    ...layersOfBlocks(role?.params ?? none),
    registeredLayer(learnt.registered),
    includedLayer(learnt.included),
    ...layersOfBlocks(lexical?.vars ?? none),
    ...layersOfBlocks(role?.vars ?? none),
    ...publicRoles.flatMap((one) => layersOfBlocks(one.vars)),
    ...layersOfBlocks(files),
    ...(play ? [recordLayer(play.prompts)] : []),
    ...(play?.play.play.vars ? [blockLayer(play.play.play.vars)] : []),
    factsLayer(learnt),
    ...layersOfBlocks(inventory),
    ...layersOfBlocks(role?.defaults ?? none),
    ...publicRoles.flatMap((one) => layersOfBlocks(one.defaults)),
  ];
}

const none: readonly VarsBlock[] = [];

/** What is made of an object once and for all: a scope is made for every task on every host, its layers are not. */
function remembered<Source extends object, Made>(make: (source: Source) => Made): (source: Source) => Made {
  const known = new WeakMap<Source, Made>();
  return (source) => {
    const found = known.get(source);
    if (found !== undefined) return found;
    const made = make(source);
    known.set(source, made);
    return made;
  };
}

/** Whether a layer gives any of these names, asked anew when it has changed. */
const lastinglyGives = remembered((names: ReadonlySet<string>) =>
  remembered((layer: Layer) => {
    let [at, gives] = [-1, false];
    return (changes: number): boolean => {
      if (changes !== at) [at, gives] = [changes, givesAny(names, layer)];
      return gives;
    };
  }),
);
const lastinglyTemplates = remembered((names: ReadonlySet<string>) =>
  remembered((layer: Layer): boolean => templatesAny(names, layer)),
);

/** Layers of a list that never changes, its last block first. */
const layersOfBlocks = remembered((blocks: readonly (VarsBlock | VarsLayer)[]): readonly Layer[] =>
  blocks.toReversed().map(blockLayer),
);

function fromRecord(values: Readonly<Record<string, unknown>>, own: boolean): Layer {
  return {
    own,
    has: (name) => Object.hasOwn(values, name),
    get: (name) => values[name],
    names: () => Object.keys(values),
  };
}

function fromMap(values: CountedMap<string, unknown>, own: boolean): Layer {
  return {
    own,
    changes: () => values.changes,
    has: (name) => values.has(name),
    get: (name) => values.get(name),
    names: () => values.keys(),
  };
}

const recordLayer = remembered((values: Readonly<Record<string, unknown>>) => fromRecord(values, true));
const registeredLayer = remembered((values: CountedMap<string, unknown>) => fromMap(values, false));
const includedLayer = remembered((values: CountedMap<string, unknown>) => fromMap(values, true));
const blockLayer = remembered(
  (block: VarsBlock | VarsLayer): Layer => ({
    ...fromRecord(block.values, true),
    locate: (name) => block.locate(name),
  }),
);

/** Facts are seen both as `ansible_facts.x` and as `ansible_x`. */
const factsLayer = remembered(({ facts, bareFacts }: HostVariables): Layer => {
  const bare = (name: string) =>
    name.startsWith('ansible_') ? name.slice('ansible_'.length) : bareFacts.has(name) ? name : '';
  return {
    own: false,
    // bare names come with facts
    changes: () => facts.changes,
    has: (name) => name === 'ansible_facts' || facts.has(bare(name)),
    get: (name) => (name === 'ansible_facts' ? Object.fromEntries(facts) : facts.get(bare(name))),
    *names() {
      yield 'ansible_facts';
      yield* bareFacts;
      for (const name of facts.keys()) yield `ansible_${name}`;
    },
  };
});
