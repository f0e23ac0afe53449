/** The two ends of a transfer: the controller and the host, one way or the other. */
import { posix } from 'node:path';
import type { ReadableTarget, Target } from '../../target/target.ts';
import type { Controller } from '../definition.ts';
import { expandHome } from '../home.ts';
import { controllerSource, hostSource, type Source } from './source.ts';
import type { SyncArgs } from './wishes.ts';

interface Paths {
  readonly src: string;
  readonly dest: string;
}

export interface Ends<T> {
  readonly from: Source;
  readonly to: T;
  /** The paths of the task as they are there: `~` made out, and dest on the controller below the playbook. */
  locate(asked: Paths): Promise<Paths>;
}

/** `download` is given where something is to be brought. */
export async function endsOf<T extends ReadableTarget>(
  { mode, copy_links }: SyncArgs,
  target: T,
  controller: Controller,
  download?: Target['download'],
): Promise<Ends<T | Target>> {
  if (mode === 'push') {
    const locate = async ({ src, dest }: Paths) => ({ src, dest: await expandHome(dest, target) });
    return { from: controllerSource(controller, copy_links), to: target, locate };
  }
  const to = await controller.local();
  const folder = String(controller.evaluate('playbook_dir'));
  const below = (dest: string) =>
    dest.endsWith('/') ? `${posix.resolve(folder, dest)}/` : posix.resolve(folder, dest);
  return {
    from: hostSource(target, download),
    to,
    async locate({ src, dest }) {
      return { src: await expandHome(src, target), dest: below(await expandHome(dest, to)) };
    },
  };
}
