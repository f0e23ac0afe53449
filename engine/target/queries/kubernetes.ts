/**
 * Objects of a Kubernetes API as kubectl on the host sees them: what is there, and what the server would make of a manifest
 * or a patch. All that is asked in one tick is one kubectl call each; only when that fails is each object asked for alone.
 */
import { createHash } from 'node:crypto';
import type { QueryKind } from '../query.ts';
import { refusal } from '../query.ts';
import { quote } from '../quote.ts';

/** A manifest, or what the server answers. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** How kubectl finds the API. */
export interface Access {
  readonly kubectl: string;
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** More options of kubectl: the server, certificates. */
  readonly options?: readonly string[];
  /** Variables that kubectl reads: a proxy. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ObjectKey {
  readonly access: Access;
  readonly object: KubernetesObject;
}
export interface AppliedKey extends ObjectKey {
  /** More options of `kubectl apply`. */
  readonly options: readonly string[];
}
export interface PatchedKey extends ObjectKey {
  /** Kinds of merge, the next one where the server does not have the first for this object. */
  readonly types: readonly string[];
}

/** The object as it is; undefined where there is none, or the API does not know its kind. */
export const objectKind: QueryKind<ObjectKey, KubernetesObject | undefined> = {
  name: 'kubernetes object',
  domains: [],
  volatile: true,
  id: ({ access, object }) => `${accessId(access)}${objectLabel(object)}`,
  script: (keys) =>
    scriptOf(groupsOf(keys), ({ object }) => ({
      input: identityOf(object),
      command: 'get -f - --ignore-not-found -o json',
    })),
  parse: (stdout, keys) =>
    answersOf(stdout, keys, groupsOf(keys), ({ object, error }) =>
      error === undefined || /no matches for kind|\(NotFound\)/.test(error) ? object : refusal(error),
    ),
};

/** Objects by their kind and labels, in one namespace or in all. */
export interface ListedKey {
  readonly access: Access;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly selectors: readonly string[];
}

/** All of them; none where the API does not know their kind. */
export const listedKind: QueryKind<ListedKey, readonly KubernetesObject[]> = {
  name: 'kubernetes list',
  domains: [],
  volatile: true,
  deep: true,
  id: ({ access, namespace = '*', selectors, ...kind }) =>
    `${accessId(access)}${qualifiedKind(kind)} ${[namespace, ...selectors].join(' ')}`.trim(),
  script: (keys) =>
    `exec 3>&1\n${keys
      .map(({ access, namespace, selectors, ...kind }) => {
        const where = namespace === undefined ? '--all-namespaces' : `--namespace=${namespace}`;
        const which = selectors.length > 0 ? [`--selector=${selectors.join(',')}`] : [];
        const words = [qualifiedKind(kind), where, ...which].map(quote).join(' ');
        return `${kubectlFunction(access)}
printf '\\036'; err=$( { K get -o json ${words} </dev/null >&3; } 2>&1 ); printf '\\036%s %s\\n' "$?" "$err"`;
      })
      .join('\n')}\n:`,
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split('\x1e').slice(1);
    return keys.map((_, index) => {
      const { code, message } = ending(parts[2 * index + 1]);
      if (code === 0) return objectsIn(parts[2 * index]);
      return /doesn't have a resource type|no matches for kind/.test(message)
        ? []
        : refusal(message || 'kubectl failed');
    });
  },
};

/** What `kubectl apply` would make of the object, as the server says; nothing is kept. */
export const appliedKind: QueryKind<AppliedKey, KubernetesObject> = {
  name: 'kubernetes apply',
  domains: [],
  volatile: true,
  id: ({ access, object, options }) => `${accessId(access)}${objectLabel(object)} ${digest([object, options])}`,
  script: (keys) =>
    scriptOf(groupsOf(keys, byOptions), ({ object, options }) => ({
      input: object,
      command: `apply -f - --dry-run=server -o json ${options.map(quote).join(' ')}`,
    })),
  parse: (stdout, keys) =>
    answersOf(
      stdout,
      keys,
      groupsOf(keys, byOptions),
      ({ object, error }, key) => object ?? refusal(error ?? `kubectl said nothing of ${objectLabel(key.object)}`),
    ),
};

/** What a patch would make of the object; undefined where there is nothing to patch. */
export const patchedKind: QueryKind<PatchedKey, KubernetesObject | undefined> = {
  name: 'kubernetes patch',
  domains: [],
  volatile: true,
  id: ({ access, object, types }) => `${accessId(access)}${objectLabel(object)} ${digest([object, types])}`,
  script: (keys) =>
    `exec 3>&1\n${keys.map((key) => patchScript(key, feeding([key.object]), '--dry-run=server')).join('\n')}\n:`,
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split('\x1e').slice(1);
    return keys.map((key, index) => {
      const { code, message } = ending(parts[2 * index + 1]);
      if (code === 0) return objectsIn(parts[2 * index])[0];
      return message.includes('(NotFound)') ? undefined : refusal(explained(message, key.object));
    });
  },
};

/** Patches one object with what the shell word `patch` gives; prints a record with the object and one with how it ended. */
export function patchScript(key: PatchedKey, patch: string, ...options: readonly string[]): string {
  const { access, object, types } = key;
  const type = '"--type=$type"';
  const { name, namespace } = object.metadata;
  const where = namespace === undefined ? '' : quote(`--namespace=${namespace}`);
  const call = `patch ${quote(qualifiedKind(object))} ${quote(name)} ${where} ${type} --patch-file=/dev/stdin -o json ${options.join(' ')}`;
  return `${kubectlFunction(access)}
docs=${patch}
printf '\\036'
for type in ${types.map(quote).join(' ')}; do
  err=$( { printf '%s\\n' "$docs" | K ${call} >&3; } 2>&1 ); code=$?
  case $err in *UnsupportedMediaType*) ;; *) break ;; esac
done
printf '\\036%s %s\\n' "$code" "$err"`;
}

/** `Deployment kube-system/coredns`. */
export function objectLabel({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/** What names an object, without anything it holds. */
export function identityOf({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/** True for an answer about this object. What belongs to no namespace is answered without one. */
export function isAbout(answer: KubernetesObject, { apiVersion, kind, metadata }: KubernetesObject): boolean {
  const { name, namespace } = answer.metadata;
  const same = answer.kind === kind && answer.apiVersion === apiVersion && name === metadata.name;
  return same && (metadata.namespace === undefined || namespace === undefined || namespace === metadata.namespace);
}

/** The objects that kubectl printed as JSON: none, one, or a list. */
export function objectsIn(text: string | undefined): readonly KubernetesObject[] {
  if (text === undefined || text.trim() === '') return [];
  const value = JSON.parse(text) as KubernetesObject & { readonly items?: readonly KubernetesObject[] };
  return value.kind === 'List' ? (value.items ?? []) : [value];
}

/** The words that start every call of kubectl. It would keep what it learnt of the API in a folder of the user: a check leaves nothing. */
export function kubectlCommand({ kubectl, kubeconfig, context, options = [], environment = {} }: Access): string {
  return [
    ...Object.entries(environment).map(([name, value]) => `${name}=${quote(value)}`),
    quote(kubectl),
    '--cache-dir=/dev/null',
    kubeconfig === undefined ? '' : quote(`--kubeconfig=${kubeconfig}`),
    context === undefined ? '' : quote(`--context=${context}`),
    ...options.map(quote),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Kind, version and group as kubectl takes them: `Deployment.v1.apps`, `ConfigMap.v1.` */
export function qualifiedKind({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `${kind}.${version}.${group}`;
}

/** One line of JSON for each object: kubectl reads such a stream, and no secret comes into a command line. */
export function objectLines(objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n');
}

interface Group<K> {
  readonly access: Access;
  readonly keys: readonly K[];
}

function groupsOf<K extends ObjectKey>(keys: readonly K[], more: (key: K) => string = () => ''): readonly Group<K>[] {
  const groups = new Map<string, K[]>();
  for (const key of keys) {
    const id = accessId(key.access) + more(key);
    groups.set(id, [...(groups.get(id) ?? []), key]);
  }
  return [...groups.values()].map((group) => ({ access: group[0]!.access, keys: group }));
}

const byOptions = ({ options }: AppliedKey): string => options.join(' ');

function accessId({ kubeconfig, context, options = [], environment = {} }: Access): string {
  const more = [...options, ...Object.entries(environment).map((pair) => pair.join('='))];
  return [kubeconfig, context, ...more].map((part) => (part === undefined ? '' : `${part} `)).join('');
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);

/** Records, each begun by a record separator: what one call printed, then its exit code and what it complained of. */
function scriptOf<K>(
  groups: readonly Group<K>[],
  call: (key: K) => { readonly input: object; readonly command: string },
): string {
  const parts = groups.map(({ access, keys }) => {
    const { command } = call(keys[0]!);
    return `${kubectlFunction(access)}
docs=${feeding(keys.map((key) => call(key).input))}
try ${command}${keys.length === 1 ? '' : `\nif [ "$code" -ne 0 ] && K get --raw /version >/dev/null 2>&1; then printf '%s\\n' "$docs" | while IFS= read -r docs; do try ${command}; done; fi`}
printf '\\036end\\n'`;
  });
  return `exec 3>&1
try() { printf '\\036'; err=$( { printf '%s\\n' "$docs" | K "$@" >&3; } 2>&1 ); code=$?; printf '\\036%s %s\\n' "$code" "$err"; }
${parts.join('\n')}
:`;
}

/** A server that does not answer must not hold a task for ever. */
function kubectlFunction(access: Access): string {
  const missing = `{ printf '%s was not found on this host\\n' ${quote(access.kubectl)} >&2; return 127; }`;
  return `K() { command -v ${quote(access.kubectl)} >/dev/null 2>&1 || ${missing}; ${kubectlCommand(access)} --request-timeout=30s "$@"; }`;
}

function feeding(objects: readonly object[]): string {
  const text = objectLines(objects);
  let end = 'KPLAY_OBJECTS';
  while (text.includes(end)) end += '_';
  return `$(cat <<'${end}'\n${text}\n${end}\n)`;
}

interface Answer {
  readonly object: KubernetesObject | undefined;
  readonly error: string | undefined;
}

function answersOf<K extends ObjectKey, V>(
  stdout: Buffer,
  keys: readonly K[],
  groups: readonly Group<K>[],
  value: (answer: Answer, key: K) => V,
): readonly V[] {
  const answers = new Map<K, V>();
  const texts = stdout.toString('utf8').split('\x1eend\n');
  groups.forEach((group, index) => {
    const parts = (texts[index] ?? '').split('\x1e').slice(1);
    const whole = ending(parts[1]);
    const printed = whole.code === 0 ? objectsIn(parts[0]) : [];
    group.keys.forEach((key, position) => {
      if (whole.code === 0) {
        answers.set(key, value({ object: printed.find((one) => isAbout(one, key.object)), error: undefined }, key));
        return;
      }
      const [text, end] = parts.length > 2 ? parts.slice(2 * position + 2, 2 * position + 4) : parts;
      const { code, message } = ending(end);
      const error = code === 0 ? undefined : explained(message, key.object);
      answers.set(key, value({ object: code === 0 ? objectsIn(text)[0] : undefined, error }, key));
    });
  });
  return keys.map((key) => answers.get(key)!);
}

/** `1 error: …` */
function ending(record: string | undefined): { readonly code: number; readonly message: string } {
  const [, code = '1', message = ''] = /^(\d+) ([\s\S]*)$/.exec(record ?? '') ?? [];
  return { code: Number(code), message: message.trim() };
}

/** kubectl's words without its warnings, and with the object's name where it names its stdin. */
function explained(message: string, object: KubernetesObject): string {
  const lines = message.split('\n').filter((line) => line !== '' && !line.startsWith('Warning:'));
  const text = lines
    .join('\n')
    .replace(/error when (?:creating|applying patch|patching|retrieving)[^\n]*"STDIN": /g, '');
  return `${objectLabel(object)}: ${text.replaceAll('"STDIN"', 'it') || 'kubectl failed'}`;
}
