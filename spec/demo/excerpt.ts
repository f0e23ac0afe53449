/** A part of what a run said: the named tasks and the recap; what is left out is counted, never silently dropped. */
export interface Kept {
  /** Part of a banner, such as `Install haproxy`. */
  readonly banner: string;
  /** How many lines below the banner; all of them unless told. */
  readonly lines?: number;
}

const banner = /^(?:PLAY|TASK|RUNNING HANDLER) \[|^PLAY RECAP/;

/** The text of a run (colours and all) cut down to its first lines, the kept tasks, and the recap with what follows it. */
export function excerpt(text: string, kept: readonly Kept[]): string {
  const [head = [], ...sections] = sectionsOf(text.replace(/\n+$/, '').split('\n'));
  const out = [...head];
  let dropped = 0;
  const flush = () => {
    if (dropped > 0) out.push(dim(`⋯ ${dropped} more plays and tasks`), '');
    dropped = 0;
  };
  for (const section of sections) {
    const title = section[0]!;
    const rule = title.startsWith('PLAY RECAP') ? { banner: title } : kept.find((one) => title.includes(one.banner));
    if (!rule) {
      dropped += 1;
      continue;
    }
    flush();
    const lines = rule.lines === undefined ? section.length : rule.lines + 1;
    out.push(...section.slice(0, lines));
    if (lines < section.length) out.push(dim(`⋯ ${section.length - lines} more lines`), '');
  }
  flush();
  return out.join('\n');
}

function sectionsOf(lines: readonly string[]): readonly string[][] {
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (banner.test(line)) sections.push([]);
    sections.at(-1)!.push(line);
  }
  return sections;
}

const dim = (text: string) => `\x1b[2m${text}\x1b[22m`;
