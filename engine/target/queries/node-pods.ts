/** The pods of one node, as kubectl on the host tells them. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';
import { type Access, type KubernetesObject, kubectlCommand, objectsIn } from './kubernetes.ts';

export interface NodePodsKey {
  readonly access: Access;
  readonly node: string;
  /** Only pods with these labels. */
  readonly selector?: string | undefined;
}

export const nodePodsKind: QueryKind<NodePodsKey, readonly KubernetesObject[]> = {
  name: 'kubernetes pods of a node',
  domains: [],
  volatile: true,
  id: ({ access, node, selector }) =>
    [...Object.values(access).map((part) => JSON.stringify(part)), node, selector].filter(Boolean).join(' '),
  // what kubectl warns of is no part of the answer
  script: (keys) =>
    keys
      .map(
        (key) =>
          `o=$(${call(key)} 2>/dev/null); c=$?; [ $c = 0 ] || o=$(${call(key)} 2>&1); printf '%s\\035%s\\036' $c "$o"`,
      )
      .join('\n'),
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split('\x1e');
    return keys.map(({ node }, index) => {
      const [code = '1', text = ''] = (parts[index] ?? '').split('\x1d');
      return code === '0' ? objectsIn(text) : refusal(`the pods of node ${node}: ${text.trim() || 'kubectl failed'}`);
    });
  },
};

const call = ({ access, node, selector }: NodePodsKey): string =>
  [
    `${kubectlCommand(access)} --request-timeout=30s get pods --all-namespaces -o json`,
    quote(`--field-selector=spec.nodeName=${node}`),
    selector === undefined ? '' : quote(`--selector=${selector}`),
    '</dev/null',
  ].join(' ');
