/** Filters between values and their written forms: JSON, YAML, base64, URLs, checksums. */
import { createHash, getHashes } from 'node:crypto';
import { KplayError } from '../../errors.ts';
import { loadYamlValue, loadYamlValues } from '../../source/yaml.ts';
import { TemplateError } from '../errors.ts';
import { anything, integer, itemsOf, type Kind, type Native, native, string, text, truth } from '../evaluate/native.ts';
import { entriesOf } from '../python/dicts.ts';
import { dumpJson } from '../python/json.ts';
import { readJson } from '../python/read-json.ts';
import { toText } from '../python/text.ts';
import { isTrue } from '../python/truth.ts';
import { isDict } from '../python/types.ts';
import { dumpYaml } from '../python/yaml.ts';
import { cryptPassword } from './crypt.ts';

const jsonOptions = { indent: anything, sort_keys: truth, ensure_ascii: truth, separators: anything };

function jsonFilter(defaults: { readonly indent?: number; readonly sortKeys?: boolean }): Native {
  return native(anything, jsonOptions, (value, args) =>
    dumpJson(value, {
      indent:
        args.indent === undefined
          ? defaults.indent
          : typeof args.indent === 'string'
            ? args.indent
            : args.indent === null
              ? undefined
              : Number(args.indent),
      sortKeys: args.sort_keys ?? defaults.sortKeys,
      ensureAscii: args.ensure_ascii,
      separators: Array.isArray(args.separators) ? [toText(args.separators[0]), toText(args.separators[1])] : undefined,
    }),
  );
}

/** An integer; null is as nothing. */
const integerOrNull: Kind<number | undefined> = (session, value, what) =>
  session.known(value) === null ? undefined : integer(session, value, what);

const yamlOptions = {
  indent: integerOrNull,
  width: integerOrNull,
  default_flow_style: anything,
  sort_keys: truth,
  explicit_start: truth,
  explicit_end: truth,
};
function yamlFilter(defaults: { readonly indent: number; readonly flow: boolean | null }): Native {
  return native(anything, yamlOptions, (value, args) => {
    const style = args.default_flow_style;
    return dumpYaml(value, {
      indent: args.indent ?? defaults.indent,
      width: args.width ?? 80,
      flow: style === undefined ? defaults.flow : style === null ? null : isTrue(style),
      sortKeys: args.sort_keys ?? true,
      start: args.explicit_start ?? false,
      end: args.explicit_end ?? false,
    });
  });
}

function fromYaml(read: (source: string) => unknown): Native {
  return native(anything, {}, (value) => {
    if (typeof value !== 'string') return value;
    try {
      return read(value);
    } catch (error) {
      if (error instanceof KplayError)
        throw new TemplateError(`this is no valid YAML: ${error.problems[0]?.message ?? error.message}`, {
          cause: error,
        });
      throw error;
    }
  });
}

function hash(algorithm: string): (value: string) => string {
  if (!getHashes().includes(algorithm)) throw new TemplateError(`there is no checksum "${algorithm}"`);
  return (value) => createHash(algorithm).update(value).digest('hex');
}
const hashed = (algorithm: string): Native => native(text, {}, (value) => hash(algorithm)(value));

function decodeBase64(value: string, encoding: string): string {
  const clean = value.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean) || clean.length % 4 === 1)
    throw new TemplateError('this is no valid base64');
  return Buffer.from(clean, 'base64').toString(nodeEncoding(encoding));
}

function nodeEncoding(name: string): BufferEncoding {
  const known: Readonly<Record<string, BufferEncoding>> = {
    'utf-8': 'utf8',
    utf8: 'utf8',
    'utf-16-le': 'utf16le',
    'utf-16le': 'utf16le',
    ascii: 'ascii',
    'latin-1': 'latin1',
    latin1: 'latin1',
  };
  const encoding = known[name.toLowerCase()];
  if (!encoding) throw new TemplateError(`the encoding "${name}" is not known`);
  return encoding;
}

/** Percent-encoded, `safe` characters kept. */
function percentEncoded(value: string, safe: string): string {
  return [...Buffer.from(value, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9_.~-]/.test(character) || safe.includes(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function percentDecoded(value: string): string {
  const bytes: number[] = [];
  for (const [part] of value.replaceAll('+', ' ').matchAll(/%[0-9a-f]{2}|[\s\S]/giu)) {
    if (part.length === 3 && part.startsWith('%')) bytes.push(Number.parseInt(part.slice(1), 16));
    else bytes.push(...Buffer.from(part, 'utf8'));
  }
  return Buffer.from(bytes).toString('utf8');
}

/** A text, or the pairs of a dict or list as a query. */
const urlencode = native(anything, {}, (value) => {
  if (!isDict(value) && !Array.isArray(value)) return percentEncoded(toText(value), '/');
  const pairs = isDict(value) ? entriesOf(value) : value.map((pair) => itemsOf(pair) ?? []);
  return pairs
    .map((pair) => pair.map((part) => percentEncoded(toText(part), '').replaceAll('%20', '+')).join('='))
    .join('&');
});

/** Name-based UUID, version 5, in Ansible's namespace unless another is given. */
const toUuid = native(text, { namespace: string }, (name, { namespace = '361E6D51-FAEC-444A-9079-341386DA8E2E' }) => {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  if (space.length !== 16) throw new TemplateError(`"${namespace}" is no UUID`);
  const digest = createHash('sha1').update(space).update(name).digest().subarray(0, 16);
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
});

export const encodingFilters: Readonly<Record<string, Native>> = {
  to_json: jsonFilter({}),
  to_nice_json: jsonFilter({ indent: 4, sortKeys: true }),
  tojson: native(anything, { indent: anything }, (value, { indent }) =>
    dumpJson(value, {
      indent: indent === undefined || indent === null ? undefined : Number(indent),
      sortKeys: true,
    }).replace(/[<>&']/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
  ),
  from_json: native(text, {}, readJson),
  to_yaml: yamlFilter({ indent: 2, flow: null }),
  to_nice_yaml: yamlFilter({ indent: 4, flow: false }),
  from_yaml: fromYaml(loadYamlValue),
  from_yaml_all: fromYaml(loadYamlValues),
  b64encode: native(text, { encoding: string }, (value, { encoding = 'utf-8' }) =>
    Buffer.from(value, nodeEncoding(encoding)).toString('base64'),
  ),
  b64decode: native(text, { encoding: string }, (value, { encoding = 'utf-8' }) => decodeBase64(value, encoding)),
  md5: hashed('md5'),
  sha1: hashed('sha1'),
  checksum: hashed('sha1'),
  hash: native(text, { hashtype: string }, (value, { hashtype = 'sha1' }) => hash(hashtype)(value)),
  password_hash: native(
    text,
    { hashtype: string, salt: anything, salt_size: anything, rounds: anything, ident: anything },
    (value, { hashtype = 'sha512', salt, salt_size, rounds, ident }) =>
      cryptPassword(value, hashtype, {
        salt: typeof salt === 'string' ? salt : undefined,
        saltSize: salt_size == null ? undefined : Number(salt_size),
        rounds: rounds == null ? undefined : Number(rounds),
        ident: typeof ident === 'string' ? ident : undefined,
      }),
  ),
  to_uuid: toUuid,
  urlencode,
  urldecode: native(string, {}, percentDecoded),
};
