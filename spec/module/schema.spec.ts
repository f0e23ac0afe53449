import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type { ArgsLiteral } from '../../engine/module/arguments.ts';
import { settleArguments } from '../../engine/module/coerce.ts';
import type { ArgRules } from '../../engine/module/definition.ts';
import { literalOf } from '../../engine/module/literal.ts';
import { moduleCatalog } from '../../engine/module/load.ts';
import { checkArguments, toJsonSchema } from '../../engine/module/schema.ts';
import { Float } from '../../engine/source/float.ts';
import { Unknown } from '../../engine/template/values.ts';

const args = {
  name: { required: true, aliases: ['unit', 'service'], description: 'the unit' },
  state: { choices: ['started', 'stopped', 'no'] },
  enabled: { type: 'bool' },
  retries: { type: 'int', default: 3 },
  delay: { type: 'float' },
  groups: { type: 'list', elements: 'str' },
  ports: { type: 'list', elements: 'int' },
  env: { type: 'dict' },
  mode: { type: 'mode', words: ['preserve'] },
  content: { type: 'raw' },
  password: { secret: true },
  networks: {
    type: 'list',
    elements: 'dict',
    options: { name: { required: true }, aliases: { type: 'list' }, attached: { type: 'bool', default: true } },
  },
} as const satisfies ArgsLiteral;

const boxed = (value: number) => new Float(value);
const judged = (rules: ArgRules = {}) => ({ args: { ...args }, rules });

describe('arguments in a playbook', () => {
  const cases: Record<
    string,
    [values: Record<string, unknown>, problems: [path: string, message: string, hint?: string][]]
  > = {
    'may be anything that converts without loss': [
      {
        unit: 5,
        enabled: 'yes',
        retries: '7',
        delay: '1.5',
        groups: 'a, b',
        ports: '80,443',
        env: 'A=1 B="x y"',
        mode: '644',
      },
      [],
    ],
    'that hold templates are not judged': [
      { name: 'x', enabled: '{{ on }}', state: '{{ s }}', ports: ['{{ p }}'], networks: '{{ nets }}', mode: '{{ m }}' },
      [],
    ],
    'of the wrong type are named with the value': [
      { name: 'x', enabled: 'maybe', retries: 'many', env: ['a'] },
      [
        ['enabled', 'enabled must be a boolean, not "maybe"', 'write true or false'],
        ['retries', 'retries must be an integer, not "many"'],
        ['env', 'env must be a mapping, not a list'],
      ],
    ],
    'with an unknown name get a suggestion': [
      { nmae: 'x', name: 'y' },
      [['nmae', 'systemd has no argument "nmae"', 'Did you mean "name"?']],
    ],
    'outside the choices get a suggestion': [
      { name: 'x', state: 'startd' },
      [['state', 'state must be one of started, stopped, no; not "startd"', 'Did you mean "started"?']],
    ],
    'that are missing are named with what they mean': [{}, [['', 'systemd needs name', 'the unit']]],
    'given as null count as not given': [{ name: null }, [['', 'systemd needs name', 'the unit']]],
    'given under two names are refused': [
      { unit: 'a', service: 'b' },
      [['service', 'unit and service of systemd are the same argument', 'keep one of them']],
    ],
    'keep the name the user wrote in the path': [
      { unit: ['a'] },
      [['unit', 'unit must be text, not a list', 'quote it if text was meant']],
    ],
    'inside lists of mappings are judged with their path': [
      { name: 'x', networks: [{ name: 'a', attached: 'so' }, { nam: 'b' }] },
      [
        ['networks.0.attached', 'networks[0].attached must be a boolean, not "so"', 'write true or false'],
        ['networks.1', 'networks[1] needs name'],
        ['networks.1.nam', 'networks[1] has no argument "nam"', 'Did you mean "name"?'],
      ],
    ],
    'that are secret are never shown': [
      { name: 'x', password: { a: 1 } },
      [['password', 'password must be text, not what is given', 'quote it if text was meant']],
    ],
    'that are floats without a fraction are what they are asked to be': [
      { name: boxed(8), retries: boxed(8), delay: boxed(1), enabled: boxed(1), groups: boxed(2), ports: [boxed(80)] },
      [],
    ],
    'that are floats are no modes, no integers with a fraction, no mappings and no choices': [
      { name: 'x', state: boxed(8), enabled: boxed(2), retries: 1.5, env: boxed(8), mode: boxed(644) },
      [
        ['state', 'state must be one of started, stopped, no; not "8.0"'],
        ['enabled', 'enabled must be a boolean, not 2.0', 'write true or false'],
        ['retries', 'retries must be an integer, not 1.5'],
        ['env', 'env must be a mapping, not 8'],
        ['mode', "mode must be a mode such as '0644' or u=rw,g=r, not 644.0", 'quote it, without the point'],
      ],
    ],
    'that are integers beyond 2^53 are text, items of lists, and no integers': [
      { name: 2n ** 60n, groups: 2n ** 60n, retries: 2n ** 60n, mode: 2n ** 60n },
      [
        [
          'retries',
          'retries must be an integer, not 1152921504606846976',
          'up to 9007199254740991, either side of zero',
        ],
        ['mode', "mode must be a mode such as '0644' or u=rw,g=r, not 1152921504606846976"],
      ],
    ],
    'that are a mode without its zero get both readings': [
      { name: 'x', mode: 644 },
      [
        [
          'mode',
          "mode must be a mode such as '0644' or u=rw,g=r, not 644",
          "quote it: '0644' (or '1204', if that was written)",
        ],
      ],
    ],
    'that are bits no mode has are shown as octal': [
      { name: 'x', mode: 0o622 },
      [
        [
          'mode',
          "mode must be a mode such as '0644' or u=rw,g=r, not 402",
          "quote it: '0402' (or '0622', if that was written)",
        ],
      ],
    ],
    'that are a mode of words are symbolic or refused': [
      { name: 'x', mode: 'rw-r--r--' },
      [['mode', 'mode must be a mode such as \'0644\' or u=rw,g=r, not "rw-r--r--"']],
    ],
    'named __proto__ are refused': [
      JSON.parse('{"name":"x","__proto__":{"a":1}}'),
      [['__proto__', 'systemd has no argument "__proto__"']],
    ],
  };
  for (const [title, [values, wanted]] of Object.entries(cases)) {
    it(title, () => {
      const found = checkArguments(judged(), 'systemd', values, { templates: 'skip' });
      expect(found.map(({ path, message }) => [path.join('.'), message])).to.deep.equal(
        wanted.map(([path, message]) => [path, message]),
      );
      for (const [index, [, , hint]] of wanted.entries())
        if (hint !== undefined) expect(found[index]!.hint).to.equal(hint);
    });
  }

  it('that are text holding braces are judged once nothing is left to render', () => {
    const found = checkArguments(judged(), 'systemd', { name: 'x', enabled: '{{ on }}' }, { templates: 'none' });
    expect(found.map((problem) => problem.message)).to.deep.equal(['enabled must be a boolean, not "{{ on }}"']);
  });
});

describe('relations between arguments', () => {
  const rules: ArgRules = {
    requiredOneOf: [['state', 'enabled']],
    mutuallyExclusive: [['content', 'env']],
    requiredTogether: [['delay', 'groups']],
    requiredIf: [
      ['state', 'stopped', ['env']],
      ['retries', 3, ['ports']],
    ],
  };
  const cases: Record<string, [Record<string, unknown>, string[]]> = {
    'that are kept say nothing': [{ name: 'x', state: 'started', retries: 1 }, []],
    'want one of several': [{ name: 'x', retries: 1 }, ['systemd needs one of state, enabled']],
    'exclude each other': [
      { name: 'x', enabled: true, retries: 1, content: 1, env: {} },
      ['content and env of systemd exclude each other'],
    ],
    'want several together': [
      { name: 'x', enabled: true, retries: 1, delay: 1 },
      ['delay, groups of systemd go together'],
    ],
    'depend on a value': [{ name: 'x', state: 'stopped', retries: 1 }, ['systemd with state stopped needs env']],
    'depend on a default': [{ name: 'x', state: 'started' }, ['systemd with retries 3 needs ports']],
    'count a template as given': [{ name: 'x', state: '{{ s }}', retries: 1 }, []],
  };
  for (const [title, [values, wanted]] of Object.entries(cases)) {
    it(title, () => {
      const found = checkArguments(judged(rules), 'systemd', values, { templates: 'skip' });
      expect(found.map((problem) => problem.message)).to.deep.equal(wanted);
    });
  }
});

describe('settled arguments', () => {
  const cases: Record<string, [Record<string, unknown>, Record<string, unknown>]> = {
    'have their real names and defaults': [{ unit: 'x' }, { name: 'x', retries: 3 }],
    'are booleans where a person wrote one': [
      { name: 'x', enabled: 'Off' },
      { name: 'x', enabled: false, retries: 3 },
    ],
    'are text as Python writes it': [{ name: true }, { name: 'True', retries: 3 }],
    'are the choice that YAML took for a boolean': [
      { name: 'x', state: false },
      { name: 'x', state: 'no', retries: 3 },
    ],
    'are lists from one value or a line of text': [
      { name: 'x', groups: 7, ports: '1, 2' },
      { name: 'x', groups: ['7'], ports: [1, 2], retries: 3 },
    ],
    'are mappings from JSON or pairs': [
      { name: 'x', env: '{"a": [1]}' },
      { name: 'x', env: { a: [1] }, retries: 3 },
    ],
    'are floats as Python has them': [
      {
        name: boxed(8),
        retries: boxed(3),
        delay: boxed(1),
        groups: [boxed(1), 1e-7],
        content: [boxed(8)],
        env: { A: boxed(8) },
      },
      { name: '8.0', retries: 3, delay: 1, groups: ['1.0', '1e-07'], content: [boxed(8)], env: { A: boxed(8) } },
    ],
    'are mappings of JSON with its floats': [
      { name: 'x', env: '{"a": 8.0}' },
      { name: 'x', env: { a: boxed(8) }, retries: 3 },
    ],
    'are four digits where they are a mode': [
      { name: 'x', mode: '0o755' },
      { name: 'x', mode: '0755', retries: 3 },
    ],
    'keep symbolic modes and words': [
      { name: 'x', mode: 'u=rwX,go-w' },
      { name: 'x', mode: 'u=rwX,go-w', retries: 3 },
    ],
    'have the defaults of mappings inside them': [
      { name: 'x', networks: [{ name: 'a' }] },
      { name: 'x', networks: [{ name: 'a', attached: true }], retries: 3 },
    ],
  };
  for (const [title, [values, wanted]] of Object.entries(cases)) {
    it(title, () => {
      const { args: settled, problems } = settleArguments(judged(), values);
      expect(problems).to.deep.equal([]);
      expect(settled).to.deep.equal(wanted);
    });
  }

  it('keep what is not known yet, at any depth', () => {
    const later = new Unknown('a command has not run');
    const { args: settled, problems } = settleArguments(judged(), { name: later, ports: [later], networks: later });
    expect(problems).to.deep.equal([]);
    expect(settled).to.deep.equal({ name: later, ports: [later], networks: later, retries: 3 });
  });

  it('do not share the defaults of the definition', () => {
    const module = { args: { items: { type: 'list', default: [] } } } as const;
    const first = settleArguments(module, {}).args['items'] as unknown[];
    first.push(1);
    expect(settleArguments(module, {}).args['items']).to.deep.equal([]);
  });

  it('keep the floats of a default', () => {
    const module = { args: literalOf({ share: { type: 'raw', default: { of: [boxed(8)] } } }) };
    expect(settleArguments(module, {}).args).to.deep.equal({ share: { of: [boxed(8)] } });
  });

  it('compare floats with the choices of an argument spec as numbers', () => {
    const module = { args: literalOf({ i: { type: 'int', choices: [boxed(8)] }, s: { choices: [boxed(8)] } }) };
    expect(settleArguments(module, { i: boxed(8) })).to.deep.equal({ args: { i: 8 }, problems: [] });
    expect(settleArguments(module, { s: boxed(8) }).problems.map(({ message }) => message)).to.deep.equal([
      's must be one of 8.0; not "8.0"',
    ]);
  });

  it('take any name where the module says so', () => {
    const module = { args: { cacheable: { type: 'bool', default: false } }, otherArgs: { type: 'raw' } } as const;
    expect(settleArguments(module, { a: null, b: [1] })).to.deep.equal({
      args: { cacheable: false, a: null, b: [1] },
      problems: [],
    });
  });
});

describe('the JSON Schema of arguments', () => {
  it('says types, needs and choices', () => {
    expect(
      toJsonSchema({ name: { required: true }, ports: { type: 'list', elements: 'int', choices: [1, 2] } }),
    ).to.deep.equal({
      type: 'object',
      properties: { name: { type: 'string' }, ports: { type: 'array', items: { type: 'integer', enum: [1, 2] } } },
      additionalProperties: false,
      required: ['name'],
    });
  });
});

describe('the arguments of every module', () => {
  // at run time the schemas are trusted, so here they are judged
  it('are a valid JSON Schema', async () => {
    const catalog = moduleCatalog([fileURLToPath(new URL('../../engine/modules', import.meta.url))]);
    await catalog.load(catalog.names());
    const judge = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
    for (const name of catalog.names()) {
      const { args, rules, otherArgs } = catalog.get(name);
      expect(judge.validateSchema(toJsonSchema(args, rules, otherArgs)), name).to.equal(true);
    }
  });
});
