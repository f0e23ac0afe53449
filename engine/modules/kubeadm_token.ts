import { randomBytes } from 'node:crypto';
import { defineModule } from '../module/definition.ts';
import { kubeconfigArg } from '../module/kubeadm/arguments.ts';
import { seconds } from '../module/kubeadm/duration.ts';
import { ModuleFailure } from '../target/failure.ts';
import { apiKind, kubePath } from '../target/queries/kubeadm.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface State {
  /** `expiring`: it is there, but not for long enough. */
  readonly token: 'absent' | 'expiring' | 'present';
}

const args = {
  ...kubeconfigArg,
  token: {
    secret: true,
    description: 'the token, six letters or digits, a dot and sixteen more; a new one is made in every run unless told',
  },
  ttl: { default: '1h', description: 'how long a new one lives, such as 90s, 15m or 24h' },
  min_life: { default: '15m', description: 'one with less life than this left is given its whole life again' },
  description: { default: 'made by kplay', description: 'what kubeadm token list shows beside it' },
  usages: {
    type: 'list',
    elements: 'str',
    choices: ['authentication', 'signing'],
    default: ['authentication', 'signing'],
    description: 'what it may be used for',
  },
  groups: {
    type: 'list',
    elements: 'str',
    default: ['system:bootstrappers:kubeadm:default-node-token'],
    description: 'the groups whoever shows it belongs to',
  },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether it shall exist' },
} as const;

export default defineModule({
  summary: 'Keeps a bootstrap token in a cluster that hosts join with.',
  description: [
    'It travels over stdin, as the Secret that bootstrap tokens are: it is in no list of processes and no report.',
    'Needs kubectl on the host.',
  ],
  args,
  rules: { requiredIf: [['state', 'absent', ['token']]] },
  returns: { token: 'the token; hidden in reports', expires: 'when it ends, in UTC' },
  examples:
    '- kubeadm_token:\n    ttl: 15m\n  register: join\n  delegate_to: "{{ groups[\'kube_control_plane\'][0] }}"\n',

  async probe({ args, target, controller }): Promise<State> {
    if (args.token === undefined) return { token: 'absent' };
    controller.secret(args.token);
    const answer = await target.query(apiKind, keyOf(args.kubeconfig, args.token));
    if (answer.kind === 'silent') throw new ModuleFailure(`the API did not tell about tokens: ${answer.reason}`);
    if (answer.kind === 'missing') return { token: 'absent' };
    const { expiration } = (answer.object['data'] ?? {}) as { readonly expiration?: string };
    if (expiration === undefined) return { token: 'present' };
    const left = (Date.parse(Buffer.from(expiration, 'base64').toString()) - Date.now()) / 1000;
    return { token: left < seconds(args.min_life) ? 'expiring' : 'present' };
  },

  desired({ args }) {
    if (seconds(args.min_life) >= seconds(args.ttl))
      throw new ModuleFailure('min_life must be less than ttl: a new token would be too old at once');
    return { token: args.state };
  },

  async apply({ args, state, target, controller }) {
    const token = args.token ?? newToken();
    controller.secret(token);
    const key = keyOf(args.kubeconfig, token);
    const kubectl = `kubectl --kubeconfig=${quote(args.kubeconfig)} --request-timeout=30s`;
    const name = `bootstrap-token-${idOf(token)}`;
    if (args.state === 'absent') {
      await target.mutate({
        summary: `delete the bootstrap token ${idOf(token)}`,
        script: `${kubePath}\n${kubectl} --namespace=kube-system delete secret ${name} --ignore-not-found`,
        touches: [],
        effects: [effect(apiKind, key, { kind: 'missing' })],
      });
      return;
    }
    const expires = new Date(Date.now() + seconds(args.ttl) * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    const secret = secretOf(token, expires, args);
    await target.mutate({
      summary: `${state.token === 'absent' ? 'create' : 'renew'} the bootstrap token ${idOf(token)}`,
      script: `${kubePath}\n${kubectl} ${state.token === 'absent' ? 'create' : 'replace'} --filename=- > /dev/null`,
      stdin: JSON.stringify(secret),
      touches: [],
      effects: [effect(apiKind, key, { kind: 'found', object: encoded(secret) })],
    });
    return { token, expires };
  },

  returned: ({ args }) => ({ token: args.token }),
});

/** The first half is public: it is the Secret's name. */
function idOf(token: string): string {
  const [, id] = /^([a-z0-9]{6})\.[a-z0-9]{16}$/.exec(token) ?? [];
  if (id === undefined)
    throw new ModuleFailure('a bootstrap token is six small letters or digits, a dot and sixteen more');
  return id;
}

const keyOf = (kubeconfig: string, token: string) => ({
  kubeconfig,
  path: `/api/v1/namespaces/kube-system/secrets/bootstrap-token-${idOf(token)}`,
});

function newToken(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  // 252 is the largest multiple of 36 that a byte holds: with more of them some letters would be likelier
  const text = [...randomBytes(64)].filter((byte) => byte < 252).map((byte) => letters[byte % 36]);
  return `${text.slice(0, 6).join('')}.${text.slice(6, 22).join('')}`;
}

interface TokenArgs {
  readonly usages: readonly string[];
  readonly groups: readonly string[];
  readonly description: string;
}

function secretOf(token: string, expiration: string, { usages, groups, description }: TokenArgs) {
  const [id = '', secret = ''] = token.split('.');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    stringData: {
      'token-id': id,
      'token-secret': secret,
      expiration,
      description,
      ...Object.fromEntries(usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
      ...(groups.length > 0 && { 'auth-extra-groups': groups.join(',') }),
    },
  };
}

/** The Secret as the API gives it back. */
function encoded({ stringData, ...secret }: ReturnType<typeof secretOf>) {
  const data = Object.entries(stringData).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return { ...secret, data: Object.fromEntries(data) as Readonly<Record<string, string>> };
}
