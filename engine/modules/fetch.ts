import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type Controller, defineModule } from '../module/definition.ts';
import { detailsKind } from '../module/file-details.ts';
import { ModuleFailure } from '../target/failure.ts';

interface FetchState {
  /** SHA-256 of the file at dest, as far as it is that of the host's. */
  readonly fetched: string | undefined;
  readonly remote: string | undefined;
  readonly exists: boolean;
  readonly dest: string;
  readonly sha1: string | undefined;
  readonly md5: string | undefined;
}

export default defineModule({
  summary: 'Fetches a file of the host to the controller.',
  description: [
    'The file goes to dest/<host>/<path>, or with flat to dest itself; a relative dest is below the folder of the playbook.',
  ],
  args: {
    src: { type: 'path', required: true, description: 'the file on the host' },
    dest: { required: true, description: 'the directory on the controller, or with flat the file' },
    flat: { type: 'bool', default: false, description: 'dest is the file itself, or ends in "/"' },
    fail_on_missing: { type: 'bool', default: true, description: 'fail when there is no such file' },
    validate_checksum: { type: 'bool', default: true, description: 'compare what arrived with what was sent' },
  },
  returns: {
    dest: 'the file on the controller',
    file: 'the file on the host',
    checksum: 'SHA-1',
    remote_checksum: 'SHA-1 on the host',
    md5sum: 'MD5',
  },
  examples: '- fetch:\n    src: /etc/kubernetes/admin.conf\n    dest: fetched/\n',

  async probe({ args, target, controller }): Promise<FetchState> {
    const dest = destination(args, controller);
    const [file, remote] = await Promise.all([target.stat(args.src, { follow: true }), target.checksum(args.src)]);
    const base = { exists: file.exists, dest, remote };
    if (!file.exists) return { ...base, fetched: undefined, sha1: undefined, md5: undefined };
    if (file.type === 'directory')
      throw new ModuleFailure('remote file is a directory, fetch cannot work on directories', { file: args.src });
    if (remote === undefined) throw new ModuleFailure(`${args.src} cannot be read`, { file: args.src });
    const same = await controller.matches(dest, remote);
    const sum = async (hash: 'sha1' | 'md5') =>
      file.inode === 0
        ? undefined
        : (await target.query(detailsKind, { path: args.src, hash, mime: false, attributes: false })).hash;
    const [sha1, md5] = await Promise.all([sum('sha1'), sum('md5')]);
    return { ...base, fetched: same ? remote : undefined, sha1, md5 };
  },

  desired({ args, state }) {
    if (state.exists) return { fetched: state.remote };
    if (args.fail_on_missing)
      throw new ModuleFailure('the remote file does not exist, not transferring', { file: args.src });
    return {};
  },

  async apply({ args, state, target, controller }) {
    await controller.save(
      state.dest,
      verified(target.download(args.src), args.validate_checksum ? state.remote : undefined, args.src),
    );
  },

  returned({ args, state }) {
    if (!state.exists) return { msg: 'the remote file does not exist, not transferring, ignored', file: args.src };
    const sums = state.sha1 === undefined ? {} : { checksum: state.sha1, remote_checksum: state.sha1 };
    return { dest: state.dest, file: args.src, ...sums, ...(state.md5 !== undefined && { md5sum: state.md5 }) };
  },
});

/** Where the file goes. Neither the host's name nor its path leads out of dest. */
function destination(
  { src, dest, flat }: { readonly src: string; readonly dest: string; readonly flat: boolean },
  controller: Controller,
): string {
  const root = posix.resolve(String(controller.evaluate('playbook_dir')), dest);
  if (flat) return dest.endsWith('/') ? posix.join(root, posix.basename(src)) : root;
  return posix.join(root, folderName(controller.host), posix.normalize(`/${src}`));
}

function folderName(host: string): string {
  const name = host.replace(/[/\\\p{Cc}]/gu, '_');
  return /^\.{1,2}$/.test(name) ? name.replaceAll('.', '_') : name;
}

/** What passes through must have the hash that the host told; otherwise nothing is kept. */
async function* verified(
  chunks: AsyncIterable<Buffer>,
  sha256: string | undefined,
  path: string,
): AsyncIterable<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  if (sha256 !== undefined && hash.digest('hex') !== sha256)
    throw new ModuleFailure(`checksum mismatch: ${path} changed on the way`, { file: path });
}
