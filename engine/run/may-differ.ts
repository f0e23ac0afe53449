/** Whether what variables say of a host may be another for each task. */
import type { Lexical } from '../plan/plan.ts';
import { remembered } from '../source/remembered.ts';
import { isTemplate } from '../template/render.ts';
import { type Lasting, type Layer, lastingLayers, layersOfBlocks } from './layers.ts';
import type { Momentary, PlayVariables, VariableSources } from './variables.ts';

/**
 * Whether a host's values of these names, which are the same set for all, may differ from task to task: anything but the inventory
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
  const { always, growing } = verdictOf(names)(lastingLayers(sources, host, play, lexical));
  return always || growing.some((layer) => lastinglyGives(names)(layer)(layer.changes!()));
}

/** What need not be asked again of layers: whether one that never changes says any name, and which ones may yet. */
interface Verdict {
  readonly always: boolean;
  readonly growing: readonly Layer[];
}

const verdictOf = remembered((names: ReadonlySet<string>) =>
  remembered(({ layers, inventory }: Lasting): Verdict => {
    const ofInventory = layersOfBlocks(inventory);
    const always = (layer: Layer) =>
      ofInventory.includes(layer)
        ? lastinglyTemplates(names)(layer)
        : layer.changes === undefined && lastinglyGives(names)(layer)(0);
    return { always: layers.some(always), growing: layers.filter(({ changes }) => changes) };
  }),
);

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
