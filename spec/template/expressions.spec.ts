/** A thousand expressions, made at random: each filter, test, method and operator on values of every kind. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Float, floatText } from '../../engine/source/float.ts';
import { TemplateError } from '../../engine/template/errors.ts';
import { trusted } from '../../engine/template/evaluate/raw.ts';
import { renderValue } from '../../engine/template/render.ts';
import { environmentOf } from './environment.ts';

const fixture = (name: string) => JSON.parse(readFileSync(`spec/fixtures/jinja/${name}.json`, 'utf8'));
const { vars } = fixture('cases') as { readonly vars: Readonly<Record<string, unknown>> };
const { expressions } = fixture('expressions') as { readonly expressions: Readonly<Record<string, unknown>> };
const environment = environmentOf(
  Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, trusted(value)])),
);

/** A value with its type, as the fixture has them: `i:1`, `f:1.0`, `s:text`. */
function typed(value: unknown): unknown {
  if (value === null) return 'n';
  if (typeof value === 'boolean') return value ? 'b:True' : 'b:False';
  if (typeof value === 'string') return `s:${value}`;
  if (value instanceof Float) return `f:${floatText(value.value)}`;
  if (typeof value === 'bigint' || Number.isInteger(value)) return `i:${value}`;
  if (typeof value === 'number') return `f:${floatText(value)}`;
  if (Array.isArray(value)) return value.map(typed);
  const entries = value instanceof Map ? [...value] : Object.entries(value as object);
  return Object.fromEntries(entries.map(([key, one]) => [typed(key), typed(one)]));
}

describe('expressions as ansible-core evaluates them', () => {
  for (const [expression, value] of Object.entries(expressions))
    it(expression, () => {
      const evaluate = () => renderValue(`{{ ${expression} }}`, environment);
      if (value === 'error') expect(evaluate).to.throw(TemplateError);
      else expect(typed(evaluate())).to.deep.equal(value);
    });
});
