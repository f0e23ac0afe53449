/** One line of a text put in, replaced or taken out, by the rules of Ansible's lineinfile. */
import { ModuleFailure } from '../target/failure.ts';
import { expandReplacement, pythonRegex } from '../template/python/regex.ts';

export interface LineEdit {
  readonly state: 'present' | 'absent';
  readonly line?: string | undefined;
  readonly regexp?: string | undefined;
  readonly search_string?: string | undefined;
  readonly backrefs: boolean;
  readonly firstmatch: boolean;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
}

export interface Edited {
  readonly text: string;
  readonly msg: string;
  /** How many lines were taken out. */
  readonly found: number;
}

/** Edits a text whose characters are bytes, so that any encoding survives. */
export function editLine(text: string, edit: LineEdit): Edited {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return edit.state === 'absent' ? withoutLine(lines, edit) : withLine([...lines], bytes(edit.line ?? ''), edit);
}

/** Text as a string of its UTF-8 bytes. */
export function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

type Match = (line: string) => RegExpMatchArray | true | undefined;

function matcher({ regexp, search_string: part }: LineEdit): Match | undefined {
  if (regexp !== undefined) return searching(regexp);
  if (part === undefined) return undefined;
  const wanted = bytes(part);
  return (line) => (line.includes(wanted) ? true : undefined);
}

function searching(regexp: string): (line: string) => RegExpMatchArray | undefined {
  let pattern: RegExp;
  try {
    pattern = pythonRegex(bytes(regexp));
  } catch (cause) {
    throw new ModuleFailure((cause as Error).message, {}, { cause });
  }
  return (line) => {
    pattern.lastIndex = 0;
    return pattern.exec(line) ?? undefined;
  };
}

const bare = (line: string) => line.replace(/[\r\n]+$/, '');

function withoutLine(lines: readonly string[], edit: LineEdit): Edited {
  const wanted = bytes(edit.line ?? '');
  const matches = matcher(edit) ?? ((line: string) => bare(line) === wanted || undefined);
  const kept = lines.filter((line) => matches(line) === undefined);
  const found = lines.length - kept.length;
  return { text: kept.join(''), msg: found > 0 ? `${found} line(s) removed` : '', found };
}

function withLine(lines: string[], line: string, edit: LineEdit): Edited {
  const edited = (msg: string) => ({ text: lines.join(''), msg, found: 0 });
  const matches = matcher(edit);
  const matching =
    matches === undefined
      ? -1
      : (edit.firstmatch ? lines.findIndex : lines.findLastIndex).call(lines, (one) => matches(one) !== undefined);
  const at = matching >= 0 ? matching : lines.findLastIndex((one) => bare(one) === line);
  if (at >= 0) {
    const match = matching >= 0 ? matches?.(lines[at]!) : undefined;
    const fresh = ended(edit.backrefs && typeof match === 'object' ? expandReplacement(line, match) : line);
    if (lines[at] === fresh) return edited('');
    lines[at] = fresh;
    return edited('line replaced');
  }
  // Without a match there is nothing the references could refer to.
  if (edit.backrefs) return edited('');
  const place = placeFor(lines, edit);
  if (place < lines.length && edit.insertbefore !== 'BOF' && edit.insertafter !== 'BOF' && bare(lines[place]!) === line)
    return edited('');
  const last = lines.at(-1);
  if (place === lines.length && last !== undefined && !/[\r\n]$/.test(last)) lines[lines.length - 1] = `${last}\n`;
  lines.splice(place, 0, ended(line));
  return edited('line added');
}

const ended = (line: string) => (line.endsWith('\n') ? line : `${line}\n`);

/** Where a new line goes: the end, unless a place is named and found. */
function placeFor(lines: readonly string[], { insertafter, insertbefore, firstmatch }: LineEdit): number {
  if (insertbefore === 'BOF' || insertafter === 'BOF') return 0;
  const pattern = insertafter ?? insertbefore;
  if (pattern === undefined || insertafter === 'EOF') return lines.length;
  const matches = searching(pattern);
  const hit = (line: string) => matches(line) !== undefined;
  const at = firstmatch ? lines.findIndex(hit) : lines.findLastIndex(hit);
  if (at < 0) return lines.length;
  return insertafter === undefined ? at : at + 1;
}
