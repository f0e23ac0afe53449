/** Texts of plays that are rendered before there is any host: names of imported playbooks, and patterns. */
import type { Location } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { RawValue, VarsBlock } from '../playbook/ast.ts';
import { renderValue, trusted } from '../template/render.ts';
import { missing } from '../template/values.ts';

export interface KnownBeforeHosts {
  readonly extraVars?: Readonly<Record<string, RawValue>> | undefined;
  /** Variables of the play or of what imports it, the strongest first. */
  readonly vars: readonly (VarsBlock | undefined)[];
  readonly inventory?: Inventory | undefined;
}

/** Extra variables, the play's own and `groups` are seen. Throws a TemplateError. */
export function renderBeforeHosts(value: RawValue, at: Location, known: KnownBeforeHosts): unknown {
  const { extraVars = {}, vars, inventory } = known;
  const layers = [extraVars, ...vars.map((block) => block?.values ?? {})];
  const groups = () =>
    inventory && Object.fromEntries([...inventory.groups.keys()].map((name) => [name, [...inventory.hostsIn(name)]]));
  const scope = {
    get: (name: string) => {
      if (name === 'groups') return groups() ?? missing;
      const layer = layers.find((one) => Object.hasOwn(one, name));
      return layer ? trusted(layer[name], at) : missing;
    },
    names: () => layers.flatMap((one) => Object.keys(one)),
  };
  return renderValue(value, { scope, lookups: {} }, at);
}
