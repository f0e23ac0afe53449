/** The fragments that assemble makes a file of: the files right in a directory, by their names. */
import { posix } from 'node:path';
import { ModuleFailure } from '../target/failure.ts';
import type { ReadableTarget } from '../target/target.ts';
import type { Controller } from './definition.ts';
import { expandHome } from './home.ts';
import { wholeTreeKind } from './tree.ts';
import { isUnknown, type Unknown } from './values.ts';

export interface Fragment {
  readonly name: string;
  read(): Promise<Buffer | Unknown>;
}

/** Fragments on the host, links followed. @throws ModuleFailure where there is no such directory. */
export async function hostFragments(named: string, target: ReadableTarget): Promise<readonly Fragment[]> {
  const src = await expandHome(named, target);
  const root = await target.stat(src, { follow: true });
  if (!root.exists) throw new ModuleFailure(`Source (${src}) does not exist`);
  if (root.type !== 'directory') throw new ModuleFailure(`Source (${src}) is not a directory`);
  const { entries, whole } = await target.query(wholeTreeKind, src);
  // a directory that is only foreseen is empty
  if (!whole && root.inode !== 0) throw new ModuleFailure(`Source (${src}) cannot be read, or not all that is in it`);
  const right = entries.filter(({ path, type }) => !path.includes('/') && (type === 'file' || type === 'link'));
  const read = (path: string) => async () => (await target.readFile(path)) ?? unreadable(path);
  const files = right.map(async ({ path: name, type }) => {
    const path = posix.join(src, name);
    const file = type === 'link' ? await target.stat(path, { follow: true }) : undefined;
    const isFile = file === undefined || (file.exists && file.type === 'file');
    return isFile ? [{ name, read: read(path) }] : [];
  });
  return (await Promise.all(files)).flat();
}

/** Fragments of the controller, links followed; encrypted ones are opened, unless `decrypt` is false. */
export async function controllerFragments(
  src: string,
  controller: Controller,
  decrypt: boolean,
): Promise<readonly Fragment[]> {
  const root = controller.find('files', src);
  if (!(await controller.isDirectory(root))) throw new ModuleFailure(`Source (${root}) is not a directory`);
  const tree = await controller.tree(`${root}/`);
  const right = tree.filter(({ path, type }) => !path.includes('/') && (type === 'file' || type === 'link'));
  const files = right.map(async ({ path: name, type }) => {
    const path = posix.join(root, name);
    if (type === 'link' && !(await isFile(path, controller))) return [];
    const read = async () => {
      const content = await controller.file(path, { decrypt });
      return Buffer.isBuffer(content) || isUnknown(content) ? content : content.bytes();
    };
    return [{ name, read }];
  });
  return (await Promise.all(files)).flat();
}

/** A link may lead nowhere, or to a directory. */
async function isFile(path: string, controller: Controller): Promise<boolean> {
  try {
    await controller.file(path, { decrypt: false });
    return true;
  } catch (error) {
    if (error instanceof ModuleFailure) return false;
    throw error;
  }
}

function unreadable(path: string): never {
  throw new ModuleFailure(`${path} cannot be read`);
}

/** One behind the other; a line end comes between two where the first has none, and then the delimiter, with one of its own. */
export function joined(fragments: readonly Buffer[], delimiter: Buffer): Buffer {
  const last = fragments.length - 1;
  const between = delimiter.length === 0 ? [] : ended(delimiter);
  return Buffer.concat(fragments.flatMap((text, index) => (index === last ? [text] : [...ended(text), ...between])));
}

const ended = (text: Buffer): readonly Buffer[] => (text.at(-1) === 0x0a ? [text] : [text, Buffer.from('\n')]);

/** A text with what backslashes stand for, as Python has it. */
export function unescaped(text: string): Buffer {
  const parts = text.split(/(\\(?:x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S]))/).map((part, index) => {
    if (index % 2 === 0) return Buffer.from(part);
    if (/^\\x/.test(part)) return Buffer.from([Number.parseInt(part.slice(2), 16)]);
    if (/^\\[0-7]/.test(part)) return Buffer.from([Number.parseInt(part.slice(1), 8) & 0xff]);
    return Buffer.from(signs[part.slice(1)] ?? part);
  });
  return Buffer.concat(parts);
}

const signs: Readonly<Record<string, string>> = {
  ...{ n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};
