/** What docker has: images, containers and networks, all that are asked for of one kind by one `docker … inspect`. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';

export type DockerObject = 'image' | 'container' | 'network';

/** What `docker inspect` says of an object. */
export type Inspection = Readonly<Record<string, unknown>>;

/** An object of a container runtime, or the reason why nobody can say. */
export type Answered<T> =
  | { readonly state: 'present'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unreachable'; readonly why: string };

export const absent = { state: 'absent' } as const;

/** By name; an image by its whole reference, digest or id. */
export const dockerKinds: Readonly<Record<DockerObject, QueryKind<string, Answered<Inspection>>>> = {
  image: dockerKind('image', isImage),
  container: dockerKind('container', (found, name) => found['Name'] === `/${name}`),
  network: dockerKind('network', (found, name) => found['Name'] === name),
};

function dockerKind(
  object: DockerObject,
  isAsked: (found: Inspection, key: string) => boolean,
): QueryKind<string, Answered<Inspection>> {
  return {
    name: `docker ${object}`,
    domains: ['containers', 'packages', 'units'],
    id: (key) => key,
    // What is not there fails the call as a silent daemon does; only then the daemon is asked for itself.
    script: (keys) => `command -v docker >/dev/null 2>&1 ||
  { printf '\\035the host has no docker: install it first'; exit 0; }
o=$(docker ${object} inspect -- ${keys.map(quote).join(' ')} 2>/dev/null </dev/null) ||
  e=$(docker version -f '{{.Server.Version}}' 2>&1 >/dev/null </dev/null) || { printf '\\035%s' "$e"; exit 0; }
printf '%s\\n' "$o"`,
    parse(stdout, keys) {
      const [text = '', why] = stdout.toString('utf8').split('\x1d');
      if (why !== undefined)
        return keys.map(() => ({ state: 'unreachable', why: why.trim() || 'docker does not answer' }));
      const found = JSON.parse(text) as readonly Inspection[];
      return keys.map((key) => {
        const value = found.find((one) => isAsked(one, key));
        return value === undefined ? absent : { state: 'present', value };
      });
    },
  };
}

function isImage({ Id: id, RepoTags: tags, RepoDigests: digests }: Inspection, reference: string): boolean {
  const names = [tags, digests].flatMap((list) => (Array.isArray(list) ? list.map(String) : []));
  return (
    names.some((name) => familiar(name) === familiar(reference)) ||
    String(id).replace('sha256:', '').startsWith(reference.replace('sha256:', ''))
  );
}

/** The name as docker shows it: its own registry and that registry's own folder are left out. */
export function familiar(reference: string): string {
  return reference.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '');
}
