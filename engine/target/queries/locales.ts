/** The locales that a host has. */
import type { QueryKind } from '../query.ts';

/** Names as `locale -a` prints them: `C`, `de_DE.utf8`. */
export const localesKind: QueryKind<'', readonly string[]> = {
  name: 'locales',
  domains: ['files', 'packages'],
  id: () => 'host',
  script: () => 'LC_ALL=C locale -a 2>/dev/null\n:',
  parse: (stdout, keys) => keys.map(() => stdout.toString().split('\n').filter(Boolean)),
};
