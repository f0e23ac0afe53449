import { readFileSync } from 'node:fs';
import { exitCodes, KplayError } from '../errors.ts';
import { isPlain } from '../module/convert.ts';
import { parseKeyValues } from '../playbook/key-value.ts';
import { openedText } from '../source/opened-text.ts';
import type { Vault } from '../source/vault.ts';
import { parseYaml } from '../source/yaml.ts';

/**
 * Reads every `-e`: `k=v …`, a JSON or YAML mapping, or `@file`; later ones win. `onSecret` is told of every text in vaulted files.
 * Throws KplayError.
 */
export function readExtraVars(
  given: readonly string[],
  vault: Vault,
  onSecret?: (value: string) => void,
): Readonly<Record<string, unknown>> {
  return Object.assign({}, ...given.map((text) => readOne(text, vault, onSecret)));
}

function readOne(text: string, vault: Vault, onSecret?: (value: string) => void): Readonly<Record<string, unknown>> {
  if (text.startsWith('@')) {
    const file = text.slice(1);
    return mapping(openedText(readFile(file), file, vault, onSecret), file);
  }
  const trimmed = text.trim();
  if (trimmed.startsWith('{') || trimmed.startsWith('[') || /^[\w.-]+:(\s|$)/.test(trimmed))
    return mapping(text, '--extra-vars');
  const { values, rest } = parseKeyValues(text, 'set_fact');
  if (rest)
    throw new KplayError([{ message: `-e "${rest}" is neither name=value, nor a mapping, nor @file` }], {
      exitCode: exitCodes.usage,
    });
  return values;
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new KplayError(
      [
        {
          message: `-e @${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message}`,
        },
      ],
      {
        exitCode: exitCodes.error,
        cause: error,
      },
    );
  }
}

function mapping(text: string, file: string): Readonly<Record<string, unknown>> {
  const { value, locate } = parseYaml(text, file);
  if (value === null) return {};
  if (!isPlain(value))
    throw new KplayError([{ message: 'extra vars must be a mapping of names to values', at: locate([]) }]);
  return value;
}
