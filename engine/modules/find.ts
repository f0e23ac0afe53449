import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineAction } from '../module/definition.ts';
import { detailsKind, hashAlgorithms } from '../module/file-details.ts';
import { type FoundFile, findScript, judgeOf, parseFind, startsWith } from '../module/found-file.ts';
import { regexOf } from '../module/regex.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { Target } from '../target/target.ts';

const args = {
  paths: { type: 'list', elements: 'path', required: true, aliases: ['name', 'path'], description: 'where to look' },
  patterns: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['pattern'],
    description: 'shell patterns for names, or regular expressions with use_regex; any name unless told',
  },
  excludes: { type: 'list', elements: 'str', default: [], aliases: ['exclude'], description: 'names to leave out' },
  use_regex: {
    type: 'bool',
    default: false,
    description: 'patterns and excludes are regular expressions (as in Python)',
  },
  contains: { description: 'a regular expression that a line of a file must begin with' },
  read_whole_file: { type: 'bool', default: false, description: 'contains may match anywhere, and over line ends' },
  file_type: { choices: ['any', 'directory', 'file', 'link'], default: 'file', description: 'what to look for' },
  recurse: { type: 'bool', default: false, description: 'look into directories' },
  depth: { type: 'int', description: 'how many levels to look into with recurse' },
  age: { description: 'seconds, or with s, m, h, d, w: at least so old, or with a minus at most' },
  age_stamp: { choices: ['atime', 'ctime', 'mtime'], default: 'mtime', description: 'the time that age is about' },
  size: { description: 'bytes, or with b, k, m, g, t: at least so large, or with a minus at most' },
  mode: { type: 'mode', description: 'permissions to look for' },
  exact_mode: { type: 'bool', default: true, description: 'exactly this mode; otherwise any bit of it' },
  hidden: { type: 'bool', default: false, description: 'names that begin with a dot count as well' },
  follow: { type: 'bool', default: false, description: 'look into directories behind links' },
  get_checksum: { type: 'bool', default: false, description: 'hash what is found' },
  checksum_algorithm: {
    choices: hashAlgorithms,
    default: 'sha1',
    aliases: ['checksum', 'checksum_algo'],
    description: 'how it is hashed',
  },
  limit: { type: 'int', description: 'so many are enough' },
  encoding: { description: 'taken and ignored: files are read as UTF-8' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineAction({
  summary: 'Finds files of the host by name, age, size, mode or content.',
  action: 'reads',
  args,
  returns: {
    files: 'what was found, sorted by path: path, mode, size, owner, times … as stat has them',
    matched: 'how many',
    examined: 'how many were looked at',
    skipped_paths: 'paths that are no directories, and why they were left out',
    msg: 'whether all paths were examined',
  },
  examples: `- name: Old backups
  find:
    paths: /var/backups
    patterns: "*.gz"
    age: 4w
  register: old
`,

  async run({ args, target }) {
    const judge = judgeOf(args);
    if (args.limit !== undefined && args.limit < 1) throw new ModuleFailure('limit must be at least 1');
    const depth = args.recurse ? args.depth : 1;
    const { stdout } = await target.observe({ script: findScript(args.paths, depth, args.follow) });
    const listings = parseFind(stdout.toString(), args.paths);
    const candidates = listings.flatMap((one) => one?.files.filter((file) => judge(file, one.now)) ?? []);
    const found = (await withContent(args, candidates, target)).slice(0, args.limit);
    const skipped = args.paths.filter((_, index) => listings[index] === undefined);
    return {
      changed: false,
      files: await Promise.all(found.map((file) => told(args, file, target))),
      matched: found.length,
      examined: listings.reduce((sum, one) => sum + (one?.files.length ?? 0), 0),
      skipped_paths: Object.fromEntries(skipped.map((path) => [path, `'${path}' is not a directory`])),
      msg: skipped.length === 0 ? 'All paths examined' : 'Not all paths examined, check warnings for details',
      ...(skipped.length > 0 && { warnings: skipped.map((path) => `'${path}' is not a directory: it was skipped`) }),
    };
  },
});

async function withContent(args: Args, files: readonly FoundFile[], target: Target): Promise<readonly FoundFile[]> {
  if (args.contains === undefined || args.file_type !== 'file') return files;
  const regex = regexOf(args.contains);
  const texts = await Promise.all(files.map(async ({ path }) => (await target.readFile(path))?.toString() ?? ''));
  return files.filter((_, index) => {
    if (!args.read_whole_file) return texts[index]!.split(/(?<=\n)/).some((line) => startsWith(regex, line));
    regex.lastIndex = 0;
    return regex.test(texts[index]!);
  });
}

async function told(args: Args, file: FoundFile, target: Target): Promise<Readonly<Record<string, unknown>>> {
  const { path, type, mode, owner, group, inode, device, links, ...same } = file;
  const key = { path, hash: args.checksum_algorithm, mime: false, attributes: false };
  const hash = args.get_checksum && type === 'file' ? (await target.query(detailsKind, key)).hash : undefined;
  const bits = Number.parseInt(mode, 8);
  return {
    path,
    mode,
    ...same,
    inode,
    dev: device,
    nlink: links,
    pw_name: owner,
    gr_name: group,
    isreg: type === 'file',
    isdir: type === 'directory',
    islnk: type === 'link',
    isblk: type === 'block',
    ischr: type === 'char',
    isfifo: type === 'fifo',
    issock: type === 'socket',
    isuid: (bits & 0o4000) !== 0,
    isgid: (bits & 0o2000) !== 0,
    ...Object.fromEntries(permissions.map((name, index) => [name, (bits & (0o400 >> index)) !== 0])),
    ...(hash !== undefined && { checksum: hash }),
  };
}

const permissions = ['rusr', 'wusr', 'xusr', 'rgrp', 'wgrp', 'xgrp', 'roth', 'woth', 'xoth'];
