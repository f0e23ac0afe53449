import { createHash, randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { ArgsOf } from '../module/arguments.ts';
import {
  attributeArgs,
  attributeResult,
  attributesAfter,
  changedAttributes,
  type Owned,
  ownedBy,
  wantedAttributes,
} from '../module/attributes.ts';
import { type Controller, defineModule, type Result } from '../module/definition.ts';
import { withDownload } from '../module/download/by-controller.ts';
import { digestIn, fileName, parseChecksum, type WantedChecksum } from '../module/download/checksum.ts';
import { type DownloadOptions, downloadScript, noTool } from '../module/download/download-script.ts';
import { textAt } from '../module/download/url-text.ts';
import { detailsKind } from '../module/file-details.ts';
import { refuseUnredirected } from '../module/http/unredirected.ts';
import { backupName } from '../module/placed-file.ts';
import { refuse } from '../module/refuse.ts';
import { Unknown } from '../module/values.ts';
import { fileEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { checksumKind } from '../target/files.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import { temporaryForScript, writeScript } from '../target/scripts.ts';
import type { FileState } from '../target/state.ts';
import type { ReadableTarget, Target } from '../target/target.ts';

interface State extends Owned {
  readonly type: string;
  /** `sha256:<hex>` of what is there, where a checksum is asked for. */
  readonly checksum?: string | undefined;
  /** Whether what is there was just downloaded: asked for by force. */
  readonly fresh?: boolean;
  readonly path: string;
  readonly file: FileState;
  readonly parent: boolean;
  readonly wanted?: { readonly algorithm: WantedChecksum['algorithm']; readonly hex: string } | undefined;
}

const args = {
  url: { required: true, description: 'http, https or file' },
  dest: { type: 'path', required: true, description: 'the file, or a directory for the name in the URL' },
  checksum: {
    default: '',
    description: 'sha256:<digest>, or sha256:<URL of a sums file>; verified before the file is used',
  },
  force: {
    type: 'bool',
    default: false,
    description: 'download even when the file is there; it changes only when the content does',
  },
  backup: { type: 'bool', default: false, description: 'keep a copy of the old file beside it' },
  tmp_dest: { type: 'path', description: 'taken and ignored: the temporary file is beside dest' },
  timeout: { type: 'int', default: 10, description: 'seconds without progress' },
  headers: { type: 'dict', default: {}, description: 'headers of the request' },
  url_username: { aliases: ['username'], description: 'user name' },
  url_password: { aliases: ['password'], secret: true, description: 'password; it is in no process list' },
  force_basic_auth: { type: 'bool', default: false, description: 'taken and ignored: credentials are always sent' },
  use_proxy: { type: 'bool', default: true, description: 'use the proxy the environment names' },
  validate_certs: { type: 'bool', default: true, description: 'verify the certificate of the server' },
  client_cert: { type: 'path', description: 'a certificate of the client, on the host' },
  client_key: { type: 'path', description: 'its key' },
  ca_path: { type: 'path', description: 'a file of CA certificates, on the host' },
  ciphers: { type: 'list', elements: 'str', description: 'refused: what downloads on the host chooses them' },
  decompress: { type: 'bool', default: true, description: 'taken and ignored: nothing compressed is asked for' },
  http_agent: { default: 'ansible-httpget', description: 'the User-Agent' },
  unredirected_headers: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'Authorization and Cookie, which never go to another host; others are refused',
  },
  use_gssapi: { type: 'bool', default: false, description: 'refused' },
  use_netrc: { type: 'bool', default: true, description: 'taken and ignored: no credentials are taken from ~/.netrc' },
  ...attributeArgs,
} as const;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Downloads a file to the host.',
  description: [
    'The host downloads with curl or wget; where it has neither, the controller does, and hands the file over.',
    'Without force, a file that is there is left alone, unless a checksum says that it is another.',
  ],
  args,
  returns: {
    url: 'the URL',
    dest: 'the file',
    checksum_dest: 'SHA-1 of the old file',
    checksum_src: 'SHA-1 of the new one',
    status_code: 'the status code',
    msg: 'how it went',
    elapsed: 'seconds it took',
    size: 'bytes',
    backup_file: 'the copy of the old file',
  },
  examples:
    '- get_url:\n    url: https://dl.k8s.io/v1.31.0/bin/linux/amd64/kubectl\n    dest: /usr/local/bin/kubectl\n    checksum: sha256:https://dl.k8s.io/v1.31.0/bin/linux/amd64/kubectl.sha256\n    mode: "0755"\n',

  async probe({ args, target, controller }): Promise<State> {
    const [dest, above] = await Promise.all([
      target.stat(args.dest, { follow: true }),
      target.stat(posix.dirname(args.dest), { follow: true }),
    ]);
    const inside = args.dest.endsWith('/') || (dest.exists && dest.type === 'directory');
    const path = inside ? posix.join(args.dest, fileName(args.url)) : args.dest;
    const [file, wanted] = await Promise.all([
      inside ? target.stat(path, { follow: true }) : dest,
      wantedChecksum(args, target, controller),
    ]);
    const hex = wanted && file.exists ? await hashOf(target, path, file, wanted.algorithm) : undefined;
    return {
      type: file.exists ? file.type : 'absent',
      ...ownedBy(file),
      ...(wanted && { checksum: hex === undefined ? undefined : `${wanted.algorithm}:${hex}` }),
      ...(args.force && !wanted && { fresh: false }),
      path,
      file,
      parent: inside ? dest.exists : above.exists,
      wanted,
    };
  },

  desired({ args, state }): Partial<State> {
    refuse('get_url', [
      [args.ciphers !== undefined, 'ciphers: uri with dest takes them'],
      [args.use_gssapi, 'use_gssapi: say url_username and url_password'],
    ]);
    refuseUnredirected(args.unredirected_headers);
    if (!state.parent)
      throw new ModuleFailure(`the directory ${posix.dirname(state.path)} does not exist`, { dest: args.dest });
    if (state.type !== 'absent' && state.type !== 'file') throw new ModuleFailure(`${state.path} is a ${state.type}`);
    return {
      type: 'file',
      ...(state.wanted && { checksum: `${state.wanted.algorithm}:${state.wanted.hex}` }),
      ...(args.force && !state.wanted && { fresh: true }),
      ...wantedAttributes(args, state.file, 'file'),
    };
  },

  async apply({ args, state, wanted, change, target, controller }) {
    const attributes = changedAttributes(state, wanted);
    if (!change.type && !change.checksum && !change.fresh) {
      await target.setAttributes(state.path, attributes);
      return {};
    }
    const backup = args.backup && state.type === 'file' ? backupName(state.path) : undefined;
    const owned = {
      mode: wanted.mode ?? state.mode,
      owner: wanted.owner ?? state.owner,
      group: wanted.group ?? state.group,
    };
    const done = await downloaded({ args, state, owned, backup, controller, target });
    return {
      ...done,
      ...(backup !== undefined && done['changed'] !== false && { backup_file: backup }),
      ...(done['changed'] === false && Object.keys(attributes).length > 0 && { changed: true }),
    };
  },

  returned({ args, state, wanted, changed }) {
    const result = {
      url: args.url,
      dest: state.path,
      ...attributeResult(state.file, { mode: wanted.mode, owner: wanted.owner, group: wanted.group }),
      state: 'file',
    };
    return changed ? result : { ...result, msg: 'file already exists' };
  },

  // how large it is the download itself tells
  async after(context) {
    const { size: _, ...owned } = await attributesAfter(context);
    return owned;
  },
});

interface Download {
  readonly args: Args;
  readonly state: State;
  readonly owned: Owned;
  readonly backup: string | undefined;
  readonly controller: Controller;
  readonly target: Target;
}

/** Everything in one script: download, verification, and only then the rename. */
async function downloaded({ args, state, owned, backup, controller, target }: Download): Promise<Result> {
  const { path, wanted } = state;
  const options = optionsOf(args, controller);
  const { script, stdin } = downloadScript(options);
  const temporary = posix.join(posix.dirname(path), `.kplay.${randomBytes(8).toString('hex')}`); // the result tells it
  const content = new Unknown(`${path} is downloaded by the run`);
  const completed = await target.mutate({
    summary: `download ${args.url}`,
    script: [
      temporaryForScript(path),
      `mv -f -- "$t" ${quote(temporary)} || exit 1; t=${quote(temporary)}`,
      `( ${script}\necho "$status" ) > "$t.status" || { c=$?; rm -f "$t.status"; [ $c = ${noTool} ] && { echo none; exit 0; }; exit 1; }`,
      'status=$(cat "$t.status"); rm -f "$t.status"',
      wanted === undefined ? '' : verification(wanted.algorithm, wanted.hex),
      `size=$(wc -c < "$t"); new=$(sha1sum < "$t"); md5=$(md5sum < "$t" 2>/dev/null || echo none); old=$([ -f ${quote(path)} ] && sha1sum < ${quote(path)})`,
      `if cmp -s "$t" ${quote(path)}; then echo same $status $size $new $md5 $old; rm -f "$t"; ${attributeScript(path, owned)}exit 0; fi`,
      `( ${writeScript(path, { made: 't' }, { ...owned, backup })} ) || exit 1`,
      'echo new $status $size $new $md5 $old',
    ]
      .filter(Boolean)
      .join('\n'),
    stdin,
    touches: ['files', 'units', 'kernel', 'facts', 'accounts'],
    effects: [
      ...fileEffects(path, { content, ...defined(owned) }),
      ...(wanted?.algorithm === 'sha256' ? [effect(checksumKind, path, wanted.hex)] : []),
    ],
  });
  const words = completed.stdout
    .toString('utf8')
    .trim()
    .split(/[\s-]+/);
  if (words[0] === 'none') return fromController(options, { args, state, owned, backup, controller, target });
  if (words[0] === '') {
    const told = ['status_code', 'msg', 'elapsed', 'size', 'checksum_src', 'checksum_dest', 'md5sum'];
    return { src: temporary, ...Object.fromEntries(told.map((name) => [name, content])) };
  }
  const [verdict, status, size, now, md5, before] = words;
  return {
    ...(verdict === 'same' && { changed: false }),
    status_code: Number(status),
    msg: `OK (${size} bytes)`,
    elapsed: Math.round(completed.seconds),
    size: Number(size),
    checksum_src: now,
    checksum_dest: before ?? null,
    src: temporary,
    ...(md5 !== 'none' && { md5sum: md5 }),
  };
}

async function fromController(options: DownloadOptions, { state, owned, backup, target }: Download): Promise<Result> {
  return withDownload(options, async (file) => {
    const { path, wanted } = state;
    if (wanted) {
      const hash = createHash(wanted.algorithm);
      for await (const chunk of file.stream()) hash.update(chunk as Buffer);
      const found = hash.digest('hex');
      if (found !== wanted.hex) throw new ModuleFailure(mismatch(wanted.hex, found));
    }
    const same = state.type === 'file' && (await file.sha256()) === (await target.checksum(path));
    if (same) await target.setAttributes(path, owned);
    else await target.writeFile(path, file, { ...owned, backup });
    return { ...(same && { changed: false }), status_code: 200, msg: `OK (${file.size} bytes)`, size: file.size };
  });
}

function verification(algorithm: string, hex: string): string {
  return `sum=$(${algorithm}sum < "$t") || exit 1; sum=\${sum%% *}; [ "$sum" = ${hex} ] || { echo "${mismatch(hex, '$sum')}" >&2; exit 1; }`;
}

const mismatch = (wanted: string, found: string) => `the checksum did not match ${wanted}; it was ${found}`;

/** Mode and owner of a file whose content stays. */
function attributeScript(path: string, { mode, owner, group }: Owned): string {
  const own =
    owner === undefined && group === undefined
      ? ''
      : `chown ${quote(`${owner ?? ''}${group === undefined ? '' : `:${group}`}`)} ${quote(path)} || exit 1; `;
  return `${own}${mode === undefined ? '' : `chmod ${quote(mode)} ${quote(path)} || exit 1; `}`;
}

function optionsOf(args: Args, controller: Controller): DownloadOptions {
  if (args.url_password !== undefined) controller.secret(args.url_password);
  if (!URL.canParse(args.url) || !/^(https?|file):/.test(args.url))
    throw new ModuleFailure(`"${args.url}" is not an http, https or file URL`);
  return {
    url: args.url,
    timeout: args.timeout,
    headers: Object.fromEntries(Object.entries(args.headers).map(([name, value]) => [name, String(value)])),
    user: args.url_username,
    password: args.url_password,
    validateCerts: args.validate_certs,
    useProxy: args.use_proxy,
    agent: args.http_agent,
    clientCert: args.client_cert,
    clientKey: args.client_key,
    caPath: args.ca_path,
  };
}

async function wantedChecksum(args: Args, target: ReadableTarget, controller: Controller): Promise<State['wanted']> {
  const options = optionsOf(args, controller);
  const checksum = parseChecksum(args.checksum);
  if (checksum === undefined) return undefined;
  const { algorithm, hex, url } = checksum;
  if (hex !== undefined) return { algorithm, hex };
  if (url === undefined) return undefined;
  return { algorithm, hex: digestIn(await textAt(target, { ...options, url }), algorithm, args.url, url) };
}

async function hashOf(
  target: ReadableTarget,
  path: string,
  file: FileState,
  algorithm: WantedChecksum['algorithm'],
): Promise<string | undefined> {
  if (algorithm === 'sha256') return target.checksum(path);
  // A file that is only predicted has no inode; the host could not tell about it.
  if (file.exists && file.inode === 0) {
    const content = await target.readFile(path);
    return content && createHash(algorithm).update(content).digest('hex');
  }
  return (await target.query(detailsKind, { path, hash: algorithm, mime: false, attributes: false })).hash;
}

function defined({ mode, owner, group }: Owned) {
  return {
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
  };
}
