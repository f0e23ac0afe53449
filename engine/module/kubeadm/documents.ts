/** kubeadm's configuration: documents of different kinds in one file. */
import { ModuleFailure } from '../../target/failure.ts';

export type Document = Readonly<Record<string, unknown>>;

/** The documents with one of them changed; where there is none of its kind, one is added. */
export function withDocument(
  documents: readonly Document[],
  kind: string,
  change: (document: Document) => Document,
): readonly Document[] {
  if (documents.some((one) => one['kind'] === kind))
    return documents.map((one) => (one['kind'] === kind ? change(one) : one));
  return [change({ apiVersion: kubeadmApi(documents), kind }), ...documents];
}

/** The version of kubeadm's API the documents are written in. */
export function kubeadmApi(documents: readonly Document[]): string {
  const versions = documents.map((one) => String(one['apiVersion'] ?? ''));
  const api = versions.find((one) => one.startsWith('kubeadm.k8s.io/'));
  if (api === undefined)
    throw new ModuleFailure(
      "config has no document of kubeadm's API: one with apiVersion kubeadm.k8s.io/… and kind ClusterConfiguration, say",
    );
  return api;
}

/** The value at a path of keys in the document of a kind. */
export function valueIn(documents: readonly Document[], kind: string, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Document)[key] : undefined),
    documents.find((one) => one['kind'] === kind),
  );
}

/** A document with a value set at a path of keys. */
export function withValue(document: Document, keys: readonly string[], value: unknown): Document {
  const [key = '', ...deeper] = keys;
  if (deeper.length === 0) return { ...document, [key]: value };
  return { ...document, [key]: withValue((document[key] ?? {}) as Document, deeper, value) };
}

/** As kubeadm reads them: JSON is YAML, and needs no care for what a text looks like. */
export const documentText = (documents: readonly Document[]): string =>
  documents.map((one) => `${JSON.stringify(one)}\n`).join('---\n');
