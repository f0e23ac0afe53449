/** Values of a Helm release: put together as helm does it, and shown without what looks like a secret. */
import { KplayError } from '../../errors.ts';
import { dumpYaml, loadYamlValues } from '../../source/yaml.ts';
import { ModuleFailure } from '../../target/failure.ts';
import { dumpJson } from '../../template/python/json.ts';
import { isPlain } from '../convert.ts';

export type HelmValues = Readonly<Record<string, unknown>>;

/** As JSON has them. */
export const plainValues = (values: HelmValues): HelmValues => JSON.parse(dumpJson(values));

/** A file of values. @throws ModuleFailure for what is no mapping. */
export function valuesIn(text: string, path: string): HelmValues {
  try {
    const [value = {}, ...more] = loadYamlValues(text);
    if (more.length === 0 && (value === null || isPlain(value))) return plainValues(value ?? {});
  } catch (error) {
    if (!(error instanceof KplayError)) throw error;
    throw new ModuleFailure(`${path} is no YAML: ${error.message}`);
  }
  throw new ModuleFailure(`${path} must hold a mapping of values`);
}

/** Later ones hold, mappings within mappings one by one. */
export function mergedValues(first: HelmValues, ...others: readonly HelmValues[]): HelmValues {
  let merged = first;
  for (const above of others) merged = onTop(merged, above);
  return merged;
}

function onTop(below: HelmValues, above: HelmValues): HelmValues {
  const entries = Object.entries(above).map(([name, value]) => {
    const old = below[name];
    return [name, isPlain(old) && isPlain(value) ? onTop(old, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(entries) };
}

const secretName = /passw(?:or)?d|passphrase|secret|token|credential|private_?key|api_?key/i;

/** As YAML; what is called a password or the like is hidden, and marked where it differs from `other`. */
export function shownValues(values: HelmValues, other?: HelmValues): string {
  return Object.keys(values).length === 0 ? '' : dumpYaml(hidden(values, other, false), { width: -1, sortKeys: true });
}

/** At any depth, in lists as well; the `value` beside a `name` that is called so, as variables of an environment have it, is hidden, too. */
function hidden(value: unknown, other: unknown, isSecret: boolean): unknown {
  const beneath = (found: unknown) => (other === undefined ? undefined : (found ?? null));
  if (Array.isArray(value))
    return value.map((one, index) => hidden(one, beneath(Array.isArray(other) && other[index]), isSecret));
  if (isPlain(value)) {
    const isNamed = secretName.test(String(value['name']));
    const entries = Object.entries(value).map(([name, one]) => {
      const isHidden = isSecret || secretName.test(name) || (isNamed && name === 'value');
      return [name, hidden(one, beneath(isPlain(other) && other[name]), isHidden)] as const;
    });
    return Object.fromEntries(entries);
  }
  if (!isSecret || value === null || typeof value === 'boolean') return value;
  return other === undefined || other === value ? '********' : '******** (another value)';
}
