/** Objects without the fields that a task hides: `metadata.managedFields`, `metadata.annotations[example.com/x]`. */
import type { KubernetesObject } from '../../target/queries/kubernetes.ts';
import { isPlain } from '../convert.ts';

/** Fields of lists' items cannot be named; what is not there is hidden already. */
export function withoutFields<T extends KubernetesObject | null | undefined>(object: T, fields: readonly string[]): T {
  return fields.reduce<unknown>((rest, field) => without(rest, namesIn(field)), object) as T;
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
