/** Values written as YAML. */
import { Unsafe } from '../template/values.ts';
import { Float, yamlFloat } from './float.ts';
import { DUMP_SCHEMA, dump, floatYaml11Tag, intYaml11Tag, strTag, visit } from './js-yaml.ts';
import { vaultTags } from './yaml-schema.ts';

export interface DumpOptions {
  /** Where long text is folded, 80; -1 never folds. */
  readonly width?: number;
  readonly sortKeys?: boolean;
}

/** DUMP_SCHEMA quotes every text that any version of YAML would read as something else. */
const dumpInteger = DUMP_SCHEMA.tags.find((tag) => tag.tagName === intYaml11Tag.tagName) as typeof intYaml11Tag;
const dumpFloat = DUMP_SCHEMA.tags.find((tag) => tag.tagName === floatYaml11Tag.tagName) as typeof floatYaml11Tag;
const dumpSchema = DUMP_SCHEMA.withTags(
  { ...dumpInteger, identify: (value) => typeof value === 'bigint' || dumpInteger.identify(value) },
  {
    ...dumpFloat,
    identify: (value) => value instanceof Float || dumpFloat.identify(value),
    represent: (value: number | Float) => yamlFloat(Number(value)),
  },
  {
    ...strTag,
    identify: (value) => typeof value === 'string' || value instanceof Unsafe,
    represent: (value: string | Unsafe) => (value instanceof Unsafe ? value.text : value),
  },
  vaultTags[0]!,
);

/** A value as YAML that any reader, of YAML 1.1 or 1.2, reads back as the same value. Ends with a newline. */
export function dumpYaml(value: unknown, options: DumpOptions = {}): string {
  const { width = 80, sortKeys = false } = options;
  return dump(value, {
    schema: dumpSchema,
    indent: 2,
    lineWidth: width,
    seqNoIndent: true,
    noRefs: true,
    transform: (documents) =>
      visit(documents, (node) => {
        if (sortKeys && node.kind === 'mapping') node.items.sort((a, b) => compare(keyText(a.key), keyText(b.key)));
      }),
  });
}

function keyText(key: { readonly kind: string; readonly value?: string }): string {
  return key.value ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
