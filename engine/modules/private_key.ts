import { posix } from 'node:path';
import { type Owned, ownedBy, wantedAttributes } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { keyLines } from '../module/pki/issue.ts';
import { keyType, keyTypes, needsOpenssl, publicKey, publicKeyKind } from '../module/pki/public-key.ts';
import { orUnknown } from '../module/unknown.ts';
import { isUnknown, Unknown } from '../module/values.ts';
import { fileEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import { temporaryScript } from '../target/scripts.ts';
import type { FileState } from '../target/state.ts';

interface State extends Owned {
  /** The type of the key, `absent` where there is none. */
  readonly type: string;
  /** Whether the public key beside it belongs to it. */
  readonly public_key?: 'matches' | 'differs' | 'absent';
  readonly file: FileState;
}

export default defineModule({
  summary: 'Makes a private key, once, by the openssl of the host.',
  description: ['A key that is there is never replaced; one of another type is an error.'],
  args: {
    path: { type: 'path', required: true, description: 'the private key' },
    type: { choices: keyTypes, default: 'ec-p256', description: 'the type of a new key' },
    public_key_path: { type: 'path', description: 'where its public half goes, too' },
    mode: { type: 'mode', default: '0600', description: 'permissions of the private key' },
    owner: { description: 'owner of both files' },
    group: { description: 'group of both files' },
  },
  returns: { path: 'the private key', public_key_path: 'its public half', type: 'its type' },
  examples:
    '- private_key:\n    path: "{{ pki }}/sa.key"\n    type: rsa-2048\n    public_key_path: "{{ pki }}/sa.pub"\n  delegate_to: localhost\n',

  async probe({ args, target }): Promise<State> {
    const [file, parent, pem, publicPem] = await Promise.all([
      target.stat(args.path, { follow: true }),
      target.stat(posix.dirname(args.path), { follow: true }),
      orUnknown(target.query(publicKeyKind, args.path)),
      args.public_key_path === undefined ? undefined : orUnknown(target.readFile(args.public_key_path)),
    ]);
    if (!parent.exists) throw new ModuleFailure(`the directory ${posix.dirname(args.path)} does not exist`);
    if (isUnknown(pem)) return { type: args.type, public_key: 'matches', file, ...ownedBy(file) };
    const key = publicKey(pem, args.path);
    const same = isUnknown(publicPem) || (publicPem !== undefined && publicPem.toString('utf8').trim() === pem?.trim());
    return {
      type: key === undefined ? 'absent' : keyType(key),
      public_key: same ? 'matches' : publicPem === undefined ? 'absent' : 'differs',
      file,
      ...ownedBy(file),
    };
  },

  desired({ args, state }): Partial<State> {
    if (state.type !== 'absent' && state.type !== args.type) {
      throw new ModuleFailure(`${args.path} is a key of type ${state.type}, not ${args.type}; it is left as it is`);
    }
    return {
      type: args.type,
      ...(args.public_key_path !== undefined && { public_key: 'matches' as const }),
      ...wantedAttributes(args, state.file, 'file'),
    };
  },

  async apply({ args, wanted, change, target }) {
    const { type, public_key: publicHalf, ...attributes } = change;
    const owners = {
      ...(args.owner !== undefined && { owner: args.owner }),
      ...(args.group !== undefined && { group: args.group }),
    };
    const mode = wanted.mode ?? '0600';
    if (!type && !publicHalf) {
      await target.setAttributes(args.path, {
        mode: attributes.mode?.after,
        owner: attributes.owner?.after,
        group: attributes.group?.after,
      });
      return;
    }
    const unknown = (path: string) => new Unknown(`${path} is made by the run`);
    const own =
      args.owner === undefined && args.group === undefined
        ? ''
        : `chown ${quote(`${args.owner ?? ''}${args.group === undefined ? '' : `:${args.group}`}`)}`;
    const publicPath = publicHalf ? args.public_key_path : undefined;
    await target.mutate({
      summary: `make the key ${args.path}`,
      script: [
        needsOpenssl,
        'umask 077; k= p=',
        `trap 'rm -f "$k" "$p"' EXIT`,
        ...(type ? keyLines(args.path, args.type) : [`key=${quote(args.path)}`]),
        ...(publicPath === undefined ? [] : publicLines(publicPath, own)),
        ...(type
          ? [`chmod ${mode} "$k" || exit 1`, own && `${own} "$k" || exit 1`, `mv -f "$k" ${quote(args.path)} || exit 1`]
          : []),
        publicPath === undefined ? '' : `mv -f "$p" ${quote(publicPath)} || exit 1`,
      ]
        .filter(Boolean)
        .join('\n'),
      touches: ['files'],
      effects: [
        ...(type
          ? [
              ...fileEffects(args.path, { content: unknown(args.path), mode, ...owners }),
              effect(publicKeyKind, args.path, unknown(args.path)),
            ]
          : []),
        ...(publicPath === undefined
          ? []
          : fileEffects(publicPath, { content: unknown(publicPath), mode: '0644', ...owners })),
      ],
    });
  },

  returned: ({ args }) => ({ path: args.path, public_key_path: args.public_key_path, type: args.type }),
});

function publicLines(path: string, own: string): readonly string[] {
  return [
    `p=$(${temporaryScript(path)}) || exit 1`,
    'openssl pkey -in "$key" -pubout -out "$p" && chmod 0644 "$p" || exit 1',
    ...(own === '' ? [] : [`${own} "$p" || exit 1`]),
  ];
}
