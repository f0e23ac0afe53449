import type { X509Certificate } from 'node:crypto';
import { posix } from 'node:path';
import type { ArgsOf } from '../module/arguments.ts';
import { type Owned, ownedBy, wantedAttributes } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import {
  type CertificateFields,
  certificateResult,
  certificateReturns,
  fieldsOf,
  readCertificate,
  signer,
  validity,
  wantedFields,
} from '../module/pki/certificate.ts';
import { issueScript } from '../module/pki/issue.ts';
import { keyType, keyTypes, publicKey, publicKeyKind, sameKey } from '../module/pki/public-key.ts';
import { orUnknown } from '../module/unknown.ts';
import { isUnknown, Unknown } from '../module/values.ts';
import { fileEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { effect } from '../target/query.ts';
import type { FileState } from '../target/state.ts';

interface State extends Owned, Partial<CertificateFields> {
  /** `valid`, `absent`, or why it is issued anew. */
  readonly certificate: string;
  /** The type of the private key, `absent` where there is none. */
  readonly private_key: string;
  readonly private_key_mode?: string | undefined;
  /** Whether the certificate is for that key. */
  readonly key_matches?: boolean;
  /** Who signed it. */
  readonly signed_by?: string | Unknown;
  readonly found: X509Certificate | undefined;
  readonly file: FileState;
  readonly keyFile: FileState;
}

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

  async probe({ args, target }): Promise<State> {
    const [file, keyFile, parent, pem, publicPem, caPem] = await Promise.all([
      target.stat(args.path, { follow: true }),
      target.stat(args.private_key_path, { follow: true }),
      target.stat(posix.dirname(args.path), { follow: true }),
      orUnknown(target.readFile(args.path)),
      orUnknown(target.query(publicKeyKind, args.private_key_path)),
      args.ca_path === undefined ? undefined : orUnknown(target.readFile(args.ca_path)),
    ]);
    if (!parent.exists) throw new ModuleFailure(`the directory ${posix.dirname(args.path)} does not exist`);
    if (args.ca_path !== undefined && caPem === undefined)
      throw new ModuleFailure(`the CA ${args.ca_path} does not exist`);
    const files = { file, keyFile, ...ownedBy(file), private_key_mode: keyFile.exists ? keyFile.mode : undefined };
    // Issued earlier in a run that is only predicted: whatever it will say, it was asked for the same way.
    if (isUnknown(pem)) return { ...files, ...wantedFields(args), ...predicted(args), found: undefined };
    const key = isUnknown(publicPem) ? undefined : publicKey(publicPem, args.private_key_path);
    const found = readCertificate(pem);
    const private_key = isUnknown(publicPem) ? args.private_key_type : key === undefined ? 'absent' : keyType(key);
    const certificate =
      pem === undefined
        ? 'absent'
        : found === undefined
          ? 'not a certificate'
          : validity(found, args.renew_before_days);
    if (found === undefined) return { ...files, certificate, private_key, found };
    return {
      ...files,
      ...fieldsOf(found),
      certificate,
      private_key,
      key_matches: key !== undefined && sameKey(key, found.publicKey),
      signed_by: signer(found, args.ca_path, caPem),
      found,
    };
  },

  desired({ args, state }): Partial<State> {
    if (args.renew_before_days >= daysOf(args))
      throw new ModuleFailure('renew_before_days must be less than valid_days: it would be issued anew in every run');
    const wanted: Partial<State> = {
      ...wantedFields(args),
      ...predicted(args),
      ...(args.is_ca && state.private_key !== 'absent' && { private_key: state.private_key }),
      private_key_mode: '0600',
      ...wantedAttributes(args, state.file, 'file'),
    };
    return state.found === undefined
      ? wanted
      : { ...wanted, ...(isUnknown(state.signed_by) && { signed_by: state.signed_by }) };
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
    const unknown = (path: string) => new Unknown(`${path} is issued by the run`);
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
      effects: [
        ...fileEffects(args.path, { content: unknown(args.path), mode: fileMode, ...owners }),
        ...(newKey === undefined
          ? []
          : [
              ...fileEffects(args.private_key_path, {
                content: unknown(args.private_key_path),
                mode: '0600',
                ...owners,
              }),
              effect(publicKeyKind, args.private_key_path, unknown(args.private_key_path)),
            ]),
      ],
    });
    if (private_key_mode && newKey === undefined) await target.setAttributes(args.private_key_path, { mode: '0600' });
    const issued = readCertificate(stdout);
    return issued ? certificateResult(issued) : {};
  },

  returned: ({ args, state }) => ({
    path: args.path,
    private_key_path: args.private_key_path,
    ...(state.found && certificateResult(state.found)),
  }),
});

/** The part of a state that says "as asked for". */
function predicted(args: Args): Pick<State, 'certificate' | 'private_key' | 'key_matches' | 'signed_by'> {
  return {
    certificate: 'valid',
    private_key: args.private_key_type,
    key_matches: true,
    signed_by: args.ca_path ?? 'itself',
  };
}

function daysOf({ valid_days: days, is_ca: isCa }: Args): number {
  return days ?? (isCa ? 3650 : 365);
}
