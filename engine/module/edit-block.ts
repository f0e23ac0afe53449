/** A block of lines between two marker lines put in, replaced or taken out, by the rules of Ansible's blockinfile. */
import { ModuleFailure } from '../target/failure.ts';
import { regexOf } from './regex.ts';

export interface BlockEdit {
  readonly state: 'present' | 'absent';
  readonly block: string;
  readonly marker: string;
  readonly marker_begin: string;
  readonly marker_end: string;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  readonly append_newline: boolean;
  readonly prepend_newline: boolean;
}

/** The text with the block as asked for; an empty block is none. */
export function editBlock(text: string, edit: BlockEdit): string {
  const [begin, end] = markers(edit);
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const present = edit.state === 'present';
  const block = present && edit.block !== '' ? [begin, ...edit.block.replace(/\n$/, '').split('\n'), end] : [];
  const [first, last] = [lastIndexOf(lines, begin), lastIndexOf(lines, end)];
  const found = first >= 0 && last >= 0;
  const at = found ? Math.min(first, last) : block.length === 0 ? lines.length : placeFor(text, lines, edit);
  const before = lines.slice(0, at);
  const after = lines.slice(found ? Math.max(first, last) + 1 : at);
  if (block.length === 0 && !found) return text;
  const unfinished = before.at(-1);
  if (unfinished !== undefined && !unfinished.endsWith('\n')) before[before.length - 1] = `${unfinished}\n`;
  if (present && edit.prepend_newline && before.length > 0 && before.at(-1) !== '\n') before.push('\n');
  if (present && edit.append_newline && after.length > 0 && after[0] !== '\n') after.unshift('\n');
  return [...before, ...block.map((line) => `${line}\n`), ...after].join('');
}

function markers({ marker, marker_begin, marker_end }: BlockEdit): readonly [begin: string, end: string] {
  const [begin, end] = [marker.replaceAll('{mark}', marker_begin), marker.replaceAll('{mark}', marker_end)];
  // With one line for both, a block could not be found again.
  if (begin === end) throw new ModuleFailure('marker must hold {mark}, and marker_begin and marker_end must differ');
  if (`${begin}${end}`.includes('\n')) throw new ModuleFailure('a marker is one line');
  return [begin, end];
}

const lastIndexOf = (lines: readonly string[], marker: string) =>
  lines.findLastIndex((line) => line.replace(/\r?\n$/, '') === marker);

/** Where a new block goes: the end, unless a place is named and found. A multi-line expression is matched on the whole. */
function placeFor(text: string, lines: readonly string[], { insertafter, insertbefore }: BlockEdit): number {
  if (insertbefore === 'BOF') return 0;
  const pattern = insertafter === 'EOF' ? undefined : (insertafter ?? insertbefore);
  if (pattern === undefined) return lines.length;
  const regex = regexOf(pattern);
  if (/^\(\?[a-z]*m[a-z]*\)/.test(pattern)) {
    const match = regex.exec(text);
    if (!match) return lines.length;
    const upTo = insertafter === undefined ? match.index : match.index + match[0].length;
    const at = text.slice(0, upTo).split('\n').length - 1;
    return insertafter === undefined || text[upTo - 1] === '\n' ? at : at + 1;
  }
  const at = lines.findLastIndex((line) => {
    regex.lastIndex = 0;
    return regex.test(line);
  });
  if (at < 0) return lines.length;
  return insertafter === undefined ? at : at + 1;
}
