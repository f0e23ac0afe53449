/** `kplay vault …`: what ansible-vault does, on files of the same formats. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes, KplayError } from '../errors.ts';
import { isVaulted, seal, type VaultSecret, vaultWith } from '../source/vault.ts';
import { askSecret } from './secret-input.ts';
import type { VaultCommand } from './vault-actions.ts';
import { vaultSecrets } from './vault-secrets.ts';

/** Does it. Throws KplayError; a file that cannot be done leaves all files as they were. */
export async function vaultCommand(command: VaultCommand): Promise<number> {
  // before anybody is asked for a password
  if (command.action !== 'encrypt-string')
    for (const file of command.operands)
      if (file !== stdin && !existsSync(file)) throw mistake(`cannot read ${file}: there is no such file`);
  const given = await vaultSecrets(command);
  const secrets = given.length > 0 ? given : await vaultSecrets({ ...command, askVaultPass: true });
  const vault = vaultWith(secrets);
  const opened = (file: string) => vault.open(contentOf(file), { file, line: 1, column: 1 });
  switch (command.action) {
    case 'encrypt': {
      const secret = chosen(secrets, command.encryptVaultId);
      const plain = command.operands.map((file) => [file, bytesOf(file)] as const);
      const already = plain.find(([, bytes]) => isVaulted(bytes));
      if (already) throw mistake(`${already[0]} is encrypted already`);
      for (const [file, bytes] of plain) replace(file, seal(bytes, secret));
      return exitCodes.ok;
    }
    case 'decrypt':
      for (const [file, plain] of command.operands.map((one) => [one, opened(one)] as const)) replace(file, plain);
      return exitCodes.ok;
    case 'view':
      for (const file of command.operands) process.stdout.write(opened(file));
      return exitCodes.ok;
    case 'edit':
      refuseStdin(command);
      for (const file of command.operands) edit(file, opened(file), secretOf(file, secrets));
      return exitCodes.ok;
    case 'encrypt-string':
      return encryptStrings(command, chosen(secrets, command.encryptVaultId));
    case 'rekey': {
      refuseStdin(command);
      const [fresh] = await vaultSecrets({
        ...command,
        vaultId: command.newVaultId ? [command.newVaultId] : [],
        vaultPasswordFile: command.newVaultPasswordFile ? [command.newVaultPasswordFile] : [],
        askVaultPass: !command.newVaultId && !command.newVaultPasswordFile,
      });
      const plain = command.operands.map((file) => [file, opened(file)] as const);
      for (const [file, bytes] of plain) replace(file, seal(bytes, fresh!));
      return exitCodes.ok;
    }
  }
}

async function encryptStrings({ operands, name, input }: VaultCommand, secret: VaultSecret): Promise<number> {
  const terminal = { input: process.stdin, output: process.stderr };
  const texts =
    operands.length > 0
      ? operands
      : [process.stdin.isTTY ? await askSecret('String to encrypt', terminal, input) : readFileSync(0, 'utf8')];
  for (const text of texts) {
    const sealed = seal(Buffer.from(text), secret).trimEnd();
    const indent = name === undefined ? '' : '  ';
    const body = sealed.split('\n').map((line) => `${indent || '  '}${line}`);
    process.stdout.write(`${name === undefined ? '' : `${name}: `}!vault |\n${body.join('\n')}\n`);
  }
  return exitCodes.ok;
}

/** The password to encrypt by: the one asked for, or the only one there is. */
function chosen(secrets: readonly VaultSecret[], id: string | undefined): VaultSecret {
  const found =
    id === undefined ? (secrets.length === 1 ? secrets[0] : undefined) : secrets.find((one) => one.id === id);
  if (found) return found;
  const ids = secrets.map((one) => one.id).join(', ');
  throw mistake(
    id === undefined
      ? `there are several vault passwords (${ids}): say by --encrypt-vault-id which one is meant`
      : `no vault password goes by the id "${id}" (there is: ${ids})`,
  );
}

/** The password that opens a file: what was encrypted by it stays encrypted by it. */
function secretOf(file: string, secrets: readonly VaultSecret[]): VaultSecret {
  const text = contentOf(file);
  const opens = (secret: VaultSecret) => {
    try {
      return vaultWith([secret]).open(text).length >= 0;
    } catch {
      return false;
    }
  };
  return secrets.find(opens)!;
}

/** In a folder of its own that nobody else may enter; what was not changed is not written. */
function edit(file: string, plain: Buffer, secret: VaultSecret): void {
  const folder = mkdtempSync(join(tmpdir(), 'kplay-vault-'));
  const path = join(folder, 'plain');
  try {
    writeFileSync(path, plain, { mode: 0o600 });
    const editor = process.env['VISUAL'] ?? process.env['EDITOR'] ?? 'vi';
    const { status } = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
    if (status !== 0) throw mistake(`the editor (${editor}) failed: ${file} is as it was`);
    const edited = readFileSync(path);
    if (!edited.equals(plain)) replace(file, seal(edited, secret));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was read from stdin goes to stdout. */
function replace(file: string, content: string | Buffer): void {
  if (file === stdin) {
    process.stdout.write(content);
    return;
  }
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: statSync(file).mode & 0o777, flag: 'wx' });
  renameSync(temporary, file);
}

const stdin = '-';

function refuseStdin({ action, operands }: VaultCommand): void {
  if (operands.includes(stdin)) throw mistake(`${action} needs files: it cannot change what comes by stdin`);
}

const contentOf = (file: string): string => bytesOf(file).toString('utf8');

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file === stdin ? 0 : file);
  } catch (error) {
    throw mistake(`cannot read ${file}: ${(error as Error).message}`);
  }
}

const mistake = (message: string) => new KplayError([{ message }]);
