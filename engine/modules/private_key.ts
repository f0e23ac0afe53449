import { createPrivateKey, createPublicKey } from 'node:crypto';
import { posix } from 'node:path';
import { defineModule } from '../module/definition.ts';
import { keyArgs, keyTypeOf, makeKey } from '../module/private-keys.ts';
import { Unknown } from '../target/content.ts';
import { fileEffects } from '../target/files.ts';
import { quote } from '../target/quote.ts';
import type { ReadableTarget } from '../target/target.ts';

interface State {
  readonly type: string;
  readonly mode?: string;
  readonly public_key?: 'fits' | 'missing' | 'does not fit';
}

export default defineModule({
  summary: 'Makes a private key by openssl, and its public key if asked; one of the right kind is kept.',
  description: ['The private key is readable by its owner alone, always. Needs openssl where it runs.'],
  args: {
    path: { type: 'path', required: true, description: 'the private key (PEM); its folder must exist' },
    public_key_path: { type: 'path', description: 'where its public key is written as well' },
    ...keyArgs,
  },
  returns: { filename: 'the private key' },
  async probe({ args, target }): Promise<State> {
    const [file, pem] = await Promise.all([target.stat(args.path, { follow: true }), read(target, args.path)]);
    if (!file.exists || !pem) return { type: 'absent' };
    try {
      const key = createPrivateKey(pem);
      const known = { type: keyTypeOf(key), mode: file.mode };
      if (args.public_key_path === undefined) return known;
      const published = await read(target, args.public_key_path);
      if (!published) return { ...known, public_key: 'missing' };
      return { ...known, public_key: spki(createPublicKey(key)) === spki(createPublicKey(published)) ? 'fits' : 'does not fit' };
    } catch {
      return { type: 'unreadable', mode: file.mode };
    }
  },
  desired: ({ args }): Partial<State> => ({ type: args.type, mode: '0600', ...(args.public_key_path === undefined ? {} : { public_key: 'fits' }) }),
  async apply({ args, change, target }) {
    const anew = change.type !== undefined;
    const temporary = (path: string) => `$(mktemp ${quote(`${posix.dirname(path)}/.kplay.XXXXXXXX`)})`;
    const publish = args.public_key_path === undefined ? '' : `p=${temporary(args.public_key_path)} && openssl pkey -in ${quote(args.path)} -pubout -out "$p" && chmod 0644 "$p" && mv -f "$p" ${quote(args.public_key_path)} || exit 1`;
    const make = `k=${temporary(args.path)} && ${makeKey(args.type, '"$k"')} && mv -f "$k" ${quote(args.path)} || { rm -f "$k"; exit 1; }`;
    const unknown = new Unknown(`${args.path} is made by the run`);
    await target.mutate({
      summary: `make the key ${args.path}`,
      script: ['umask 077', anew ? make : `chmod 0600 ${quote(args.path)} || exit 1`, publish, ':'].join('\n'),
      touches: ['files'],
      effects: [
        ...(anew ? fileEffects(args.path, { content: unknown, mode: '0600' }) : []),
        ...(args.public_key_path === undefined ? [] : fileEffects(args.public_key_path, { content: unknown, mode: '0644' })),
      ],
    });
    return {};
  },
  returned: ({ args }) => ({ filename: args.path }),
});

async function read(target: ReadableTarget, path: string): Promise<Buffer | undefined> {
  return (await target.stat(path, { follow: true })).exists ? target.readFile(path) : undefined;
}

const spki = (key: ReturnType<typeof createPublicKey>) => key.export({ type: 'spki', format: 'pem' });
