/** The schema kplay reads YAML by: PyYAML's scalars with the exceptions of yaml-scalars.ts, `<<`, and Ansible's tags. */

import { toFloat } from '../template/python/numbers.ts';
import { Unsafe } from '../template/values.ts';
import { Float, float } from './float.ts';
import { defineScalarTag, FAILSAFE_SCHEMA, mapTag, mergeTag, NOT_RESOLVED, Schema } from './js-yaml.ts';
import { VaultScalar } from './vault-scalar.ts';
import { noteKey } from './written-keys.ts';
import { firstCharacters, isNull, readBoolean, readFloat, readInteger } from './yaml-scalars.ts';

/** `demanded` reads what the tag is written in front of. */
function implicitTag(name: string, firsts: readonly string[], read: (text: string) => unknown, demanded = read) {
  return defineScalarTag(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    implicitFirstChars: firsts,
    resolve: (text, isExplicit) => {
      const value = isExplicit ? demanded(text) : read(text);
      return value === undefined ? NOT_RESOLVED : value;
    },
    identify: () => false,
  });
}

/** `!!float 8` and `!!float 1e3` are floats although nothing in their text says so to YAML 1.1. */
function anyFloat(text: string): unknown {
  const value = toFloat(text);
  return value === undefined ? undefined : float(value);
}

export const vaultTags = ['!vault', '!vault-encrypted'].map((name) =>
  defineScalarTag(name, {
    resolve: (text) => new VaultScalar(text),
    identify: (value) => name === '!vault' && value instanceof VaultScalar,
    represent: (value: VaultScalar) => value.text,
  }),
);

const tags = [
  ...FAILSAFE_SCHEMA.tags,
  implicitTag('null', firstCharacters.null, (text) => (isNull(text) ? null : undefined)),
  implicitTag('bool', firstCharacters.boolean, readBoolean),
  implicitTag('int', firstCharacters.integer, readInteger),
  implicitTag('float', firstCharacters.float, readFloat, (text) => readFloat(text) ?? anyFloat(text)),
  mergeTag,
  defineScalarTag('!unsafe', { resolve: (text) => new Unsafe(text), identify: () => false }),
  ...vaultTags,
];

/** js-yaml either refuses a repeated key or is silent about it; this takes note, cheaply, that one may be there. */
export function schemaNoting(repeated: { seen: boolean }): Schema {
  return new Schema([
    ...tags,
    {
      ...mapTag,
      addPair: (mapping, key, value) => {
        const name = key instanceof Float ? String(key) : key;
        if (mapTag.has(mapping, name)) repeated.seen = true;
        noteKey(mapping as object, key);
        return mapTag.addPair(mapping, name, value);
      },
    },
  ]);
}
