/** The INI form of an inventory: `[group]`, `[group:children]`, `[group:vars]` and host lines. */
import type { Location } from '../errors.ts';
import { didYouMean } from '../source/suggest.ts';
import { type Draft, type DraftGroup, defineGroup, draftGroup, draftHost } from './draft.ts';
import { readHostNames } from './host-names.ts';
import { readPythonLiteral } from './python-literal.ts';
import { splitWords } from './shell-words.ts';

type Section =
  | { readonly kind: 'hosts' | 'children' | 'vars'; readonly group: DraftGroup }
  | { readonly kind: 'unreadable' };

/** What is wrong with a line; the column counts from 0. */
interface Fault {
  readonly message: string;
  readonly column: number;
  readonly hint?: string;
}

interface Line {
  readonly draft: Draft;
  readonly text: string;
  /** The column of the first character that is not blank, from 0. */
  readonly indent: number;
  readonly at: (column: number) => Location;
}

/** Adds what the text says to the draft; every malformed line becomes a problem of the draft. */
export function readIniInventory(draft: Draft, text: string, file: string): void {
  let section: Section = { kind: 'hosts', group: draftGroup(draft, 'ungrouped', undefined) };
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const indent = line.search(/[^\s]/);
    if (indent === -1 || line[indent] === '#' || line[indent] === ';') continue;
    const at = (column: number): Location => ({ file, line: index + 1, column: column + 1 });
    const entry: Line = { draft, text: line, indent, at };
    let fault: Fault | undefined;
    if (isHeader(line)) {
      const header = readHeader(entry);
      section = header.section;
      fault = header.fault;
    } else if (section.kind === 'hosts') fault = readHostLine(entry, section.group);
    else if (section.kind === 'children') fault = readChild(entry, section.group);
    else if (section.kind === 'vars') fault = readVariable(entry, section.group);
    if (fault) draft.problems.push({ message: fault.message, at: at(fault.column), hint: fault.hint, source: text });
  }
}

/** A line in brackets; an IPv6 address with a port, `[::1]:22`, is none. */
function isHeader(line: string): boolean {
  return /^\s*\[/.test(line) && !/^\s*\[[0-9A-Fa-f:.]+\]:\d/.test(line);
}

function readHeader({ draft, text, indent, at }: Line): { readonly section: Section; readonly fault?: Fault } {
  const unreadable: Section = { kind: 'unreadable' };
  const match = /^\s*\[([^:\]\s]+)(?::([^\]]*))?\]\s*(?:[#;].*)?$/.exec(text);
  if (!match) {
    const hint = 'write [group], [group:children] or [group:vars]';
    return { section: unreadable, fault: { message: `"${text.trim()}" is not a section`, column: indent, hint } };
  }
  const name = match[1]!;
  const suffix = match[2];
  const place = at(indent + 1);
  if (suffix === undefined) return { section: { kind: 'hosts', group: defineGroup(draft, name, place) } };
  if (suffix === 'children') return { section: { kind: 'children', group: defineGroup(draft, name, place) } };
  if (suffix === 'vars') return { section: { kind: 'vars', group: draftGroup(draft, name, place) } };
  const message = `a section ends in :children or :vars, not :${suffix}.${didYouMean(suffix, ['children', 'vars'])}`;
  return { section: unreadable, fault: { message, column: indent + 2 + name.length } };
}

/** `name[1:3]:port key=value …` */
function readHostLine({ draft, text, indent, at }: Line, group: DraftGroup): Fault | undefined {
  const { words, unclosed } = splitWords(text);
  if (unclosed !== undefined) return { message: 'the quote opened here is never closed', column: unclosed };
  const [first, ...pairs] = words;
  if (!first) return undefined;
  const hosts = readHostNames(first.text);
  if (hosts.kind === 'malformed') return { message: hosts.message, column: indent };
  const odd = pairs.find((pair) => !/^[^=\s]+=/.test(pair.text));
  if (odd) {
    const hint = odd.text.startsWith('=')
      ? 'leave no blanks around = on a host line'
      : 'quote a value that holds blanks';
    return { message: `"${odd.text}" is not of the form key=value`, column: odd.start, hint };
  }
  for (const name of hosts.names) {
    const vars = draftHost(draft, name, group, at(indent));
    if (hosts.port !== undefined && !vars.has('ansible_port'))
      vars.set('ansible_port', { value: hosts.port, at: at(indent) });
    for (const pair of pairs) {
      const equals = pair.text.indexOf('=');
      vars.set(pair.text.slice(0, equals), {
        value: readPythonLiteral(pair.text.slice(equals + 1)),
        at: at(pair.start),
      });
    }
  }
  return undefined;
}

function readChild({ draft, text, at }: Line, group: DraftGroup): Fault | undefined {
  const [child, extra] = splitWords(text).words;
  if (extra) return { message: `a line of [${group.name}:children] names one group`, column: extra.start };
  if (!child) return undefined;
  draftGroup(draft, child.text, at(child.start));
  group.children.set(child.text, at(child.start));
  return undefined;
}

function readVariable({ text, indent, at }: Line, group: DraftGroup): Fault | undefined {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(equals, 0)).trim();
  if (name === '') return { message: `"${text.trim()}" is not of the form key=value`, column: indent };
  group.vars.set(name, { value: readPythonLiteral(text.slice(equals + 1).trim()), at: at(indent) });
  return undefined;
}
