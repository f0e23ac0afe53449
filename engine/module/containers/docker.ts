/** What the modules about docker have in common: asking, naming images, reading what was found. */
import { type DockerObject, dockerKinds, type Inspection } from '../../target/queries/docker.ts';
import type { ReadableTarget } from '../../target/target.ts';
import { isPlain } from '../convert.ts';
import { reached } from './reached.ts';

/** What docker says of an object, `undefined` where there is none. */
export async function inspected(
  target: ReadableTarget,
  object: DockerObject,
  name: string,
): Promise<Inspection | undefined> {
  return reached(await target.query(dockerKinds[object], name), 'docker', target);
}

/** The whole reference of an image: `haproxy` with the tag `2.6` is `haproxy:2.6`; a name with tag or digest stays. */
export function imageReference(name: string, tag = 'latest'): string {
  if (name.includes('@') || /^sha256:/.test(name) || name.split('/').at(-1)!.includes(':')) return name;
  return `${name}:${tag}`;
}

/** The value at a path of an inspection. */
export function at(found: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isPlain(value) ? value[key] : undefined), found);
}

/** What is not known before the run: the id of an image that is still to be made. */
export const plannedImage: Inspection = { Id: '(known once it is there)' };
