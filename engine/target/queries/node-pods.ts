/** The pods of one node, as kubectl on the host tells them. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';
import { askedFor, readAnswers, tellAnswer } from './answered.ts';
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
  script: (keys) => keys.map((key) => `${askedFor(call(key))}; ${tellAnswer}`).join('\n'),
  parse: (stdout, keys) =>
    readAnswers(stdout, keys, ({ node }, text, isAnswer) =>
      isAnswer ? objectsIn(text) : refusal(`the pods of node ${node}: ${text.trim() || 'kubectl failed'}`),
    ),
};

const call = ({ access, node, selector }: NodePodsKey): string =>
  [
    `${kubectlCommand(access)} --request-timeout=30s get pods --all-namespaces -o json`,
    quote(`--field-selector=spec.nodeName=${node}`),
    selector === undefined ? '' : quote(`--selector=${selector}`),
    '</dev/null',
  ].join(' ');
