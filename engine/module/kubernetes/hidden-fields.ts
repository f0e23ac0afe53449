/** Objects without the fields that a task hides: `metadata.managedFields`, `metadata.annotations[example.com/x]`. */
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../target/queries/kubernetes.ts';
import { isPlain } from '../convert.ts';

/** Fields of lists' items cannot be named; what is not there is hidden already. */
export function withoutFields(object: KubernetesObject, fields: readonly string[]): KubernetesObject {
  return fields.reduce<unknown>((rest, field) => without(rest, namesIn(field)), object) as KubernetesObject;
}

/** True where what is left of an object does not tell which one it is. */
export function hidesNames(fields: readonly string[]): boolean {
  const named = { apiVersion: 'v1', kind: 'Kind', metadata: { name: 'name', namespace: 'namespace' } };
  return !isDeepStrictEqual(withoutFields(named, fields), named);
}

const namesIn = (field: string): readonly string[] =>
  [...field.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(
    ([whole, inside]) => inside?.replace(/^(['"])(.*)\1$/, '$2') ?? whole,
  );

function without(value: unknown, [name, ...more]: readonly string[]): unknown {
  if (!isPlain(value) || name === undefined || !Object.hasOwn(value, name)) return value;
  const { [name]: held, ...rest } = value;
  return more.length === 0 ? rest : { ...rest, [name]: without(held, more) };
}
