import type { ArgsOf } from '../module/arguments.ts';
import { wantedAttributes } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import {
  type CertificateFields,
  certificateResult,
  certificateReturns,
  readCertificate,
} from '../module/pki/certificate.ts';
import { type CfsslRequest, cfsslScript, readRequest } from '../module/pki/cfssl.ts';
import {
  asAsked,
  type Issued,
  issuedEffects,
  issuedResult,
  issuedState,
  readIssued,
  unknownSigner,
} from '../module/pki/issued.ts';
import { orUnknown } from '../module/unknown.ts';
import { isUnknown } from '../module/values.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import type { ReadableTarget } from '../target/target.ts';

interface State extends Issued {
  readonly request: CfsslRequest;
}

const args = {
  path: { type: 'path', required: true, description: 'the certificate' },
  private_key_path: { type: 'path', required: true, description: 'its private key, of mode 0600' },
  request_path: { type: 'path', required: true, description: 'the request: names, hosts and key, as JSON (csr.json)' },
  config_path: { type: 'path', description: 'the profiles, as JSON (ca-config.json)' },
  profile: { description: 'the profile to sign with' },
  ca_path: { type: 'path', description: 'the certificate of the CA; without it the request is one of a CA' },
  ca_private_key_path: { type: 'path', description: 'the private key of the CA' },
  renew_before_days: { type: 'int', default: 30, description: 'issued anew when it is valid for fewer days than this' },
  mode: { type: 'mode', default: '0644', description: 'permissions of the certificate; the key always has 0600' },
} as const;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary:
    'Keeps a certificate and its private key issued as cfssl requests and profiles say, by the cfssl of the host.',
  description: [
    'Usually delegated to localhost: the files are then copied to the hosts like any other.',
    'Issued anew, with a new key, only when it is missing, about to expire, signed by another CA, or says something else. A CA keeps its key.',
  ],
  args,
  rules: { requiredTogether: [['ca_path', 'ca_private_key_path', 'config_path', 'profile']] },
  returns: certificateReturns,
  examples:
    '- cfssl_certificate:\n    path: "{{ pki }}/peer.pem"\n    private_key_path: "{{ pki }}/peer-key.pem"\n    request_path: "{{ pki }}/peer.json"\n    config_path: "{{ pki }}/ca-config.json"\n    profile: peer\n    ca_path: "{{ pki }}/ca.pem"\n    ca_private_key_path: "{{ pki }}/ca-key.pem"\n  delegate_to: localhost\n',

  async probe({ args, target }): Promise<State> {
    const [read, request] = await Promise.all([readIssued(args, target), requestOf(args, target)]);
    return { ...issuedState(args, read, request.keyType, () => fieldsIn(request)), request };
  },

  desired({ args, state }): Partial<State> {
    if (args.renew_before_days >= state.request.days)
      throw new ModuleFailure(
        `renew_before_days must be less than the ${state.request.days} days it is valid: it would be issued anew in every run`,
      );
    return {
      ...fieldsIn(state.request),
      ...asAsked(args, state.request.keyType),
      ...(keepsKey(args, state) && { private_key: state.private_key }),
      private_key_mode: '0600',
      ...wantedAttributes(args, state.file, 'file'),
      ...unknownSigner(state),
    };
  },

  async apply({ args, state, wanted, change, target }) {
    const { mode, owner, group, private_key_mode, ...reasons } = change;
    if (Object.keys(reasons).length === 0) {
      if (mode) await target.setAttributes(args.path, { mode: mode.after });
      if (private_key_mode) await target.setAttributes(args.private_key_path, { mode: '0600' });
      return {};
    }
    const fileMode = wanted.mode ?? '0644';
    const keepKey = keepsKey(args, state);
    const { stdout } = await target.mutate({
      summary: `issue ${args.path}`,
      script: cfsslScript({
        path: args.path,
        keyPath: args.private_key_path,
        requestPath: args.request_path,
        keepKey,
        mode: fileMode,
        signer:
          args.ca_path === undefined
            ? undefined
            : {
                ca: args.ca_path,
                caKey: args.ca_private_key_path ?? '',
                config: args.config_path ?? '',
                profile: args.profile ?? '',
              },
      }),
      touches: ['files'],
      effects: issuedEffects(args, !keepKey, { mode: fileMode }),
    });
    if (private_key_mode && keepKey) await target.setAttributes(args.private_key_path, { mode: '0600' });
    const issued = readCertificate(stdout);
    return issued ? certificateResult(issued) : {};
  },

  returned: ({ args, state }) => issuedResult(args, state),
});

/** @throws ModuleFailure when one of cfssl's files is missing or makes no sense; UnknownState when it is not written yet. */
async function requestOf(args: Args, target: ReadableTarget): Promise<CfsslRequest> {
  const read = async (path: string): Promise<Buffer> => {
    const content = await orUnknown(target.readFile(path));
    if (isUnknown(content)) throw new UnknownState(content.reason);
    if (content === undefined) throw new ModuleFailure(`${path} does not exist`);
    return content;
  };
  const [request, config] = await Promise.all([
    read(args.request_path),
    args.config_path === undefined ? undefined : read(args.config_path),
  ]);
  const { request_path: requestPath, config_path: configPath, profile } = args;
  return readRequest({ request, requestPath, config, configPath, profile });
}

const fieldsIn = ({ subject, subject_alt_name, usages, is_ca }: CfsslRequest): CertificateFields => ({
  subject,
  subject_alt_name,
  usages,
  is_ca,
});

const keepsKey = (args: Args, state: State): boolean => args.ca_path === undefined && state.private_key !== 'absent';
