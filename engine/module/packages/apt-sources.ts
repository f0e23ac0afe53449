/** Lines of apt's one-line sources (sources.list(5)): found, switched on, put in and taken out. */

/** Texts of the files by path; `null` for a file that is not there. */
export type SourceFiles = Readonly<Record<string, string | null>>;

/** A source in its plain form, `undefined` for a line that is none. */
export function sourceOf(line: string): { readonly source: string; readonly enabled: boolean } | undefined {
  const [, comment = '', rest = ''] = /^\s*(#*)\s*(.*)$/.exec(line) ?? [];
  const source = rest
    .replace(/\s#.*$/, '')
    .trim()
    .split(/\s+/)
    .join(' ');
  return /^deb(-src)? (\[[^\]]*\] )?\S+ \S+/.test(source) ? { source, enabled: comment === '' } : undefined;
}

/** The file a new source goes to unless told, by the host and path of its URI. */
export function suggestedName(source: string): string {
  const uri =
    source
      .replace(/\[[^\]]*\]/, '')
      .split(' ')
      .filter(Boolean)[1] ?? '';
  const plain = uri.replace(/^\w+:\/*/, '').replace(/^[^/@]*@/, '');
  return `${plain
    .split(/[^a-zA-Z0-9]+/)
    .filter(Boolean)
    .join('_')}.list`;
}

/** The files with the source once, switched on: where it is, or at the end of `path`. */
export function withSource(files: SourceFiles, source: string, path: string): SourceFiles {
  const places = placesOf(files, source);
  if (places.some(({ enabled }) => enabled)) return files;
  const [place] = places;
  if (place) {
    const lines = linesOf(files[place.path] ?? '').with(place.index, source);
    return { ...files, [place.path]: textOf(lines) };
  }
  return { ...files, [path]: textOf([...linesOf(files[path] ?? ''), source]) };
}

/** The files without the source, switched on or not; a file that was nothing else is gone. */
export function withoutSource(files: SourceFiles, source: string): SourceFiles {
  const touched = new Set(placesOf(files, source).map(({ path }) => path));
  const cleaned = [...touched].map((path) => {
    const kept = linesOf(files[path] ?? '').filter((line) => sourceOf(line)?.source !== source);
    return [path, kept.length === 0 ? null : textOf(kept)] as const;
  });
  return { ...files, ...Object.fromEntries(cleaned) };
}

function placesOf(files: SourceFiles, source: string) {
  return Object.entries(files).flatMap(([path, text]) =>
    linesOf(text ?? '').flatMap((line, index) => {
      const found = sourceOf(line);
      return found?.source === source ? [{ path, index, enabled: found.enabled }] : [];
    }),
  );
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
