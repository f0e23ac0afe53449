/** What `append_hash` puts behind the name of a ConfigMap or a Secret: another content is another object. */
import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../target/queries/kubernetes.ts';
import { dumpJson } from '../../template/python/json.ts';

/** The object under its name with the hash, by the rule of `kubectl --append-hash`; other kinds as they are. */
export function hashed(object: KubernetesObject): KubernetesObject {
  const { kind, apiVersion, metadata, data = '', type = '' } = object;
  if (apiVersion !== 'v1' || (kind !== 'ConfigMap' && kind !== 'Secret')) return object;
  const counted = { data, kind, name: metadata.name, ...(kind === 'Secret' && { type }) };
  const text = dumpJson(counted, { separators: [',', ':'], sortKeys: true });
  const digits = createHash('sha256').update(text).digest('hex').slice(0, 10);
  return {
    ...object,
    metadata: { ...metadata, name: `${metadata.name}-${digits.replace(/[013ae]/g, (one) => letters[one]!)}` },
  };
}

/** So that no word comes of it. */
const letters: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };
