/** Where vault passwords come from: flags, settings, files, scripts, the terminal. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { exitCodes, KplayError } from '../errors.ts';
import type { VaultSecret } from '../source/vault.ts';
import { askSecret, type Terminal } from './secret-input.ts';

export interface VaultOptions {
  /** `ID@SOURCE` or `SOURCE`; a source is a file, a script that prints the password, or `prompt`. */
  readonly vaultId: readonly string[];
  readonly vaultPasswordFile: readonly string[];
  readonly askVaultPass: boolean;
  readonly input: boolean;
  readonly vaultIdentityList?: readonly string[];
  readonly vaultDefaultFile?: string;
}

/** All passwords, in the order they are given. Throws KplayError for one that cannot be had. */
export async function vaultSecrets(options: VaultOptions): Promise<readonly VaultSecret[]> {
  const inherited = [...(options.vaultIdentityList ?? []), options.vaultDefaultFile];
  const named = [...options.vaultId, ...options.vaultPasswordFile, ...(options.askVaultPass ? ['prompt'] : [])];
  const sources = [...named, ...inherited].filter((one): one is string => Boolean(one?.trim()));
  const secrets: VaultSecret[] = [];
  for (const source of sources) {
    const [, id = 'default', from = ''] = /^(?:([^@]*)@)?(.*)$/.exec(source.trim()) ?? [];
    secrets.push({ id: id || 'default', password: await passwordFrom(from, id || 'default', options) });
  }
  return secrets;
}

async function passwordFrom(source: string, id: string, { input }: VaultOptions): Promise<string> {
  const terminal: Terminal = { input: process.stdin, output: process.stderr };
  const password = /^prompt/.test(source)
    ? await askSecret(id === 'default' ? 'Vault password' : `Vault password (${id})`, terminal, input)
    : isScript(source)
      ? said(source, id)
      : contentOf(source);
  if (password === '') throw refused(`the vault password from ${source} is empty`);
  return password;
}

function isScript(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a script prints. One whose name ends in `-client` is told which id is asked for. */
function said(script: string, id: string): string {
  const words = /-client(\.\w+)?$/.test(basename(script)) ? ['--vault-id', id] : [];
  const path = script.includes('/') ? script : `./${script}`;
  const { status, stdout, error } = spawnSync(path, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (error || status !== 0)
    throw refused(`the vault password script ${script} failed: ${error?.message ?? `exit code ${status}`}`);
  return stdout.trim();
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw refused(`cannot read the vault password file ${path}: ${(error as Error).message}`);
  }
}

const refused = (message: string) => new KplayError([{ message }], { exitCode: exitCodes.usage });
