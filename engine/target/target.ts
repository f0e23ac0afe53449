/** The target as a module sees it: typed, batched reading, and atomic changing. No module knows whether it is real. */
import type { Content } from './content.ts';
import type { Domain, Effect, QueryKind } from './query.ts';
import type { Account, FileState, GroupEntry, UnitState } from './state.ts';

/** A finished command. Output beyond the limit is cut in the middle; the byte counts are always whole. */
export interface Completed {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly truncated: boolean;
  readonly timedOut: boolean;
  /** ISO 8601 in UTC, by the controller's clock. */
  readonly start: string;
  readonly end: string;
  readonly seconds: number;
}

/** A command to run on the host, as an argument vector or as shell text. */
export interface Command {
  readonly argv?: readonly string[];
  readonly script?: string;
  /** The shell that reads `script`; `/bin/sh` unless told. */
  readonly executable?: string | undefined;
  readonly chdir?: string | undefined;
  readonly stdin?: Buffer | string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
  /** Bytes kept of each stream: 1 MiB unless told. */
  readonly outputLimit?: number | undefined;
  /** Paths that will be there, or be gone, once it has run: what its author promised by `creates` and `removes`. */
  readonly makes?: string | undefined;
  readonly takesAway?: string | undefined;
}

/** Permissions and owner of a file. `mode` is four octal digits or a symbolic change such as `u=rwX,g-w`. */
export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/**
 * Reading only: what probes get. Every answer is remembered until the host changes. It is for one task: the same object may stand for
 * another host at the next, so nothing may be remembered by it.
 */
export interface ReadableTarget {
  readonly host: string;
  query<K, V>(kind: QueryKind<K, V>, key: K): Promise<V>;
  /**
   * The file at `path`; links are not followed unless asked. Absence is a state: `{ exists: false }`. Who asks to be `certain`
   * is told of absence only where no package still to come is likely to bring the file.
   */
  stat(path: string, options?: { readonly follow?: boolean; readonly certain?: boolean }): Promise<FileState>;
  /** Whether anything is there, links followed. */
  exists(path: string): Promise<boolean>;
  /** SHA-256 in hex, `undefined` where there is no regular file. */
  checksum(path: string): Promise<string | undefined>;
  /** The whole content, `undefined` where there is no regular file. Meant for files up to some MiB. */
  readFile(path: string): Promise<Buffer | undefined>;
  unit(name: string, scope?: 'system' | 'user'): Promise<UnitState>;
  account(user: string): Promise<Account | undefined>;
  groupEntry(group: string): Promise<GroupEntry | undefined>;
  /** Installed version of each package by the host's package manager, `undefined` where it is not installed. */
  packages(names: readonly string[]): Promise<ReadonlyMap<string, string | undefined>>;
  /** Facts by name, as Ansible names them without the `ansible_` prefix; only the asked subsets are read. */
  facts(subsets: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
}

/** A change that is more than a file: a script, what it touches, and what will then be true. */
export interface Mutation {
  /** One line for reports: `useradd etcd`. Never holds a secret. */
  readonly summary: string;
  /** POSIX sh; a non-zero exit is a failure. Secrets go over `stdin`, never into the script. */
  readonly script: string;
  readonly stdin?: Buffer | string | undefined;
  /** What queries would answer afterwards, as far as it is known. */
  readonly effects: readonly Effect[];
  /** What may come with it unsaid ("package haproxy"): units, accounts and groups that are absent now are unknown afterwards. */
  readonly brings?: string | undefined;
  /** A folder below which files may come unsaid (an archive nobody has yet): what is absent there now is unknown afterwards. */
  readonly bringsBelow?: string | undefined;
  /** The parts of the host that may change; all of them unless told. */
  readonly touches?: readonly Domain[];
  /** True for what changes nothing that runs (unit files are read again): live answers hold afterwards as well. */
  readonly inert?: boolean;
  readonly timeoutMs?: number | undefined;
}

export interface Target extends ReadableTarget {
  /** Replaces a file atomically: temporary file beside it, mode and owner set, `validate` run on it, then renamed. */
  writeFile(path: string, content: Content, options: WriteOptions): Promise<void>;
  makeDirectory(path: string, attributes: Attributes): Promise<void>;
  /** Sets only the attributes given; with `recurse`, on everything below as well. */
  setAttributes(
    path: string,
    attributes: Attributes,
    options?: { readonly recurse?: boolean; readonly follow?: boolean },
  ): Promise<void>;
  makeLink(path: string, to: string, kind: 'symbolic' | 'hard'): Promise<void>;
  /** Removes a file, or a directory with everything below it. Nothing there is fine. */
  remove(path: string): Promise<void>;
  /** Runs a typed change; throws {@link ModuleFailure} when it fails. */
  mutate(mutation: Mutation): Promise<Completed>;
  /** Runs the user's command: everything may have changed afterwards. A non-zero exit is a value, not an error. */
  run(command: Command): Promise<Completed>;
  /**
   * Looks at something that lives outside the remembered state (a port, a URL): never remembered, changes nothing.
   * Under check it is unknown as soon as any change is pending anywhere, because the answer would be about the old world.
   */
  observe(command: Command): Promise<Completed>;
  /** Streams a file of the host to the controller. */
  download(path: string): AsyncIterable<Buffer>;
}

export interface WriteOptions extends Attributes {
  /** Keep a copy of the old file beside it under this name. */
  readonly backup?: string | undefined;
  /** A command with `%s` for the new file's temporary path; a non-zero exit keeps the old file. */
  readonly validate?: string | undefined;
}

export { known, ModuleFailure, UnknownState } from './failure.ts';
