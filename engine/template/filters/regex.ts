/** Filters with regular expressions. */
import { TemplateError } from '../errors.ts';
import { fresh } from '../evaluate/fresh.ts';
import { integer, must, type Native, native, string, text, truth } from '../evaluate/native.ts';
import { groupOf, pythonRegex, replaceMatches } from '../python/regex.ts';
import { tuple } from '../python/types.ts';

const flags = { ignorecase: truth, multiline: truth };

const replace = native(
  text,
  { pattern: text, replacement: text, ...flags, count: integer, mandatory_count: integer },
  (
    value,
    { pattern = '', replacement = '', ignorecase, multiline, count = 0, mandatory_count: mandatory = 0 },
    session,
  ) => {
    const replaced = replaceMatches(
      value,
      pythonRegex(pattern, { ignoreCase: ignorecase, multiline }),
      replacement,
      count,
    );
    if (mandatory > 0 && replaced.count !== mandatory)
      throw new TemplateError(
        `regex_replace: "${pattern}" was to match ${mandatory} times, but did ${replaced.count} times`,
      );
    session.meter.characters(replaced.text.length);
    return replaced.text;
  },
);

/** The match, or the groups asked for as `\\1` or `\\g<name>`; None when there is none. */
const search: Native = (session, input, given) => {
  const [pattern, ...groups] = given.positional;
  const read = native(text, { regex: must(string), ...flags }, (value, { regex, ignorecase, multiline }) => {
    const [match] = value.matchAll(pythonRegex(regex, { ignoreCase: ignorecase, multiline }));
    if (!match) return null;
    if (groups.length === 0) return match[0];
    return fresh(groups.map((group) => groupOf(match, groupName(string(session, group, 'a group')))));
  });
  return read(session, input, { positional: pattern === undefined ? [] : [pattern], named: given.named });
};

function groupName(reference: string): string {
  const name = /^\\(?:g<(\w+)>|(\d+))$/.exec(reference);
  if (!name) throw new TemplateError(`regex_search: "${reference}" is no group: write \\1 or \\g<name>`);
  return name[1] ?? name[2]!;
}

/** All matches: the text of each, or of its group, or of its groups. */
const findall = native(
  text,
  { regex: must(string), multiline: truth, ignorecase: truth },
  (value, { regex, multiline, ignorecase }, session) => {
    const found = [...value.matchAll(pythonRegex(regex, { ignoreCase: ignorecase, multiline }))];
    session.meter.items(found.length);
    return fresh(
      found.map((match) =>
        match.length === 1
          ? match[0]
          : match.length === 2
            ? (match[1] ?? '')
            : tuple(match.slice(1).map((one) => one ?? '')),
      ),
    );
  },
);

const posixBasic = /[.^$*[\]\\]/g;

export const regexFilters: Readonly<Record<string, Native>> = {
  regex_replace: replace,
  regex_search: search,
  regex_findall: findall,
  regex_escape: native(text, { re_type: string }, (value, { re_type: type = 'python' }) => {
    if (type === 'posix_basic') return value.replace(posixBasic, '\\$&');
    if (type !== 'python') throw new TemplateError('regex_escape knows the types python and posix_basic');
    return value.replace(/[\\.^$*+?{}[\]|()\-&~# \t\n\r\v\f]/g, '\\$&');
  }),
};
