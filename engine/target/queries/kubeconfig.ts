/** A kubeconfig of a host with the files it refers to in it, as kubectl reads it. It holds keys: they must not be shown. */
import { ModuleFailure } from '../failure.ts';
import type { QueryKind } from '../query.ts';
import { refusal } from '../query.ts';
import { quote } from '../quote.ts';
import { kubePath } from './kubeadm.ts';

interface Named {
  readonly name: string;
}

export interface NamedCluster extends Named {
  readonly cluster?: { readonly server?: string; readonly 'certificate-authority-data'?: string };
}

export interface NamedContext extends Named {
  readonly context?: { readonly cluster?: string; readonly user?: string };
}

export interface Kubeconfig {
  readonly clusters?: readonly NamedCluster[] | null;
  readonly users?: readonly Named[] | null;
  readonly contexts?: readonly NamedContext[] | null;
  readonly 'current-context'?: string;
}

/** `undefined` where there is no such file. */
export const kubeconfigKind: QueryKind<string, Kubeconfig | undefined> = {
  name: 'kubeconfig',
  domains: ['files'],
  id: (path) => path,
  script: (paths) =>
    [
      kubePath,
      'show() {',
      `  [ -e "$1" ] || { printf '\\036absent\\n'; return; }`,
      `  said=$(kubectl --kubeconfig="$1" config view --raw --flatten --output=json 2>&1); printf '\\036%s\\n%s' "$?" "$said"`,
      '}',
      ...paths.map((path) => `show ${quote(path)}`),
      ':',
    ].join('\n'),
  parse(stdout, paths) {
    const answers = stdout.toString().split('\x1e').slice(1);
    if (answers.length !== paths.length) throw new ModuleFailure('kubectl gave no answer');
    return answers.map((answer, index) => {
      const end = answer.indexOf('\n');
      const [code, text] = [answer.slice(0, end), answer.slice(end + 1)];
      if (code === 'absent') return undefined;
      return code === '0'
        ? (JSON.parse(text) as Kubeconfig)
        : refusal(`${paths[index]} cannot be read: ${text.trim()}`);
    });
  },
};
