import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { defineAction } from '../module/definition.ts';
import { detailsKind, type FileDetails, hashAlgorithms } from '../module/file-details.ts';
import { type LabelsKey, labelsKind } from '../target/queries/file-labels.ts';
import type { PresentFile } from '../target/state.ts';
import type { ReadableTarget } from '../target/target.ts';

export default defineAction({
  summary: 'Tells what is at a path of the host.',
  action: 'reads',
  args: {
    path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'the path' },
    follow: { type: 'bool', default: false, description: 'look at what a link points to' },
    get_checksum: { type: 'bool', default: true, description: 'hash the content of a file' },
    checksum_algorithm: {
      choices: hashAlgorithms,
      default: 'sha1',
      aliases: ['checksum', 'checksum_algo'],
      description: 'how it is hashed',
    },
    get_mime: {
      type: 'bool',
      default: true,
      aliases: ['mime', 'mime_type', 'mime-type'],
      description: 'kind and encoding of the content, where the host has file(1)',
    },
    get_attributes: {
      type: 'bool',
      default: true,
      aliases: ['attr', 'attributes'],
      description: 'flags of the file, where the host has lsattr(1)',
    },
    get_selinux_context: { type: 'bool', default: false, description: 'tell its selinux_context, where SELinux is on' },
  },
  returns: { stat: 'exists, and for what is there: path, mode, type, size, owner, times, links, checksum, access' },
  examples: '- stat:\n    path: /etc/kubernetes/admin.conf\n  register: admin_conf\n',

  async run({ args, target }) {
    const key = {
      path: args.path,
      hash: args.get_checksum ? args.checksum_algorithm : undefined,
      mime: args.get_mime,
      attributes: args.get_attributes,
    };
    const file = await target.stat(args.path, { follow: args.follow, certain: true });
    if (!file.exists) return { changed: false, stat: { exists: false } };
    // What check mode predicts has no inode, and the host could not tell about it.
    const context = args.get_selinux_context ? await contextOf(args, target) : undefined;
    const details = file.inode === 0 ? await predictedDetails(args.path, file) : await target.query(detailsKind, key);
    return {
      changed: false,
      stat: { exists: true, path: args.path, ...described(file), ...detailed(args.path, file, details), ...context },
    };

    async function predictedDetails(path: string, { type, mode }: PresentFile): Promise<FileDetails> {
      const content = type === 'file' && key.hash !== undefined ? await target.readFile(path) : undefined;
      const hash = content && createHash(args.checksum_algorithm).update(content).digest('hex');
      const executable = (Number.parseInt(mode, 8) & 0o111) !== 0;
      return { readable: true, writeable: true, executable, ...(hash !== undefined && { hash }) };
    }
  },
});

/** User, role, type and level; null for each where SELinux is off. */
async function contextOf({ path, follow }: Pick<LabelsKey, 'path' | 'follow'>, target: ReadableTarget) {
  const { contexts = [] } = await target.query(labelsKind, { path, follow, below: false, policy: false });
  const [user = null, role = null, type = null, ...level] = contexts[0]?.split(':') ?? [];
  return { selinux_context: [user, role, type, ...(user === null ? [] : [level.join(':')])] };
}

function described(file: PresentFile): Readonly<Record<string, unknown>> {
  const mode = Number.parseInt(file.mode, 8);
  const bits = {
    rusr: 0o400,
    wusr: 0o200,
    xusr: 0o100,
    rgrp: 0o40,
    wgrp: 0o20,
    xgrp: 0o10,
    roth: 4,
    woth: 2,
    xoth: 1,
    isuid: 0o4000,
    isgid: 0o2000,
  };
  return {
    mode: file.mode,
    isdir: file.type === 'directory',
    ischr: file.type === 'char',
    isblk: file.type === 'block',
    isreg: file.type === 'file',
    isfifo: file.type === 'fifo',
    islnk: file.type === 'link',
    issock: file.type === 'socket',
    uid: file.uid,
    gid: file.gid,
    size: file.size,
    inode: file.inode,
    dev: file.device,
    nlink: file.links,
    atime: file.atime,
    mtime: file.mtime,
    ctime: file.ctime,
    pw_name: file.owner,
    gr_name: file.group,
    ...Object.fromEntries(Object.entries(bits).map(([name, bit]) => [name, (mode & bit) !== 0])),
  };
}

function detailed(path: string, file: PresentFile, details: FileDetails): Readonly<Record<string, unknown>> {
  const [mimetype = 'unknown', charset = 'unknown'] = details.mime?.split(/;\s*charset=/) ?? [];
  const target = file.linkTarget;
  return {
    readable: details.readable,
    writeable: details.writeable,
    executable: details.executable,
    ...(file.type === 'file' && details.hash !== undefined && { checksum: details.hash }),
    ...(target !== undefined && {
      lnk_target: target,
      lnk_source: details.real ?? posix.resolve(posix.dirname(path), target),
    }),
    mimetype,
    charset,
    ...(details.flags !== undefined && { attr_flags: details.flags, attributes: flagNames(details.flags) }),
    ...(details.version !== undefined && { version: details.version }),
  };
}

// Letters of lsattr(1).
const names: Readonly<Record<string, string>> = {
  A: 'noatime',
  a: 'append',
  C: 'nocow',
  c: 'compressed',
  D: 'dirsync',
  d: 'nodump',
  e: 'extents',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  S: 'synchronous',
  s: 'secure_delete',
  T: 'topdir',
  t: 'notail',
  u: 'undelete',
};

function flagNames(flags: string): readonly string[] {
  return [...flags].flatMap((flag) => names[flag] ?? []);
}
