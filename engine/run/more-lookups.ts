/** Lookups into tables, settings, the inventory and the web. */
import { randomInt } from 'node:crypto';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Inventory } from '../inventory/inventory.ts';
import { selectHosts } from '../inventory/select-hosts.ts';
import type { Environment, LookupFunction } from '../template/environment.ts';
import { toText } from '../template/render.ts';

type Options = Readonly<Record<string, unknown>>;

/** `text` finds a file as tasks do, in `files/`, and reads it. */
export function moreLookups(
  inventory: Inventory,
  text: (name: string, environment: Environment) => string,
): Readonly<Record<string, LookupFunction>> {
  return {
    random_choice: (terms) => (terms.length === 0 ? [] : [terms[randomInt(terms.length)]]),
    inventory_hostnames: (terms) => [
      ...selectHosts(inventory, terms.flat().map(toText).join(','), { onUnknown: () => {} }),
    ],
    csvfile: (terms, given, environment) =>
      terms.flatMap((term) => {
        const { key, options } = settings(toText(term), given);
        const file = toText(options['file'] ?? 'ansible.csv');
        const written = toText(options['delimiter'] ?? 'TAB');
        const delimiter = written === 'TAB' || written === 't' ? '\t' : written;
        const rows = cellsOf(text(file, environment), delimiter);
        const column = Number(options['col'] ?? 1);
        const found = rows.find((row) => row[Number(options['keycol'] ?? 0)] === key);
        if (found === undefined) return 'default' in options ? [options['default']] : [];
        if (found[column] === undefined) throw new Error(`csvfile: ${file} has no column ${column} for "${key}"`);
        return [found[column]];
      }),
    ini: (terms, given, environment) =>
      terms.flatMap((term) => {
        const { key, options } = settings(toText(term), given);
        const file = toText(options['file'] ?? 'ansible.ini');
        const isProperties = options['type'] === 'properties';
        const section = isProperties ? '' : toText(options['section'] ?? 'global');
        const values = entriesIn(text(file, environment), section);
        if (options['re'] === true || options['re'] === 'True' || options['re'] === 'true') {
          const wanted = new RegExp(`^(?:${key})`);
          return [...values].filter(([name]) => wanted.test(name)).map(([, value]) => value);
        }
        return [values.get(key.toLowerCase()) ?? options['default'] ?? ''];
      }),
    url: (terms, given) =>
      terms.flatMap((term) => {
        const body = fetched(toText(term), given);
        return given['split_lines'] === false ? [body] : body.replace(/\n$/, '').split(/\r?\n/);
      }),
  };
}

/** `key file=x section=y`: the first words are the key, the rest are options. */
function settings(term: string, given: Options): { readonly key: string; readonly options: Options } {
  const [key = '', ...words] = term.split(/\s+(?=\w+=)/);
  const pairs = words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const);
  return { key: key.trim(), options: { ...Object.fromEntries(pairs), ...given } };
}

/** Rows of a table; a cell in quotes may hold the delimiter, line breaks and doubled quotes. */
function cellsOf(text: string, delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = [['']];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const row = rows.at(-1)!;
    const one = text[at]!;
    if (one === '"' && quoted && text[at + 1] === '"') append(row, text[++at]!);
    else if (one === '"') quoted = !quoted;
    else if (quoted) append(row, one);
    else if (one === delimiter) row.push('');
    else if (one === '\n') rows.push(['']);
    else if (one !== '\r') append(row, one);
  }
  return rows;
}

function append(row: string[], character: string): void {
  row.push(row.pop()! + character);
}

/** The settings of a section, by lower-case name; the section '' is the whole of a file without any. */
function entriesIn(text: string, section: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let here = '';
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[(.*)\]\s*$/.exec(line);
    if (header) here = header[1]!;
    const pair = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (!header && pair && here === section) values.set(pair[1]!.toLowerCase(), pair[2]!);
  }
  return values;
}

// Templates cannot wait for a promise: a thread does, while this one sleeps.
const fetching = `
const { workerData: { url, headers, seconds, port, awake } } = require('node:worker_threads');
fetch(url, { headers, signal: AbortSignal.timeout(seconds * 1000) })
  .then(async (reply) => {
    if (!reply.ok) throw new Error('HTTP ' + reply.status + ' ' + reply.statusText);
    port.postMessage({ body: await reply.text() });
  })
  .catch((error) => port.postMessage({ why: error.cause?.message ?? error.message }))
  .finally(() => { Atomics.store(awake, 0, 1); Atomics.notify(awake, 0); });
`;

function fetched(url: string, given: Options): string {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries((given['headers'] ?? {}) as Options)) headers[name] = toText(value);
  if (given['username'] !== undefined) {
    const login = `${toText(given['username'])}:${toText(given['password'] ?? '')}`;
    headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
  }
  const seconds = Number(given['timeout'] ?? 10);
  const awake = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(fetching, {
    eval: true,
    workerData: { url, headers, seconds, port: port2, awake },
    transferList: [port2],
    env: given['validate_certs'] === false ? { NODE_TLS_REJECT_UNAUTHORIZED: '0' } : {},
  });
  Atomics.wait(awake, 0, 0, (seconds + 5) * 1000);
  const said = receiveMessageOnPort(port1)?.message as { readonly body?: string; readonly why?: string } | undefined;
  port1.close();
  void worker.terminate();
  if (said?.body !== undefined) return said.body;
  throw new Error(`url: ${url} could not be fetched: ${said?.why ?? `no answer in ${seconds} s`}`);
}
