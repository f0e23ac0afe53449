/** The body of a request in the format a task asks for. */

import { ModuleFailure } from '../../target/failure.ts';
import { compactJson } from '../../template/python/json.ts';
import { readJson } from '../../template/python/read-json.ts';
import { isPlain } from '../convert.ts';

export type BodyFormat = 'json' | 'form-urlencoded' | 'form-multipart' | 'raw';

export interface Body {
  readonly text: string | undefined;
  /** The Content-Type that belongs to it. */
  readonly type: string | undefined;
}

/** @throws ModuleFailure when the body cannot be put in this format. */
export async function bodyText(
  body: unknown,
  format: BodyFormat,
  file: (name: string) => Promise<string>,
): Promise<Body> {
  if (body === undefined || body === null) return { text: undefined, type: undefined };
  if (format === 'json') {
    return { text: typeof body === 'string' ? body : compactJson(body), type: 'application/json' };
  }
  if (format === 'form-urlencoded') return { text: urlencoded(body), type: 'application/x-www-form-urlencoded' };
  if (format === 'form-multipart') return multipart(body, file);
  return { text: typeof body === 'string' ? body : compactJson(body), type: undefined };
}

function urlencoded(body: unknown): string {
  if (typeof body === 'string') return body;
  const entries: readonly unknown[] = Array.isArray(body) ? body : isPlain(body) ? Object.entries(body) : [undefined];
  const pairs = entries.flatMap((entry): [string, string][] => {
    if (!Array.isArray(entry) || entry.length !== 2)
      throw new ModuleFailure('a body of form-urlencoded is a mapping or a list of [name, value] pairs');
    const [name, value] = entry as [unknown, unknown];
    return (Array.isArray(value) ? value : [value]).map((one) => [String(name), String(one ?? '')]);
  });
  return new URLSearchParams(pairs).toString();
}

async function multipart(body: unknown, file: (name: string) => Promise<string>): Promise<Body> {
  if (!isPlain(body)) throw new ModuleFailure('a body of form-multipart is a mapping');
  const boundary = 'kplay-c7b1f0a95d3e4286';
  const parts: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    const part: Readonly<Record<string, unknown>> = isPlain(value) ? value : { content: String(value) };
    const filename = part['filename'] === undefined ? undefined : String(part['filename']);
    const content =
      part['content'] === undefined && filename !== undefined ? await file(filename) : String(part['content'] ?? '');
    const named = filename === undefined ? '' : `; filename="${filename.replace(/^.*\//, '')}"`;
    const type = part['mime_type'] ?? (filename === undefined ? undefined : 'application/octet-stream');
    const header = `Content-Disposition: form-data; name="${name}"${named}`;
    parts.push(
      `--${boundary}\r\n${header}${type === undefined ? '' : `\r\nContent-Type: ${String(type)}`}\r\n\r\n${content}\r\n`,
    );
  }
  return { text: `${parts.join('')}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` };
}

/** What a response of JSON holds; nothing where it holds none. */
export function jsonIn(content: string): { readonly json?: unknown } {
  try {
    return { json: readJson(content) };
  } catch {
    return {};
  }
}
