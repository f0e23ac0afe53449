/** What ansible-core makes of each of these templates, kplay makes of it too. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { TemplateError } from '../../engine/template/errors.ts';
import { trusted } from '../../engine/template/evaluate/raw.ts';
import { compactJson } from '../../engine/template/python/json.ts';
import { readJson } from '../../engine/template/python/read-json.ts';
import { renderValue } from '../../engine/template/render.ts';
import { environmentOf } from './environment.ts';

interface Case {
  readonly template: string;
  readonly value?: unknown;
  readonly error?: string;
}

// The path holds from the sources and from compiled output in a folder beside them: both are run from the checkout.
const { vars, cases } = readJson(readFileSync('spec/fixtures/jinja/cases.json', 'utf8')) as {
  readonly vars: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
};

/** Where kplay differs on purpose, and why. */
const different: Readonly<Record<string, string>> = {
  '{{ ips | ipaddr }}': 'core has no ipaddr without a collection; kplay brings it along',
  "{{ '10.0.0.1/24' | ansible.utils.ipaddr('network') }}":
    'core has no ipaddr without a collection; kplay brings it along',
};

const names = Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, trusted(value)]));
const folders = new Set(['/etc']);
const environment = environmentOf(names, {
  lookups: { pipe: (terms) => terms.map((term) => String(term).replace(/^echo /, '')) },
  tests: { directory: (value) => folders.has(String(value)), exists: (value) => folders.has(String(value)) },
});

describe('templates as ansible-core evaluates them', () => {
  for (const { template, value, error } of cases) {
    const title = JSON.stringify(template);
    if (Object.hasOwn(different, template)) {
      it.skip(`${title}: ${different[template]}`);
    } else if (error === undefined) {
      it(`${title} is ${compactJson(value)}`, () => {
        expect(renderValue(template, environment)).to.deep.equal(value);
      });
    } else {
      it(`${title} is an error`, () => {
        expect(() => renderValue(template, environment)).to.throw(TemplateError);
      });
    }
  }

  it('leaves out next to none of them', () => {
    expect(Object.keys(different).length).to.be.below(cases.length * 0.02);
  });
});
