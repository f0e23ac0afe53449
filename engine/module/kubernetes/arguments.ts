/** What the modules about Kubernetes have in common: how the API is reached, and what is waited for. */
import { ModuleFailure } from '../../target/failure.ts';
import type { Access } from '../../target/queries/kubernetes.ts';
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';
import type { Controller } from '../definition.ts';
import { optionWord } from '../option-word.ts';

export const accessArgs = {
  kubectl: { type: 'path', default: 'kubectl', description: 'kubectl on the host, 1.20 or later' },
  kubeconfig: { type: 'path', description: 'a kubeconfig on the host; what kubectl takes by itself unless told' },
  context: { description: 'a context of the kubeconfig; its current one unless told' },
  host: { description: 'the URL of the API, instead of the one of the kubeconfig' },
  ca_cert: { type: 'path', aliases: ['ssl_ca_cert'], description: 'who signed the certificate of the API' },
  client_cert: { type: 'path', aliases: ['cert_file'] },
  client_key: { type: 'path', aliases: ['key_file'] },
  validate_certs: { type: 'bool', aliases: ['verify_ssl'], description: 'false believes any certificate' },
  impersonate_user: { description: 'act as this user' },
  impersonate_groups: { type: 'list', elements: 'str', description: 'act as a member of these groups' },
  proxy: { description: 'the URL of a proxy before the API' },
  no_proxy: { description: 'what is reached without it' },
  api_key: { secret: true, description: 'refused: a list of processes would show it; a kubeconfig holds it' },
  username: { description: 'refused: no API since 1.19 takes passwords' },
  password: { secret: true, description: 'refused, as username' },
  proxy_headers: { type: 'dict', description: 'refused' },
  persist_config: { type: 'bool', description: 'taken and ignored' },
} as const satisfies ArgsLiteral;

export const waitArgs = {
  wait: { type: 'bool', default: false, description: 'wait until the objects are ready, or gone' },
  wait_timeout: { type: 'int', default: 120, description: 'seconds to wait at most' },
  wait_sleep: { type: 'int', default: 5, description: 'seconds between two looks at most; the first ones come sooner' },
  wait_condition: {
    type: 'dict',
    options: {
      type: { required: true, description: 'the type of a condition in the status' },
      status: { type: 'raw', default: 'True', description: 'what it must be: True, False or Unknown' },
      reason: { description: 'its reason' },
    },
    description: 'what to wait for, instead of what ready means for the kind of object',
  },
} as const satisfies ArgsLiteral;

export type WaitArgs = ArgsOf<typeof waitArgs>;

/** @throws ModuleFailure for what kubectl cannot be told, or not in private. */
export function accessOf(args: ArgsOf<typeof accessArgs>): Access {
  const { kubectl, kubeconfig, context, proxy, no_proxy: noProxy } = args;
  refuseKey(args.api_key);
  for (const name of ['username', 'password', 'proxy_headers'] as const)
    if (args[name] !== undefined) throw new ModuleFailure(`${name} is not known to kubectl: say kubeconfig`);
  const options = [
    ...optionWord('server', args.host),
    ...optionWord('certificate-authority', args.ca_cert),
    ...optionWord('client-certificate', args.client_cert),
    ...optionWord('client-key', args.client_key),
    ...(args.validate_certs === false ? ['--insecure-skip-tls-verify=true'] : []),
    ...optionWord('as', args.impersonate_user),
    ...(args.impersonate_groups ?? []).flatMap((group) => optionWord('as-group', group)),
  ];
  const environment = {
    ...(proxy !== undefined && { HTTPS_PROXY: proxy }),
    ...(noProxy !== undefined && { NO_PROXY: noProxy }),
  };
  return {
    ...{ kubectl, kubeconfig, context },
    ...(options.length > 0 && { options }),
    ...(Object.keys(environment).length > 0 && { environment }),
  };
}

/** A password in the URL of a proxy is never shown. */
export function keepProxySecret({ proxy }: { readonly proxy?: string | undefined }, controller: Controller): void {
  const [, password] = /^(?:[\w+.-]+:\/\/)?[^/@:]*:([^/]*)@/.exec(proxy ?? '') ?? [];
  if (password === undefined || password === '') return;
  controller.secret(password);
  controller.secret(unescaped(password));
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws ModuleFailure for a key of the API. */
export function refuseKey(key: string | undefined): void {
  if (key !== undefined)
    throw new ModuleFailure(
      'api_key would be seen in the list of processes: put it into a kubeconfig, and say kubeconfig',
    );
}

export const hiddenFieldsArg = {
  type: 'list',
  elements: 'str',
  default: [],
  description:
    'fields that results and diffs leave out: spec, metadata.annotations[example.com/x]; metadata.managedFields always',
} as const satisfies ArgsLiteral[string];
