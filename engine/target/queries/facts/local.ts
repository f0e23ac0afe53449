/** The facts that a host's owner left in facts.d: programs that print JSON or INI, and files that hold it. */
import { readJson } from '../../../template/python/read-json.ts';
import { quote } from '../../quote.ts';
import { type FactSubset, lines } from './subset.ts';

export const localFolder = '/etc/ansible/facts.d';

export function local(folder: string): FactSubset {
  return {
    facts: ['local'],
    script: `S local; for f in ${quote(folder)}/*.fact; do [ -f "$f" ] || continue
b=\${f##*/}; printf '\\035%s\\n' "\${b%.fact}"
if [ -x "$f" ]; then "$f" </dev/null 2>/dev/null || printf '\\034%s' "$?"; else cat -- "$f"; fi; done`,
    parse(section) {
      const found: Record<string, unknown> = {};
      for (const part of section('local').split('\x1d').slice(1)) {
        const end = part.indexOf('\n');
        const name = part.slice(0, end).replaceAll(/[^A-Za-z0-9_.-]/g, '_');
        found[name] = content(part.slice(end + 1));
      }
      return { local: found };
    },
  };
}

function content(text: string): unknown {
  const failed = /\x1c(\d+)\s*$/.exec(text);
  if (failed) return `Failure executing fact script, rc: ${failed[1]}`;
  try {
    return readJson(text);
  } catch {
    return ini(text) ?? 'error loading fact - the content is neither JSON nor INI';
  }
}

function ini(text: string): Record<string, Record<string, string>> | undefined {
  const found: Record<string, Record<string, string>> = {};
  let current: Record<string, string> | undefined;
  for (const line of lines(text)) {
    if (/^\s*[#;]/.test(line)) continue;
    const header = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) {
      current = {};
      found[header] = current;
      continue;
    }
    const entry = /^\s*([^=:]+?)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (current === undefined || !entry) return undefined;
    current[(entry[1] as string).toLowerCase()] = entry[2] as string;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}
