import type { Problem } from '../../errors.ts';
import { Float } from '../../source/float.ts';
import type { Pointer, YamlDocument } from '../../source/yaml.ts';
import type { Rule, Subject } from '../rule.ts';

export const versionFloat: Rule = {
  id: 'version-float',
  level: 'warning',
  summary: 'A version is text, not a number with a point.',
  explanation: `YAML reads 1.10 as the number 1.1: the zero is gone before anybody sees it. Numbers that end in a zero behind the point are
told of wherever they stand, others under a name with "version" or "release" in it (1.9 works until 1.10 comes).

    kubernetes_release: 1.20        # is 1.2
    kubernetes_release: "1.20"      # is 1.20`,
  check,
};

function* check({ documents }: Subject): Generator<Problem> {
  for (const document of documents.parsed()) yield* inside(document.value, [], document);
}

function* inside(value: unknown, pointer: Pointer, document: YamlDocument): Generator<Problem> {
  if (typeof value === 'object' && value !== null && !(value instanceof Float)) {
    const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [key, part] of entries) yield* inside(part, [...pointer, key], document);
  }
  if (typeof value !== 'number' && !(value instanceof Float)) return;
  const at = document.locate(pointer);
  const line = document.text.split(/\r\n|\n|\r/, at.line)[at.line - 1] ?? '';
  const written = /^\d+\.\d+(?![\w.])/.exec(line.slice(at.column - 1))?.[0];
  if (written === undefined) return;
  const name = String(pointer.findLast((step) => typeof step === 'string') ?? '');
  const losesZero = /\.\d+0$/.test(written);
  if (!losesZero && !/version|release/i.test(name)) return;
  const message = losesZero
    ? `${written} is the number ${value}: its last zero is lost.`
    : `${written} is a number, not a version.`;
  yield { message, at, hint: `write "${written}"` };
}
