/** Releases and charts of Helm 3, as helm on the host tells them. */
import { loadYamlValues } from '../../source/yaml.ts';
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';
import { askedFor, readAnswers, tellAnswer } from './answered.ts';

/** How helm is called, and how it finds the API. */
export interface HelmAccess {
  readonly helm: string;
  readonly options: readonly string[];
}

export interface ReleaseKey {
  readonly access: HelmAccess;
  readonly name: string;
  readonly namespace: string;
}

export interface Release {
  readonly revision: string;
  /** deployed, failed, uninstalled, pending-upgrade … */
  readonly status: string;
  /** Name and version: nginx-1.2.3. */
  readonly chart: string;
  readonly app_version: string;
  /** What was asked for when it was made, without the chart's own. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ChartKey {
  readonly access: HelmAccess;
  /** A folder or an archive of the host, REPOSITORY/NAME, an oci:// URL; with `repo`, a name. */
  readonly chart: string;
  readonly version?: string | undefined;
  readonly repo?: string | undefined;
}

/** The release; undefined where there is none. */
export const releaseKind: QueryKind<ReleaseKey, Release | undefined> = {
  name: 'helm release',
  domains: [],
  volatile: true,
  id: ({ access, name, namespace }) => [...access.options, namespace, name].join(' '),
  script: (keys) => keys.map(lookup).join('\n'),
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split('\x1e');
    return keys.map(({ name, namespace }, index) => {
      const [code = '1', text = '', values = ''] = (parts[index] ?? '').split('\x1d');
      if (code !== '0') return refusal(`release ${namespace}/${name}: ${text.trim() || 'helm failed'}`);
      const found = (JSON.parse(text || '[]') as readonly Readonly<Record<string, unknown>>[])[0];
      if (found === undefined) return undefined;
      const told = (key: string) => String(found[key] ?? '');
      const given = (values.trim() === '' ? null : JSON.parse(values)) as Release['values'] | null;
      return {
        ...{ revision: told('revision'), status: told('status'), chart: told('chart') },
        ...{ app_version: told('app_version'), values: given ?? {} },
      };
    });
  },
};

/** Name and version of a chart: nginx-1.2.3. */
export const chartKind: QueryKind<ChartKey, string> = {
  name: 'helm chart',
  domains: [],
  volatile: true,
  id: ({ chart, version, repo }) => [repo, chart, version].filter(Boolean).join(' '),
  script: (keys) =>
    keys
      .map((key) => {
        const call = `${helmCommand(key.access)} show chart ${chartWords(key).map(quote).join(' ')} </dev/null`;
        return `${missing(key.access)} && { ${askedFor(call)}; }; ${tellAnswer}`;
      })
      .join('\n'),
  parse(stdout, keys) {
    return readAnswers(stdout, keys, ({ chart }, text, isAnswer) => {
      if (!isAnswer) return refusal(`chart ${chart}: ${text.trim() || 'helm failed'}`);
      const [told] = loadYamlValues(text) as readonly Readonly<Record<string, unknown>>[];
      return `${told?.['name']}-${told?.['version']}`;
    });
  },
};

export const helmCommand = ({ helm, options }: HelmAccess): string => [helm, ...options].map(quote).join(' ');

/** The words by which helm finds a chart. */
export const chartWords = ({ chart, version, repo }: Omit<ChartKey, 'access'>): readonly string[] => [
  chart,
  ...(version === undefined ? [] : [`--version=${version}`]),
  ...(repo === undefined ? [] : [`--repo=${repo}`]),
];

const missing = ({ helm }: HelmAccess): string =>
  `c=127; o=${quote(`${helm} was not found on this host`)}; command -v ${quote(helm)} >/dev/null 2>&1`;

function lookup({ access, name, namespace }: ReleaseKey): string {
  const [helm, where] = [helmCommand(access), quote(`--namespace=${namespace}`)];
  const filter = quote(`--filter=^${name.replace(/[.]/g, '\\.')}$`);
  const list = `${helm} list --all ${where} ${filter} -o json </dev/null`;
  // values that cannot be read are not none: they may have to be kept
  const values = `${helm} get values ${quote(name)} ${where} -o json </dev/null`;
  return [
    `v=; ${missing(access)} && { ${askedFor(list)}; }`,
    `case $c$o in 0*'"name"'*) v=$(${values} 2>/dev/null) || { c=$?; o=$(${values} 2>&1); };; esac`,
    `printf '%s\\035%s\\035%s\\036' $c "$o" "$v"`,
  ].join('\n');
}
