/** The shell text of each change to a file. Every script leaves the old state whole when it fails. */
import { posix } from 'node:path';
import { quote } from '../connection/quote.ts';
import { normalPath } from './files.ts';
import type { Attributes, WriteOptions } from './target.ts';

/**
 * Where the bytes of a new file come from: text inside the script, a file already uploaded to the host, or the one beside the new
 * one's place that the script has made and filled before (`made`): its variable `t` names it.
 */
export type Bytes = { readonly inline: Buffer } | { readonly uploaded: string } | { readonly made: 't' };

/**
 * Makes an empty temporary file beside `path`, and prints its name. It is 0600 from the first instant, which no redirection of a
 * shell can say: in a folder with a default ACL the umask has no effect.
 */
export function temporaryScript(path: string): string {
  return `mktemp ${temporaryPattern(path)}`;
}

/** What mktemp(1) makes a name of that lies beside `path`, quoted. */
export function temporaryPattern(path: string): string {
  return quote(posix.join(posix.dirname(path), '.kplay.XXXXXXXX'));
}

const removedAtEnd = `trap 'rm -f "$t"' EXIT`;

/** The same, its name in the variable `t`; it goes with the script that makes it. */
export function temporaryForScript(path: string): string {
  const failed = `echo "no file can be made in ${shown(posix.dirname(path))}" >&2; exit 1`;
  return `t=$(${temporaryScript(path)}) || { ${failed}; }\n${removedAtEnd}`;
}

/**
 * Replaces `path`: temporary file in the same folder (0600), owner and mode, validation, then one rename. Without a mode
 * an existing file keeps its own, and a new one gets 0666 less the umask, as Ansible has it.
 */
export function writeScript(path: string, bytes: Bytes, options: WriteOptions): string {
  const file = quote(path);
  return [
    `if [ -d ${file} ]; then echo "${shown(path)} is a directory" >&2; exit 1; fi`,
    'uploaded' in bytes ? `t=${quote(bytes.uploaded)}` : '',
    'inline' in bytes ? temporaryForScript(path) : removedAtEnd,
    `full() { ${freeSpace(path)} >&2; }`,
    'inline' in bytes ? `${inlineWriter(bytes.inline)} || { full; exit 1; }` : '',
    keepingAttributes(file, options),
    attributeLines('"$t"', options),
    options.validate
      ? `${options.validate.replaceAll('%s', '"$t"')} >&2 || { echo "validation failed" >&2; exit 65; }`
      : '',
    options.backup ? `if [ -e ${file} ]; then cp -p ${file} ${quote(options.backup)} || exit 1; fi` : '',
    'sync -d "$t" 2>/dev/null', // on the disk before it takes the old one's place; without such a sync(1) the kernel decides
    `mv -f "$t" ${file} || { full; exit 1; }`,
    'trap - EXIT',
    `if [ -e /sys/fs/selinux/enforce ]; then restorecon ${file} 2>/dev/null; fi`,
    ':',
  ]
    .filter(Boolean)
    .join('\n');
}

/**
 * What nobody asked for stays as the old file has it; who may not give files away owns the new one. Each program takes the host
 * a millisecond: none is run that nothing depends on.
 */
function keepingAttributes(file: string, { owner, group, mode }: Attributes): string {
  const keepsOwner = owner === undefined || group === undefined;
  const keepsMode = mode === undefined || !/^[0-7]+$/.test(mode); // what is not octal may build on what is there
  if (!keepsOwner && !keepsMode) return '';
  const old = [
    `set -- $(stat -L -c '%u:%g %a' ${file} "$t") && [ $# = 4 ] || exit 1`,
    ...(keepsOwner ? ['[ "$1" = "$3" ] || chown "$1" "$t"'] : []),
    ...(keepsMode ? ['chmod "$2" "$t" || exit 1'] : []),
  ];
  return `if [ -e ${file} ]; then ${old.join('; ')}; set --${keepsMode ? '; else chmod =rw "$t" || exit 1' : ''}; fi`;
}

/** After a failed upload: takes the rest away, and prints what room there is. */
export function abandonScript(path: string, uploaded: string): string {
  return `${freeSpace(path)}; rm -f ${quote(uploaded)}`;
}

function freeSpace(path: string): string {
  return `df -P ${quote(posix.dirname(path))} | awk 'NR==2{print "file system " $6 ": " $4 " KiB free"}'`;
}

/** Makes a directory and the missing ones above it; every one it makes gets the attributes. */
export function directoryScript(path: string, attributes: Attributes): string {
  return [
    'd() {',
    '  [ -d "$1" ] && return',
    '  case $1 in */*) p=${1%/*}; [ -z "$p" ] || ( d "$p" ) || exit 1;; esac',
    '  mkdir "$1" || exit 1',
    attributeLines('"$1"', attributes),
    '}',
    `d ${quote(normalPath(path))}`,
  ].join('\n');
}

export function attributesScript(
  path: string,
  attributes: Attributes,
  options: { readonly recurse?: boolean; readonly follow?: boolean },
): string {
  return attributeLines(quote(path), attributes, options);
}

/** Puts the link where the old thing was by one rename, so that there is never nothing. */
export function linkScript(path: string, to: string, kind: 'symbolic' | 'hard'): string {
  const make = `t=$(mktemp -u ${temporaryPattern(path)}) && ln ${kind === 'symbolic' ? '-s ' : ''}-- ${quote(to)} "$t"`;
  return `${make} && mv -fT -- "$t" ${quote(path)} || { rm -f -- "$t"; exit 1; }`;
}

export function removeScript(path: string): string {
  return `rm -rf -- ${quote(path)}`;
}

function attributeLines(
  target: string,
  attributes: Attributes,
  options: { readonly recurse?: boolean; readonly follow?: boolean } = {},
): string {
  const flags = `${options.recurse ? ' -R' : ''}`;
  const owner = attributes.owner === undefined ? '' : quote(attributes.owner);
  const group = attributes.group === undefined ? '' : `:${quote(attributes.group)}`;
  const ownership =
    owner || group ? `chown${flags}${options.follow === false ? ' -h' : ''} ${owner}${group} ${target} || exit 1` : '';
  const mode = attributes.mode === undefined ? '' : `chmod${flags} ${quote(attributes.mode)} ${target} || exit 1`;
  return [ownership, mode].filter(Boolean).join('\n');
}

/** Text goes as it is in a quoted here-document; anything a shell might touch goes as base64. */
function inlineWriter(content: Buffer): string {
  const text = content.toString('latin1');
  const plain = /^[\t\n\x20-\x7e]*$/.test(text) && (text === '' || text.endsWith('\n'));
  if (text === '') return ': > "$t"';
  let end = 'KPLAY';
  while (plain && text.includes(end)) end += '_';
  return plain
    ? `cat > "$t" <<'${end}'\n${text}${end}\n[ $? = 0 ]`
    : // busybox's base64 says nothing of a disk that is full
      `base64 -d > "$t" <<'${end}'\n${wrapped(content)}\n${end}\n[ $? = 0 ] && [ $(wc -c < "$t") -eq ${content.length} ]`;
}

const wrapped = (content: Buffer) =>
  content
    .toString('base64')
    .replace(/(.{76})/g, '$1\n')
    .trimEnd();
const shown = (path: string) => path.replace(/["$`\\]/g, '\\$&');
