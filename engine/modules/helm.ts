import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { refuseKey } from '../module/kubernetes/arguments.ts';
import { type HelmValues, mergedValues, plainValues, shownValues, valuesIn } from '../module/kubernetes/helm-values.ts';
import { optionWord } from '../module/option-word.ts';
import { refuse } from '../module/refuse.ts';
import { ModuleFailure } from '../target/failure.ts';
import {
  chartKind,
  chartWords,
  type HelmAccess,
  helmCommand,
  type Release,
  releaseKind,
} from '../target/queries/helm.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface HelmState {
  /** Name and version of the chart, null where there is no release. */
  readonly chart: string | null;
  readonly values: HelmValues;
  readonly status: string | null;
  /** The release, the chart asked for, and what the files say; never asked for. */
  readonly release: Release | undefined;
  readonly wantedChart: string | undefined;
  readonly fromFiles: readonly HelmValues[];
}

const args = {
  name: { required: true, aliases: ['release_name'], description: 'the release' },
  release_namespace: { required: true, aliases: ['namespace'], description: 'the namespace it is in' },
  release_state: {
    choices: ['present', 'absent'],
    default: 'present',
    aliases: ['state'],
    description: 'whether it shall be there',
  },
  chart_ref: {
    description: 'a folder or an archive of the host, REPOSITORY/NAME, an oci:// URL; a name, with chart_repo_url',
  },
  chart_version: { description: 'the newest one unless told' },
  chart_repo_url: { description: 'the URL of the repository' },
  values: { type: 'dict', default: {}, aliases: ['release_values'], description: 'values besides those of the chart' },
  values_files: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'files of the host with values; what values says comes before them',
  },
  reuse_values: { type: 'bool', default: false, description: 'keep the values that the release has' },
  reset_values: { type: 'bool', default: true, description: 'taken and ignored: so unless reuse_values' },
  create_namespace: { type: 'bool', default: false },
  wait: {
    type: 'bool',
    default: false,
    aliases: ['release_wait'],
    description: 'wait until all that it makes is ready',
  },
  timeout: { description: 'how long helm waits: 300, 5m0s' },
  wait_timeout: { description: 'the same, where timeout is not said' },
  atomic: { type: 'bool', default: false, description: 'undo what fails' },
  force: { type: 'bool', default: false, description: 'replace objects that cannot be changed' },
  disable_hook: { type: 'bool', default: false },
  skip_crds: { type: 'bool', default: false },
  dependency_update: { type: 'bool', default: false },
  history_max: { type: 'int' },
  purge: { type: 'bool', default: true, description: 'absent forgets the history as well' },
  update_repo_cache: { type: 'bool', default: false, description: 'fetch the indexes of repositories before a change' },
  set_values: { type: 'raw', description: 'refused: values says it' },
  post_renderer: { description: 'refused' },
  binary_path: { type: 'path', default: 'helm', description: 'helm 3 on the host' },
  kubeconfig: { type: 'path', aliases: ['kubeconfig_path'], description: 'a kubeconfig on the host' },
  context: { aliases: ['kube_context'], description: 'a context of the kubeconfig' },
  host: { description: 'the URL of the API' },
  ca_cert: { type: 'path', aliases: ['ssl_ca_cert'] },
  validate_certs: { type: 'bool', default: true, aliases: ['verify_ssl'] },
  api_key: { secret: true, description: 'refused: a list of processes would show it; a kubeconfig holds it' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Keeps a release of a Helm chart as asked, by helm on the host.',
  description: [
    'The version of the chart and the values are compared; what else happened to the objects of a release is not seen.',
    'Values go over stdin. Diffs hide what is called a password or the like.',
  ],
  args,
  rules: { requiredIf: [['release_state', 'present', ['chart_ref']]] },
  returns: { status: 'name, namespace, revision, status, chart, app_version', stdout: 'what helm printed' },
  examples: `- name: Install the ingress controller
  helm:
    name: ingress-nginx
    release_namespace: ingress-nginx
    create_namespace: true
    chart_repo_url: https://kubernetes.github.io/ingress-nginx
    chart_ref: ingress-nginx
    chart_version: 4.11.3
    values: { controller: { replicaCount: 2 } }
    kubeconfig: /etc/kubernetes/admin.conf
    wait: true
`,

  async probe({ args, target }): Promise<HelmState> {
    refuseUnknown(args);
    const access = accessOf(args);
    const isPresent = args.release_state === 'present';
    const [release, wantedChart, ...files] = await Promise.all([
      target.query(releaseKind, keyOf(args)),
      isPresent ? target.query(chartKind, { access, ...chartOf(args) }) : undefined,
      ...(isPresent ? args.values_files : []).map((path) => target.readFile(path)),
    ]);
    const fromFiles = files.map((content, index) => {
      const path = args.values_files[index] ?? '';
      if (content === undefined) throw new ModuleFailure(`values_files: there is no file ${path} on the host`);
      return valuesIn(content.toString('utf8'), path);
    });
    const there = release !== undefined && release.status !== 'uninstalled' ? release : undefined;
    return {
      ...{ chart: there?.chart ?? null, values: there?.values ?? {}, status: there?.status ?? null },
      ...{ release: there, wantedChart, fromFiles },
    };
  },

  desired({ args, state }) {
    if (args.release_state === 'absent') return { chart: null, status: null };
    const kept = args.reuse_values ? state.values : {};
    return {
      chart: state.wantedChart ?? null,
      values: mergedValues(kept, ...state.fromFiles, plainValues(args.values)),
      status: 'deployed',
    };
  },

  async apply({ args, state, wanted, target }) {
    const { name, release_namespace: namespace, update_repo_cache: update } = args;
    const helm = helmCommand(accessOf(args));
    const gone = args.release_state === 'absent';
    const words = gone
      ? ['uninstall', name, ...(args.purge ? [] : ['--keep-history'])]
      : ['upgrade', '--install', name, ...chartWords(chartOf(args)), ...upgradeOptions(args), '--values=-'];
    const call = [...words, `--namespace=${namespace}`, ...waitOptions(args)];
    const revision = String(Number(state.release?.revision ?? 0) + 1);
    const planned = {
      revision,
      status: 'deployed',
      chart: wanted.chart ?? '',
      app_version: '',
      values: wanted.values ?? {},
    };
    const { stdout } = await target.mutate({
      summary: `helm ${gone ? 'uninstall' : 'upgrade'} ${namespace}/${name}`,
      script: `${update && !gone ? `${helm} repo update </dev/null >/dev/null || exit 1\n` : ''}${helm} ${call.map(quote).join(' ')}`,
      stdin: JSON.stringify(wanted.values ?? {}),
      touches: [],
      effects: [effect(releaseKind, keyOf(args), gone ? undefined : planned)],
    });
    return { stdout: stdout.toString('utf8').trimEnd() };
  },

  returned: ({ args, state }) => (args.release_state === 'absent' ? {} : { status: statusOf(args, state.release) }),
  after: async ({ args, target }) =>
    args.release_state === 'absent' ? {} : { status: statusOf(args, await target.query(releaseKind, keyOf(args))) },

  preview({ args, state, wanted }) {
    const header = `release ${args.release_namespace}/${args.name}`;
    const text = (chart: string | null, status: string | null, values: HelmValues, other?: HelmValues) =>
      chart === null ? '' : `chart: ${chart}\nstatus: ${status}\n${shownValues(values, other)}`;
    const before = text(state.chart, state.status, state.values);
    const after = text(wanted.chart ?? null, wanted.status ?? null, wanted.values ?? {}, state.release && state.values);
    return [{ beforeHeader: header, afterHeader: header, before, after }];
  },
});

function refuseUnknown(args: Args): void {
  refuseKey(args.api_key);
  refuse('helm', [
    [args.set_values !== undefined, 'set_values: say it in values'],
    [args.post_renderer !== undefined, 'post_renderer: k8s applies what a task before has rendered'],
  ]);
}

function accessOf(args: Args): HelmAccess {
  const { kubeconfig, context, host, ca_cert: authority, validate_certs: verifies } = args;
  const options = [
    ...optionWord('kubeconfig', kubeconfig),
    ...optionWord('kube-context', context),
    ...optionWord('kube-apiserver', host),
    ...optionWord('kube-ca-file', authority),
    ...(verifies ? [] : ['--kube-insecure-skip-tls-verify']),
  ];
  return { helm: args.binary_path, options };
}

const keyOf = (args: Args) => ({ access: accessOf(args), name: args.name, namespace: args.release_namespace });
const chartOf = ({ chart_ref: chart = '', chart_version: version, chart_repo_url: repo }: Args) => ({
  chart,
  version,
  repo,
});

function upgradeOptions(args: Args): readonly string[] {
  return [
    // what is reused is in the values already
    '--reset-values',
    ...(args.create_namespace ? ['--create-namespace'] : []),
    ...(args.atomic ? ['--atomic'] : []),
    ...(args.force ? ['--force'] : []),
    ...(args.skip_crds ? ['--skip-crds'] : []),
    ...(args.dependency_update ? ['--dependency-update'] : []),
    ...optionWord('history-max', args.history_max),
  ];
}

function waitOptions(args: Args): readonly string[] {
  const timeout = args.timeout ?? args.wait_timeout;
  return [
    ...(args.disable_hook ? ['--no-hooks'] : []),
    ...(args.wait ? ['--wait'] : []),
    ...(timeout === undefined ? [] : [`--timeout=${/^\d+$/.test(timeout) ? `${timeout}s` : timeout}`]),
  ];
}

function statusOf({ name, release_namespace: namespace }: Args, release: Release | undefined) {
  if (release === undefined) return {};
  const { revision, status, chart, app_version } = release;
  return { name, namespace, revision, status, chart, app_version };
}
