/** `urlize`: addresses in a text become links, as Jinja makes them. */
import { anything, type Native, native, string, text, truth } from '../evaluate/native.ts';
import { escapeHtml } from './strings.ts';

const web =
  /^(?:(?:https?:\/\/|www\.)(?:(?:[\w%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})|(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const mail = /^\S+@\w[\w.-]*\.\w+$/;
/** Pairs that belong to an address as long as both are in it. */
const pairs = [
  ['(', ')'],
  ['&lt;', '&gt;'],
] as const;

/** What surrounds an address in prose is no part of it. */
function parted(word: string): readonly [head: string, address: string, tail: string] {
  const [head] = /^(?:\(|&lt;)*/.exec(word)!;
  const rest = word.slice(head.length);
  let [tail] = /(?:[).,]|&gt;)*$/.exec(rest)!;
  let address = rest.slice(0, rest.length - tail.length);
  for (const [open, close] of pairs) {
    for (let missing = count(address, open) - count(address, close); missing > 0; missing -= 1) {
      const end = tail.indexOf(close);
      if (end === -1) break;
      address += tail.slice(0, end + close.length);
      tail = tail.slice(end + close.length);
    }
  }
  return [head, address, tail];
}

const count = (whole: string, part: string) => whole.split(part).length - 1;

export const urlize: Native = native(
  text,
  { trim_url_limit: anything, nofollow: truth, target: string, rel: string, extra_schemes: anything },
  (value, { trim_url_limit: limit, nofollow = false, target, rel = '', extra_schemes: others }) => {
    const schemes = Array.isArray(others) ? others.map(String) : [];
    const words = new Set([...rel.split(/\s+/).filter(Boolean), ...(nofollow ? ['nofollow'] : []), 'noopener']);
    const about = ` rel="${[...words].sort().map(escapeHtml).join(' ')}"${target ? ` target="${escapeHtml(target)}"` : ''}`;
    const short = (address: string) =>
      typeof limit === 'number' && address.length > limit ? `${address.slice(0, limit)}...` : address;
    const linked = (address: string): string => {
      if (web.test(address)) {
        const url = /^https?:\/\//.test(address) ? address : `https://${address}`;
        return `<a href="${url}"${about}>${short(address)}</a>`;
      }
      if (address.startsWith('mailto:') && mail.test(address.slice(7)))
        return `<a href="${address}">${address.slice(7)}</a>`;
      if (!address.startsWith('www.') && !address.includes(':') && mail.test(address))
        return `<a href="mailto:${address}">${address}</a>`;
      return schemes.some((scheme) => address !== scheme && address.startsWith(scheme))
        ? `<a href="${address}"${about}>${address}</a>`
        : address;
    };
    return escapeHtml(value)
      .split(/(\s+)/)
      .map((word) => {
        const [head, address, tail] = parted(word);
        return head + linked(address) + tail;
      })
      .join('');
  },
);
