/** Every source of variables at its rank of precedence (Ansible's order), made once for all tasks that see the same ones. */
import type { Location } from '../errors.ts';
import type { VarsLayer } from '../inventory/inventory.ts';
import type { Lexical } from '../plan/plan.ts';
import type { VarsBlock } from '../playbook/ast.ts';
import { remembered } from '../source/remembered.ts';
import type { CountedMap } from './counted-map.ts';
import type { HostVariables, Momentary, PlayVariables, VariableSources } from './variables.ts';

/** One source of variables. `own` marks text of the user's files, in which strings are templates. */
export interface Layer {
  get(name: string): unknown;
  has(name: string): boolean;
  names(): Iterable<string>;
  readonly own: boolean;
  /** Names come to it and go during the run: how often they did so far. */
  readonly changes?: () => number;
  locate?(name: string): Location | undefined;
}

/** Highest precedence first, so that the first layer that has a name has the last word. */
export function layersOf(
  sources: VariableSources,
  host: string,
  play?: PlayVariables,
  lexical?: Lexical,
  momentary?: Momentary,
): readonly Layer[] {
  return withMomentary(lastingLayers(sources, host, play, lexical).layers, momentary);
}

/** Only extra vars stand above what is of the moment. */
export function withMomentary(lasting: readonly Layer[], momentary: Momentary | undefined): readonly Layer[] {
  return momentary ? [lasting[0]!, fromRecord(momentary, false), ...lasting.slice(1)] : lasting;
}

/** Layers that are used for more than a moment, and what they were made of. */
export interface Lasting {
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
export function lastingLayers(
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

/** Layers of a list that never changes, its last block first. */
export const layersOfBlocks = remembered((blocks: readonly (VarsBlock | VarsLayer)[]): readonly Layer[] =>
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
