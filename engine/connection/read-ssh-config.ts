/** The text of an ssh configuration, with the files it includes in their places. */

import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { readKept } from './kept-file.ts';
import { wildcard } from './wildcard.ts';
import { splitWords } from './words.ts';

const depthLimit = 16;

/** The file's text; empty when there is no such file. Patterns in an `Include` may stand in its last part. */
export async function readSshConfig(file: string, home: string | undefined, depth = 0): Promise<string> {
  const text = depth > depthLimit ? '' : await textOf(file);
  const lines: string[] = [];
  let section = 'Host *';
  for (const line of text.split('\n')) {
    if (/^\s*(Host|Match)\b/i.test(line)) section = line;
    const include = /^\s*Include\s*[\s=]\s*(.+)$/i.exec(line)?.[1];
    if (include === undefined) {
      lines.push(line);
      continue;
    }
    for (const pattern of splitWords(include)) {
      for (const path of await matches(absolute(pattern, home))) lines.push(await readSshConfig(path, home, depth + 1));
    }
    // What follows belongs to the section it stands in, not to the last one of the included file.
    lines.push(section);
  }
  return lines.join('\n');
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readKept(file))?.toString() ?? '';
  } catch {
    return ''; // a folder, or not for us
  }
}

function absolute(path: string, home = ''): string {
  if (path.startsWith('~/')) return join(home, path.slice(2));
  return isAbsolute(path) ? path : join(home, '.ssh', path);
}

async function matches(path: string): Promise<string[]> {
  if (!/[*?]/.test(basename(path))) return [path];
  const names = await readdir(dirname(path)).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.') && wildcard(basename(path), name))
    .sort()
    .map((name) => join(dirname(path), name));
}
