/** Images of containerd, by its own tool ctr. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';
import { type Answered, absent } from './docker.ts';

export interface ContainerdImageKey {
  readonly namespace: string;
  /** The whole reference: registry.k8s.io/pause:3.2 */
  readonly name: string;
}

/** The digest of an image in a namespace of containerd. */
export const containerdImageKind: QueryKind<ContainerdImageKey, Answered<string>> = {
  name: 'containerd image',
  domains: ['containers', 'packages', 'units'],
  id: ({ namespace, name }) => `${namespace} ${name}`,
  script(keys) {
    const namespaces = [...new Set(keys.map(({ namespace }) => namespace))];
    return `command -v ctr >/dev/null 2>&1 || { printf '\\035the host has no ctr: install containerd first'; exit 0; }
for n in ${namespaces.map(quote).join(' ')}; do
  o=$(ctr -n "$n" images ls 2>&1 </dev/null) || { printf '\\035%s' "$o"; exit 0; }
  printf '\\036%s\\n%s\\n' "$n" "$o"
done`;
  },
  parse(stdout, keys) {
    const [listed = '', why] = stdout.toString('utf8').split('\x1d');
    if (why !== undefined) return keys.map(() => ({ state: 'unreachable', why: why.trim() }));
    const digests = new Map(
      listed
        .split('\x1e')
        .slice(1)
        .flatMap((part) => {
          const [namespace = '', , ...lines] = part.split('\n');
          return lines.map((line) => line.split(/\s+/)).map(([name, , digest]) => [`${namespace} ${name}`, digest]);
        }),
    );
    return keys.map((key) => {
      const value = digests.get(containerdImageKind.id(key));
      return value === undefined ? absent : { state: 'present', value };
    });
  },
};
