/** Host names as an inventory writes them: with ranges, and perhaps a port. */
import { isIPv6 } from 'node:net';

export type HostNames =
  | { readonly kind: 'hosts'; readonly names: readonly string[]; readonly port: number | undefined }
  | { readonly kind: 'malformed'; readonly message: string };

const range = /\[([^\]:]*):([^\]:]*)(?::([^\]]*))?\]/;
const mostHosts = 100_000;

/**
 * `db[01:10:3].example.com:2222` names four hosts and their port. The end of a range is part of it; a leading zero fixes the
 * width, and then both ends must have it; several ranges multiply.
 */
export function readHostNames(text: string): HostNames {
  const { name, port } = splitPort(text);
  if (port !== undefined && (port < 1 || port > 65535)) return malformed(`${port} is not a port`);
  if (isIPv6(name)) return { kind: 'hosts', names: [name], port };
  if (/[,;(){}]/.test(name) || name === '') return malformed(`"${text}" is not a host name`);
  let names = [name];
  for (let match = range.exec(name); match; match = range.exec(names[0]!)) {
    const items = rangeItems(match[1]!, match[2]!, match[3]);
    if (typeof items === 'string') return malformed(`the range ${match[0]} ${items}`);
    if (names.length * items.length > mostHosts) return malformed(`"${text}" names more than ${mostHosts} hosts`);
    names = names.flatMap((each) => items.map((item) => each.replace(match[0], item)));
  }
  return { kind: 'hosts', names, port };
}

function malformed(message: string): HostNames {
  return { kind: 'malformed', message };
}

/** `host:22`, `[::1]:22`; a bare IPv6 address has colons but no port, and the colons of a range are none either. */
function splitPort(text: string): { name: string; port: number | undefined } {
  const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::(\d+))?$/.exec(text);
  if (bracketed && isIPv6(bracketed[1]!))
    return { name: bracketed[1]!, port: bracketed[2] === undefined ? undefined : Number(bracketed[2]) };
  if (isIPv6(text)) return { name: text, port: undefined };
  const match = /^(.+):(\d+)$/.exec(text);
  return match && !/\[[^\]]*$/.test(match[1]!)
    ? { name: match[1]!, port: Number(match[2]) }
    : { name: text, port: undefined };
}

/** Every item of a range, or what is wrong with it. */
function rangeItems(first: string, last: string, stepText: string | undefined): string[] | string {
  const step = stepText === undefined ? 1 : Number(stepText);
  if (!Number.isInteger(step) || step < 1) return 'has a step that is not a positive whole number';
  const from = first === '' ? '0' : first;
  if (/^\d+$/.test(from) && /^\d+$/.test(last)) {
    if (from.length > 1 && from.startsWith('0') && from.length !== last.length) return 'has ends of unequal length';
    if (Number(from) > Number(last)) return 'ends before it begins';
    const width = from.startsWith('0') ? from.length : 0;
    return steps(Number(from), Number(last), step).map((item) => String(item).padStart(width, '0'));
  }
  if (!/^[A-Za-z]$/.test(from) || !/^[A-Za-z]$/.test(last)) return 'must run between two numbers or two letters';
  const sameCase = /[a-z]/.test(from) === /[a-z]/.test(last);
  if (!sameCase || from > last) return 'ends before it begins';
  return steps(from.charCodeAt(0), last.charCodeAt(0), step).map((code) => String.fromCharCode(code));
}

function steps(from: number, to: number, step: number): number[] {
  const items: number[] = [];
  for (let item = from; item <= to && items.length <= mostHosts; item += step) items.push(item);
  return items;
}

/** Names of this machine, which is there even when nobody wrote it down. */
export const localhostNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);
