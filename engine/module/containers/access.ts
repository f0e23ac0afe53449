/** The arguments by which Ansible reaches a docker daemon: here it is the host's own, by the host's own docker. */
import { ModuleFailure } from '../../target/failure.ts';
import type { ArgsLiteral } from '../arguments.ts';

const ignored = 'taken and ignored: the docker of the host is called';

export const dockerAccessArgs = {
  docker_host: {
    aliases: ['docker_url'],
    description: "only the host's own, unix:///var/run/docker.sock; for another host there is delegate_to",
  },
  tls: { type: 'bool', default: false, description: ignored },
  tls_hostname: { description: ignored },
  validate_certs: { type: 'bool', default: false, aliases: ['tls_verify'], description: ignored },
  ca_path: { type: 'path', aliases: ['ca_cert', 'tls_ca_cert', 'cacert_path'], description: ignored },
  client_cert: { type: 'path', aliases: ['tls_client_cert', 'cert_path'], description: ignored },
  client_key: { type: 'path', aliases: ['tls_client_key', 'key_path'], description: ignored },
  api_version: { default: 'auto', aliases: ['docker_api_version'], description: ignored },
  timeout: { type: 'int', default: 60, description: ignored },
  use_ssh_client: { type: 'bool', default: false, description: ignored },
  debug: { type: 'bool', default: false, description: ignored },
} as const satisfies ArgsLiteral;

/** @throws ModuleFailure for a daemon elsewhere. */
export function refuseElsewhere({ docker_host: host }: { readonly docker_host?: string | undefined }): void {
  if (host !== undefined && host !== '' && !/^unix:\/{2,3}(?:var\/)?run\/docker\.sock$/.test(host))
    throw new ModuleFailure(
      `docker_host: ${host} is not the docker of the host itself: say delegate_to for another host`,
    );
}
