/** The files an engine room may read, as an interface: the pure rooms are handed one and never touch the disk themselves. */
export interface Files {
  /** The text of a file; undefined when there is none (or it is a directory). */
  read(path: string): string | undefined;
  /** The names in a directory, in any order; undefined when there is no such directory. */
  list(dir: string): readonly string[] | undefined;
  isDirectory(path: string): boolean;
  isExecutable?(path: string): boolean;
  /** Runs a program of the user's that answers a question (an inventory script). */
  answer?(program: string, words: readonly string[]): Answer;
}

/** What a program said. Without a `code` it did not end by itself, or was never begun, and `stderr` says why. */
export interface Answer {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Files held in memory, by path: for specs, and for whoever embeds the engine. */
export function filesInMemory(texts: Readonly<Record<string, string>>, executable: readonly string[] = []): Files {
  const paths = Object.keys(texts);
  const inside = (dir: string) => (dir === '.' || dir === '' ? '' : `${dir.replace(/\/+$/, '')}/`);
  const namesIn = (dir: string) => {
    const prefix = inside(dir);
    const names = paths
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length).split('/')[0]!);
    return [...new Set(names)];
  };
  return {
    read: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined),
    list: (dir) => {
      const names = namesIn(dir);
      return names.length > 0 ? names : undefined;
    },
    isDirectory: (path) => namesIn(path).length > 0,
    isExecutable: (path) => executable.includes(path),
  };
}
