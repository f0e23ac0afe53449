/** The text of a file as it is meant, opened where it is encrypted. */
import { keepUnseen } from './unseen.ts';
import { isVaulted, type Vault } from './vault.ts';
import { vaultedValues } from './vaulted-values.ts';

/** `onSecret` is told of every text in vaulted variables. Throws KplayError when the file cannot be opened. */
export function openedText(
  written: string,
  file: string,
  vault: Vault,
  onSecret: (value: string) => void = () => {},
): string {
  if (!isVaulted(written)) return written;
  const text = vault.open(written, { file, line: 1, column: 1 }).toString('utf8');
  keepUnseen(text);
  vaultedValues(text, file).forEach(onSecret);
  return text;
}
