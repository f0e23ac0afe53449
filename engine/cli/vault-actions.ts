import type { VaultOptions } from './vault-secrets.ts';

export const vaultActions = ['encrypt', 'decrypt', 'view', 'edit', 'encrypt-string', 'rekey'] as const;

export interface VaultCommand extends VaultOptions {
  readonly action: (typeof vaultActions)[number];
  /** Files; for encrypt-string, texts. */
  readonly operands: readonly string[];
  /** encrypt-string: the variable's name. */
  readonly name?: string | undefined;
  readonly encryptVaultId?: string | undefined;
  readonly newVaultId?: string | undefined;
  readonly newVaultPasswordFile?: string | undefined;
}
