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
  return Object.keys(values).length === 0 ? '' : dumpYaml(hidden(values, other), { width: -1, sortKeys: true });
}

function hidden(values: HelmValues, other: unknown): HelmValues {
  const known = isPlain(other) ? other : undefined;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (isPlain(value)) return [name, hidden(value, known?.[name])];
      if (!secretName.test(name) || value === null || typeof value === 'boolean') return [name, value];
      const differs = known !== undefined && JSON.stringify(known[name]) !== JSON.stringify(value);
      return [name, differs ? '******** (another value)' : '********'];
    }),
  );
}
