/** Objects compared and shown: what the server keeps for itself is left out, and what a Secret holds is hidden. */

import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { dumpYaml } from '../../source/yaml.ts';
import { type KubernetesObject, objectLabel } from '../../target/queries/kubernetes.ts';
import { isPlain } from '../convert.ts';
import type { Controller, Diff } from '../definition.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const serversOwn = new Set(['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink']);

/** What an object is, without what the server notes about it. */
export function comparable(object: KubernetesObject | undefined): KubernetesObject | null {
  if (object === undefined) return null;
  const { status: _, metadata, ...rest } = object;
  const kept = Object.entries(metadata).filter(([name]) => !serversOwn.has(name));
  return { ...rest, metadata: Object.fromEntries(kept) } as unknown as KubernetesObject;
}

/** The diff of one object, as YAML; `part` is what is shown of it. */
export function objectDiff(
  before: KubernetesObject | null,
  after: KubernetesObject | null,
  part = (object: KubernetesObject): object => object,
): Diff {
  const label = objectLabel((after ?? before)!);
  const hidden = isSecret(before ?? after) ? hiddenValues(before, after) : undefined;
  const text = (object: KubernetesObject | null, side: 0 | 1): string =>
    object === null
      ? ''
      : dumpYaml(part(hidden ? { ...object, data: hidden[side] } : object), { width: -1, sortKeys: true });
  const [old, now] = [withoutRecord(before), withoutRecord(after)];
  if (before !== null && after !== null && isDeepStrictEqual(old, now)) {
    const note = (words: string) => `${lastApplied}: ${words}\n`;
    return { beforeHeader: label, afterHeader: label, before: note('(as before)'), after: note('(as in this task)') };
  }
  return { beforeHeader: label, afterHeader: label, before: text(old, 0), after: text(now, 1) };
}

/** Whatever a Secret holds is never shown from here on. Words too short to be secrets would blot out half the output. */
export function keepSecret(object: KubernetesObject | undefined, controller: Controller): void {
  if (object === undefined || !isSecret(object) || !isPlain(object['data'])) return;
  for (const value of Object.values(object['data'])) {
    const bytes = Buffer.from(String(value), 'base64');
    if (bytes.length < 6) continue;
    controller.secret(String(value));
    if (isUtf8(bytes)) controller.secret(bytes.toString('utf8'));
  }
}

function isSecret(object: KubernetesObject | null): boolean {
  return object?.kind === 'Secret' && object.apiVersion === 'v1';
}

/** Stars for each value; those that change are told apart. */
function hiddenValues(before: KubernetesObject | null, after: KubernetesObject | null): readonly [object, object] {
  const dataOf = (object: KubernetesObject | null) => (isPlain(object?.['data']) ? object['data'] : {});
  const [old, now] = [dataOf(before), dataOf(after)];
  const stars = (data: object, words: (key: string, value: unknown) => string) =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, words(key, value)]));
  const hidden = '********';
  return [
    stars(old, () => hidden),
    stars(now, (key, value) => (before === null || old[key] === value ? hidden : `${hidden} (another value)`)),
  ];
}

/** As results have it: without the server's notes on who set which field. */
export function shown(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** kubectl's own record of what was applied repeats the object, a Secret's data too. */
function withoutRecord(object: KubernetesObject | null): KubernetesObject | null {
  if (object === null || !isPlain(object.metadata['annotations'])) return object;
  const { [lastApplied]: _, ...annotations } = object.metadata['annotations'];
  const { annotations: __, ...metadata } = object.metadata;
  const rest = Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata;
  return { ...object, metadata: rest as KubernetesObject['metadata'] };
}
