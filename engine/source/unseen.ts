/** Texts that no message may show a line of: those of files that are encrypted. */
import { isVaulted } from './vault.ts';

const unseen = new Set<string>();

/** From here on no code frame, and no message about its form, shows anything of this text. */
export function keepUnseen(text: string): void {
  unseen.add(text);
}

export const mayBeSeen = (text: string): boolean => !isVaulted(text) && !unseen.has(text);
