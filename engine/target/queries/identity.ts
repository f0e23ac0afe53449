/** Who one is on the host. */
import type { QueryKind } from '../query.ts';

export interface Identity {
  readonly uid: number;
  /** Numbers of all groups one is in. */
  readonly groups: readonly number[];
}

/** The user that the host's shell runs as. */
export const identityKind: QueryKind<'', Identity> = {
  name: 'identity',
  domains: ['accounts'],
  id: () => '',
  script: () => 'id -u; id -G',
  parse(stdout, keys) {
    const [uid = '', groups = ''] = stdout.toString().split('\n');
    if (!/^\d+$/.test(uid)) throw new Error(`id tells no number: ${uid}`);
    return keys.map(() => ({ uid: Number(uid), groups: groups.split(' ').filter(Boolean).map(Number) }));
  },
};
