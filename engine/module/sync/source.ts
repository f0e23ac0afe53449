/** Where a transfer comes from: the controller, or with `mode: pull` the host. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import type { Content } from '../../target/content.ts';
import { ModuleFailure } from '../../target/failure.ts';
import { normalPath } from '../../target/files.ts';
import type { ReadableTarget, Target } from '../../target/target.ts';
import type { Controller, ControllerFile } from '../definition.ts';
import { smallContent } from '../handful.ts';
import { type TreeEntry, wholeTreeKind } from '../tree.ts';
import type { Unknown } from '../values.ts';

/** A thing of the source, and its whole path there. */
export type SourceFile = ControllerFile & { readonly whole: string };

export interface Source {
  /** The path that src means, without a slash behind it. */
  find(src: string): string;
  /** As {@link Controller.tree}. */
  tree(path: string): Promise<readonly ControllerFile[]>;
  /** Asked for once, however often it is wanted. */
  sha256(path: string): Promise<string | Unknown>;
  content(file: SourceFile): Promise<Content>;
}

export function controllerSource(controller: Controller, follow: boolean): Source {
  const file = (path: string) => controller.file(path, { decrypt: false });
  return {
    find: (src) => controller.find('files', src),
    tree: (path) => controller.tree(path, { follow }),
    async sha256(path) {
      const content = await file(path);
      return 'sha256' in content ? content.sha256() : (content as Unknown);
    },
    content: ({ whole }) => file(whole),
  };
}

/** The host; what is to be written and is not small comes by `download`. */
export function hostSource(target: ReadableTarget, download?: Target['download']): Source {
  const bytes = async (path: string) => (await target.readFile(path)) ?? unreadable(path, target);
  const sums = new Map<string, Promise<string>>();
  const sha256 = (path: string) => {
    const sum = sums.get(path) ?? target.checksum(path).then((known) => known ?? unreadable(path, target));
    sums.set(path, sum);
    return sum;
  };
  async function* atOnce(path: string) {
    yield await bytes(path);
  }
  return {
    find: normalPath,
    async tree(path) {
      const file = await target.stat(path, { follow: path.endsWith('/') });
      if (!file.exists) throw new ModuleFailure(`${path} does not exist on ${target.host}`);
      const root = { ...file, path: '', type: plain(file.type) };
      if (file.type !== 'directory') return [root];
      const { entries, whole } = await target.query(wholeTreeKind, path);
      if (!whole) throw new ModuleFailure(`${path} cannot be read on ${target.host}, or not all that is in it`);
      refuseOutside(entries, path, target);
      return [root, ...entries.map((entry) => ({ ...entry, type: plain(entry.type) }))];
    },
    sha256,
    async content({ whole, size, mode }) {
      if (size <= smallContent) return bytes(whole);
      const stream = () => Readable.from((download ?? atOnce)(whole));
      return {
        path: whole,
        size,
        mode,
        sha256: () => sha256(whole),
        sha1: async () =>
          createHash('sha1')
            .update(await bytes(whole))
            .digest('hex'),
        bytes: () => bytes(whole),
        stream,
      };
    },
  };
}

function plain(type: ControllerFile['type'] | 'char' | 'block' | 'fifo' | 'socket'): ControllerFile['type'] {
  return type === 'file' || type === 'directory' || type === 'link' ? type : 'other';
}

/** A host says what lies where on the controller: never outside of dest, and never behind a link that it has sent. */
function refuseOutside(entries: readonly TreeEntry[], root: string, { host }: ReadableTarget): void {
  const folders = new Set(['.', ...entries.flatMap(({ path, type }) => (type === 'directory' ? [path] : []))]);
  const leadsOut = ({ path }: TreeEntry) =>
    /(?:^|\/)\.{0,2}(?:\/|$)|\0/.test(path) || !folders.has(posix.dirname(path));
  const strange = entries.find(leadsOut);
  if (strange !== undefined)
    throw new ModuleFailure(
      `${host} names ${JSON.stringify(strange.path)} below ${root}, which would lead out of dest`,
    );
}

function unreadable(path: string, { host }: ReadableTarget): never {
  throw new ModuleFailure(`${path} cannot be read on ${host}`);
}
