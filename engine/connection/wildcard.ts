/** ssh's patterns for names. */

/** `*` and `?` only; brackets stand for themselves. Linear in time whatever the pattern. */
export function wildcard(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  let at = 0;
  let star = -1;
  let retry = 0;
  for (let index = 0; index < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      retry = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++retry;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}
