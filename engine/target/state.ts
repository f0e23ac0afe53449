/** The states queries answer with. Absence is always a state. */

export type FileType = 'file' | 'directory' | 'link' | 'char' | 'block' | 'fifo' | 'socket';

export interface PresentFile {
  readonly exists: true;
  readonly type: FileType;
  /** Four octal digits: `0644`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly owner: string;
  readonly group: string;
  /** Bytes. */
  readonly size: number;
  readonly inode: number;
  readonly device: number;
  readonly links: number;
  /** Seconds since the epoch. */
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
  /** Where a symbolic link points, as written. */
  readonly linkTarget?: string | undefined;
}

export type FileState = { readonly exists: false } | PresentFile;

/** A systemd unit, from `systemctl show`. */
export interface UnitState {
  readonly name: string;
  /** `LoadState` is not `not-found`. */
  readonly exists: boolean;
  /** active, activating, inactive, failed … */
  readonly active: string;
  /** enabled, disabled, static, masked, … as `UnitFileState`. */
  readonly fileState: string;
  /** The unit file on disk is newer than what systemd has loaded. */
  readonly needsReload: boolean;
  readonly properties: Readonly<Record<string, string>>;
}

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** Names of all groups, the primary one first. */
  readonly groups: readonly string[];
  /** The hashed password as in shadow, '' when it cannot be read. */
  readonly password: string;
  /** Account expiry in days since the epoch, `undefined` for never. */
  readonly expires?: number | undefined;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}
