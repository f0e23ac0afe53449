/** `urlize`, and `urlsplit`: the parts of a URL, as Python's `urllib.parse` names them. */
import { TemplateError } from '../errors.ts';
import { type Native, native, string } from '../evaluate/native.ts';
import { urlize } from './urlize.ts';

const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/;

function split(url: string): Readonly<Record<string, unknown>> {
  const [, scheme = '', netloc = '', path = '', query = '', fragment = ''] = parts.exec(url) ?? [];
  const at = netloc.lastIndexOf('@');
  const user = at < 0 ? undefined : netloc.slice(0, at);
  const host = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(netloc.slice(at + 1));
  const colon = user?.indexOf(':') ?? -1;
  return {
    fragment,
    hostname: host?.[1] ? host[1].replace(/^\[|\]$/g, '').toLowerCase() : null,
    netloc,
    password: user === undefined || colon < 0 ? null : user.slice(colon + 1),
    path,
    port: host?.[2] ? Number(host[2]) : null,
    query,
    scheme: scheme.toLowerCase(),
    username: user === undefined ? null : colon < 0 ? user : user.slice(0, colon),
  };
}

export const urlFilters: Readonly<Record<string, Native>> = {
  urlize,
  urlsplit: native(string, { query: string }, (url, { query }) => {
    const all = split(url);
    if (query === undefined || query === '') return all;
    if (!Object.hasOwn(all, query))
      throw new TemplateError(`urlsplit knows ${Object.keys(all).join(', ')}, not "${query}"`);
    return all[query];
  }),
};
