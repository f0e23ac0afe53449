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
} from '../module/pki/certificate.ts';
import { type CfsslRequest, cfsslScript, readRequest } from '../module/pki/cfssl.ts';
import { keyType, publicKey, publicKeyKind, sameKey } from '../module/pki/public-key.ts';
import { orUnknown } from '../module/unknown.ts';
import { isUnknown, Unknown } from '../module/values.ts';
import { fileEffects } from '../target/effects.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import { effect } from '../target/query.ts';
import type { FileState } from '../target/state.ts';
import type { ReadableTarget } from '../target/target.ts';

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
  readonly request: CfsslRequest;
  readonly file: FileState;
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
    const [file, keyFile, parent, pem, publicPem, caPem, request] = await Promise.all([
      target.stat(args.path, { follow: true }),
      target.stat(args.private_key_path, { follow: true }),
      target.stat(posix.dirname(args.path), { follow: true }),
      orUnknown(target.readFile(args.path)),
      orUnknown(target.query(publicKeyKind, args.private_key_path)),
      args.ca_path === undefined ? undefined : orUnknown(target.readFile(args.ca_path)),
      requestOf(args, target),
    ]);
    if (!parent.exists) throw new ModuleFailure(`the directory ${posix.dirname(args.path)} does not exist`);
    if (args.ca_path !== undefined && caPem === undefined)
      throw new ModuleFailure(`the CA ${args.ca_path} does not exist`);
    const known = { file, request, ...ownedBy(file), private_key_mode: keyFile.exists ? keyFile.mode : undefined };
    // Issued earlier in a run that is only predicted: whatever it will say, it was asked for the same way.
    if (isUnknown(pem)) return { ...known, ...asked(args, request), found: undefined };
    const key = isUnknown(publicPem) ? undefined : publicKey(publicPem, args.private_key_path);
    const found = readCertificate(pem);
    const private_key = isUnknown(publicPem) ? request.keyType : key === undefined ? 'absent' : keyType(key);
    const missing = pem === undefined ? 'absent' : 'not a certificate';
    if (found === undefined) return { ...known, certificate: missing, private_key, found };
    return {
      ...known,
      ...fieldsOf(found),
      certificate: validity(found, args.renew_before_days),
      private_key,
      key_matches: key !== undefined && sameKey(key, found.publicKey),
      signed_by: signer(found, args.ca_path, caPem),
      found,
    };
  },

  desired({ args, state }): Partial<State> {
    if (args.renew_before_days >= state.request.days)
      throw new ModuleFailure(
        `renew_before_days must be less than the ${state.request.days} days it is valid: it would be issued anew in every run`,
      );
    const wanted = {
      ...asked(args, state.request),
      ...(keepsKey(args, state) && { private_key: state.private_key }),
      private_key_mode: '0600',
      ...wantedAttributes(args, state.file, 'file'),
    };
    return state.found === undefined || !isUnknown(state.signed_by)
      ? wanted
      : { ...wanted, signed_by: state.signed_by };
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
    const unknown = (path: string) => new Unknown(`${path} is issued by the run`);
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
      effects: [
        ...fileEffects(args.path, { content: unknown(args.path), mode: fileMode }),
        ...(keepKey
          ? []
          : [
              ...fileEffects(args.private_key_path, { content: unknown(args.private_key_path), mode: '0600' }),
              effect(publicKeyKind, args.private_key_path, unknown(args.private_key_path)),
            ]),
      ],
    });
    if (private_key_mode && keepKey) await target.setAttributes(args.private_key_path, { mode: '0600' });
    const issued = readCertificate(stdout);
    return issued ? certificateResult(issued) : {};
  },

  returned: ({ args, state }) => ({
    path: args.path,
    private_key_path: args.private_key_path,
    ...(state.found && certificateResult(state.found)),
  }),
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

/** The part of a state that says "as asked for". */
function asked(
  args: Args,
  { keyType, subject, subject_alt_name, usages, is_ca }: CfsslRequest,
): Pick<State, 'certificate' | 'private_key' | 'key_matches' | 'signed_by'> & CertificateFields {
  return {
    ...{ subject, subject_alt_name, usages, is_ca },
    certificate: 'valid',
    private_key: keyType,
    key_matches: true,
    signed_by: args.ca_path ?? 'itself',
  };
}

const keepsKey = (args: Args, state: State): boolean => args.ca_path === undefined && state.private_key !== 'absent';
