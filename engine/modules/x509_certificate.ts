import type { ArgsOf } from '../module/arguments.ts';
import { wantedAttributes } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { certificateResult, certificateReturns, readCertificate, wantedFields } from '../module/pki/certificate.ts';
import { issueScript } from '../module/pki/issue.ts';
import {
  asAsked,
  type Issued,
  issuedEffects,
  issuedResult,
  issuedState,
  readIssued,
  unknownSigner,
} from '../module/pki/issued.ts';
import { keyTypes } from '../module/pki/public-key.ts';
import { ModuleFailure } from '../target/failure.ts';

const args = {
  path: { type: 'path', required: true, description: 'the certificate' },
  private_key_path: {
    type: 'path',
    required: true,
    description: 'its private key; made when it is not there, kept otherwise',
  },
  private_key_type: {
    choices: keyTypes,
    default: 'ec-p256',
    description: 'the type of a new key; a CA keeps whatever key it has',
  },
  common_name: { required: true, description: 'CN of the subject' },
  organization: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'O of the subject; Kubernetes takes them for groups',
  },
  subject_alt_name: { type: 'list', elements: 'str', default: [], description: 'DNS:<name> and IP:<address>' },
  usages: {
    type: 'list',
    elements: 'str',
    choices: ['server_auth', 'client_auth'],
    default: [],
    description: 'what it may prove',
  },
  is_ca: { type: 'bool', default: false, description: 'it may sign others' },
  ca_path: { type: 'path', description: 'the certificate of the CA; self-signed without' },
  ca_private_key_path: { type: 'path', description: 'the private key of the CA' },
  valid_days: { type: 'int', description: 'how long it is valid: 365, or 3650 for a CA, unless told' },
  renew_before_days: { type: 'int', default: 30, description: 'issued anew when it is valid for fewer days than this' },
  mode: { type: 'mode', default: '0644', description: 'permissions of the certificate; the key always has 0600' },
  owner: { description: 'owner of both files' },
  group: { description: 'group of both files' },
} as const;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Keeps a certificate and its private key issued, by the openssl of the host.',
  description: [
    'Usually delegated to localhost: the files are then copied to the hosts like any other.',
    'Issued anew only when it is missing, about to expire, signed by another CA, for another key, or says something else.',
  ],
  args,
  rules: { requiredTogether: [['ca_path', 'ca_private_key_path']] },
  returns: certificateReturns,
  examples:
    '- x509_certificate:\n    path: "{{ pki }}/etcd.crt"\n    private_key_path: "{{ pki }}/etcd.key"\n    common_name: etcd\n    subject_alt_name: [DNS:localhost, IP:127.0.0.1]\n    usages: [server_auth, client_auth]\n    ca_path: "{{ pki }}/ca.crt"\n    ca_private_key_path: "{{ pki }}/ca.key"\n  delegate_to: localhost\n',

  probe: async ({ args, target }): Promise<Issued> =>
    issuedState(args, await readIssued(args, target), args.private_key_type, () => wantedFields(args)),

  desired({ args, state }): Partial<Issued> {
    if (args.renew_before_days >= daysOf(args))
      throw new ModuleFailure('renew_before_days must be less than valid_days: it would be issued anew in every run');
    return {
      ...wantedFields(args),
      ...asAsked(args, args.private_key_type),
      ...(args.is_ca && state.private_key !== 'absent' && { private_key: state.private_key }),
      private_key_mode: '0600',
      ...wantedAttributes(args, state.file, 'file'),
      ...unknownSigner(state),
    };
  },

  async apply({ args, wanted, change, target }) {
    const { mode, owner, group, private_key_mode, ...reasons } = change;
    if (Object.keys(reasons).length === 0) {
      if (mode || owner || group)
        await target.setAttributes(args.path, { mode: mode?.after, owner: owner?.after, group: group?.after });
      if (private_key_mode || owner || group)
        await target.setAttributes(args.private_key_path, { mode: '0600', owner: owner?.after, group: group?.after });
      return {};
    }
    const newKey = change.private_key === undefined ? undefined : args.private_key_type;
    const ca = args.ca_path === undefined ? undefined : { path: args.ca_path, keyPath: args.ca_private_key_path ?? '' };
    const fileMode = wanted.mode ?? '0644';
    const owners = {
      ...(args.owner !== undefined && { owner: args.owner }),
      ...(args.group !== undefined && { group: args.group }),
    };
    const { stdout } = await target.mutate({
      summary: `issue ${args.path}`,
      script: issueScript({
        path: args.path,
        keyPath: args.private_key_path,
        newKey,
        ca,
        fields: wantedFields(args),
        days: daysOf(args),
        mode: fileMode,
        ...owners,
      }),
      touches: ['files'],
      effects: issuedEffects(args, newKey !== undefined, { mode: fileMode, ...owners }),
    });
    if (private_key_mode && newKey === undefined) await target.setAttributes(args.private_key_path, { mode: '0600' });
    const issued = readCertificate(stdout);
    return issued ? certificateResult(issued) : {};
  },

  returned: ({ args, state }) => issuedResult(args, state),
});

function daysOf({ valid_days: days, is_ca: isCa }: Args): number {
  return days ?? (isCa ? 3650 : 365);
}
