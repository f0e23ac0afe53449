/** Whitespace around tags is Jinja2's. */
import { expect } from 'chai';
import { renderText, type TextOptions } from '../../engine/template/render.ts';
import { environmentOf } from './environment.ts';

const environment = {
  ...environmentOf({ x: 1, list: [1, 2], line: 'n\n' }),
  load: (name: string) => (name === 'part' ? { text: 'part\n', file: name } : undefined),
};

describe('whitespace of template files', () => {
  const cases: readonly (readonly [title: string, source: string, expected: string, options?: Partial<TextOptions>])[] =
    [
      ['drops the newline after a block tag', '{% if x %}\na\n{% endif %}\nb\n', 'a\nb\n'],
      ['keeps it when told so', '{% if x %}\na\n{% endif %}\nb\n', '\na\n\nb\n', { trimBlocks: false }],
      ['keeps the newline after a variable', '{{ x }}\nb', '1\nb'],
      ['keeps blanks before a block tag', '  {% if x %}\na{% endif %}', '  a'],
      [
        'drops them when told so',
        ' a\n  {% if x %}\n  b\n\t{% endif %}\nc {% if x %}d{% endif %}',
        ' a\n  b\nc d',
        { lstripBlocks: true },
      ],
      ['keeps them before a plus sign', '  {%+ if x %}a{% endif %}', '  a', { lstripBlocks: true }],
      ['keeps the newline after a plus sign', '{% if x +%}\na{% endif %}', '\na'],
      ['drops all of it at a minus sign', 'a \n {%- if x -%} \n b \n {%- endif -%} \n c', 'abc'],
      ['drops it around a variable at a minus sign', 'a {{- x -}} b', 'a1b'],
      ['treats comments as block tags', 'a\n{# c\nd #}\nb {#- c -#} e', 'a\nbe'],
      [
        'keeps raw blocks as they are',
        '{% raw %}{{ x }}{% if %}{# c #}{% endraw %}\n{{ x }}',
        '{{ x }}{% if %}{# c #}1',
      ],
      ['trims raw blocks at their signs', 'a {%- raw -%} b {%- endraw -%} c', 'abc'],
      ['keeps the last newline', 'a\n', 'a\n'],
      ['drops it when told so', 'a\n', 'a', { keepTrailingNewline: false }],
      ['ends as its text does, also where a block tag is last', '{% for i in list %}{{ i }}{% endfor %}\n', '12\n'],
      ['ends as its text does, also where a block tag eats a line', '{% if x -%}\na\n{%- endif %}\n\n', 'a\n\n'],
      ['ends with no more than that where its last value ends a line', '{{ line }}\n', 'n\n'],
      ['ends with what its values bring where that is more', '{{ line }}{{ line }}\n', 'n\nn\n'],
      [
        'ends as its text does, whatever its last macro wrote',
        '{% macro m() %}\nM\n{% endmacro %}\n{{ m() }}\n',
        'M\n',
      ],
      [
        'includes a file without its last line end',
        'a {% include "part" %}!\n{% include "part" %}\nb\n',
        'a part!\npartb\n',
      ],
      ['ends lines it lacks as it is told', '{% for i in list %}{{ i }}{% endfor %}\n', '12\r\n', { newline: '\r\n' }],
      ['reads any line end, and writes \\n', 'a\r\n{% if x %}\r\nb\r\n{% endif %}\r\nc', 'a\nb\nc'],
      ['writes the line end it is told', 'a\n{% if x %}\nb\n{% endif %}\n', 'a\r\nb\r\n', { newline: '\r\n' }],
      [
        'takes other delimiters',
        '<% if x %>\n[[ x ]] {{ x }}\n<% endif %><# c #>',
        '1 {{ x }}\n',
        {
          delimiters: {
            blockStart: '<%',
            blockEnd: '%>',
            variableStart: '[[',
            variableEnd: ']]',
            commentStart: '<#',
            commentEnd: '#>',
          },
        },
      ],
      ['finds the end of a tag behind brackets', '{{ {"a": {"b": x}} }}|{{ "}}" }}', "{'a': {'b': 1}}|}}"],
    ];
  for (const [title, source, expected, options] of cases) {
    it(title, () => {
      expect(renderText(source, environment, { file: 'x.j2', ...options })).to.equal(expected);
    });
  }

  it('ends a value as its text does', async () => {
    const { renderValue } = await import('../../engine/template/render.ts');
    const cases = [
      ['{% for i in list %}{{ i }}{% endfor %}\n', '12\n'],
      ['A{{ line }}\n', 'An\n'],
      ['{{ line }}\n', 'n\n'],
      ['{{ x }}\n', '1\n'],
      ['{{ x }}', 1],
    ] as const;
    for (const [source, expected] of cases) expect(renderValue(source, environment), source).to.equal(expected);
  });

  it('reads escapes in a file, and not in a YAML scalar', async () => {
    const { renderValue } = await import('../../engine/template/render.ts');
    expect(renderText("{{ 'a\\tb' }}", environment, { file: 'x.j2' })).to.equal('a\tb');
    expect(renderValue("{{ 'a\\tb' }}", environment)).to.equal('a\\tb');
    expect(renderValue("{% set y = 'a\\tb' %}{{ y }}", environment)).to.equal('a\tb');
  });
});
