/** Tests of texts. */
import { TemplateError } from '../errors.ts';
import { type Native, native, strictList, string, text, truth } from '../evaluate/native.ts';
import { pythonRegex } from '../python/regex.ts';
import { toText } from '../python/text.ts';
import { about } from './forms.ts';

function matching(find: (value: string, regex: RegExp) => boolean): Native {
  return native(
    text,
    { pattern: text, ignorecase: truth, multiline: truth },
    (value, { pattern = '', ignorecase, multiline }) =>
      find(value, pythonRegex(pattern, { ignoreCase: ignorecase, multiline })),
  );
}

/** An address whose scheme is one of those given, if any are. */
const address = (shape: RegExp): Native =>
  native(text, { schemes: strictList }, (value, { schemes }) => {
    const scheme = shape.exec(value)?.[1]?.toLowerCase();
    return scheme !== undefined && (schemes === undefined || schemes.some((one) => toText(one) === scheme));
  });

const atStart = (value: string, regex: RegExp) =>
  regex.exec(value) !== null && new RegExp(regex.source, regex.flags.replace('g', 'y')).test(value);

const matchTypes: Readonly<Record<string, (value: string, regex: RegExp) => boolean>> = {
  search: (value, regex) => value.search(regex) >= 0,
  match: atStart,
  fullmatch: (value, regex) => new RegExp(`^(?:${regex.source})$`, regex.flags.replace(/[gm]/g, '')).test(value),
};

export const textTests: Readonly<Record<string, Native>> = {
  upper: native(text, {}, (value) => value !== value.toLowerCase() && value === value.toUpperCase()),
  lower: native(text, {}, (value) => value !== value.toUpperCase() && value === value.toLowerCase()),
  match: matching(atStart),
  search: matching(matchTypes['search']!),
  regex: native(text, { pattern: text, ignorecase: truth, multiline: truth, match_type: string }, (value, args) => {
    const { pattern = '', ignorecase, multiline, match_type: type = 'search' } = args;
    if (!Object.hasOwn(matchTypes, type)) throw new TemplateError('match_type is search, match or fullmatch');
    return matchTypes[type]!(value, pythonRegex(pattern, { ignoreCase: ignorecase, multiline }));
  }),
  abs: about((value) => toText(value).startsWith('/')),
  uri: address(/^([A-Za-z][A-Za-z0-9+.-]*):./),
  url: address(/^([A-Za-z][A-Za-z0-9+.-]*):\/\/[^/?#]+/),
  urn: about((value) => /^urn:[A-Za-z0-9-]+:./i.test(toText(value))),
  vault_encrypted: about((value) => typeof value === 'string' && value.startsWith('$ANSIBLE_VAULT;')),
};
