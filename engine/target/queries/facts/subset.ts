/** A part of the facts of a host: what is read, and what is made of it on the controller. */
export interface FactSubset {
  /** POSIX sh. Writes its sections behind `S name`, and nothing else. */
  readonly script: string;
  /** The names of the facts it makes, where they are known beforehand. */
  readonly facts: readonly string[];
  parse(section: (name: string) => string): Readonly<Record<string, unknown>>;
}

/** The lines of a section which hold something. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** What `grep -H ''` printed, by path. */
export function byPath(text: string): ReadonlyMap<string, string> {
  return new Map(
    lines(text).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    }),
  );
}

/** What `ls -l` printed about symbolic links: path and where it points. */
export function links(text: string): ReadonlyMap<string, string> {
  return new Map(
    lines(text).flatMap((line) => {
      const found = /(\S+) -> (.+)$/.exec(line);
      return found ? [[found[1] as string, found[2] as string] as const] : [];
    }),
  );
}

/** `KEY="value"` lines as in os-release. */
export function assignments(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const line of lines(text)) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match) found[match[1] as string] = unquoted((match[2] as string).trim());
  }
  return found;
}

function unquoted(text: string): string {
  const match = /^(["'])(.*)\1$/.exec(text);
  return match ? (match[2] as string).replace(/\\(["'`$\\])/g, '$1') : text;
}
