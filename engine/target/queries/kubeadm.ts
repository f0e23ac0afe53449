/** What kubeadm's modules ask a host: its version, and what the API says to it. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';

/** Where these tools may lie, besides what the login's PATH has. */
export const kubePath = 'PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/opt/bin"; export PATH';

/** The version of the host's kubeadm, such as `1.20.2`; `undefined` where there is none. */
export const kubeadmVersionKind: QueryKind<'', string | undefined> = {
  name: 'kubeadm version',
  domains: ['files', 'packages'],
  id: () => '',
  script: () => `${kubePath}\nkubeadm version -o short 2>/dev/null\n:`,
  parse: (stdout, keys) => keys.map(() => /^v(\S+)/.exec(stdout.toString().trim())?.[1]),
};

/** A path of the API, asked with the kubeconfig of a host. */
export interface ApiKey {
  readonly kubeconfig: string;
  readonly path: string;
}

/** `missing`: the API says that there is no such object. `silent`: it could not be asked, for the reason given. */
export type ApiAnswer =
  | { readonly kind: 'found'; readonly object: Readonly<Record<string, unknown>> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'silent'; readonly reason: string };

/**
 * An object of the API, through the host's kubectl. The raw path needs no discovery, whose cache kubectl would write to the host.
 * Others change the API too: whoever waits for something asks by a command instead, which is never remembered.
 */
export const apiKind: QueryKind<ApiKey, ApiAnswer> = {
  name: 'api',
  domains: ['files', 'units', 'packages'],
  id: ({ kubeconfig, path }) => `${kubeconfig} ${path}`,
  script: (keys) =>
    [
      kubePath,
      'ask() {',
      `  if ! [ -e "$1" ]; then printf '\\0361\\n%s does not exist' "$1"; return; fi`,
      `  said=$(kubectl --kubeconfig="$1" --request-timeout=5s get --raw "$2" 2>&1); printf '\\036%s\\n%s' "$?" "$said"`,
      '}',
      ...keys.map(({ kubeconfig, path }) => `ask ${quote(kubeconfig)} ${quote(path)}`),
      ':',
    ].join('\n'),
  parse(stdout, keys) {
    const answers = stdout.toString().split('\x1e').slice(1);
    return keys.map((_, index) => apiAnswer(answers[index] ?? '1\nnothing was said'));
  },
};

function apiAnswer(said: string): ApiAnswer {
  const end = said.indexOf('\n');
  const text = said.slice(end + 1);
  if (said.slice(0, end) === '0') return { kind: 'found', object: JSON.parse(text) };
  return /\(NotFound\)/.test(text)
    ? { kind: 'missing' }
    : { kind: 'silent', reason: text.trim().split('\n').at(-1) ?? '' };
}
