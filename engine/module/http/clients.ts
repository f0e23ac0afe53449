/** What of a host can send HTTP requests. */
import type { QueryKind } from '../../target/query.ts';

/** True when the host has curl; without it requests go over a bare connection. */
export const curlKind: QueryKind<'', boolean> = {
  name: 'curl',
  domains: ['packages', 'files'],
  id: () => 'host',
  script: () => 'command -v curl\n:',
  parse: (stdout, keys) => keys.map(() => stdout.toString().trim() !== ''),
};
