import { expect } from 'chai';
import { isKplayError } from '../../engine/errors.ts';
import { parseYaml } from '../../engine/source/yaml.ts';

const mistakes: readonly (readonly [title: string, text: string, shown: string])[] = [
  ['an unquoted template', 'a: {{ x }}', '1:4: a value that begins with {{ must be quoted (write "{{ x }}")'],
  ['an unquoted template in a list', '- {{ x }}', '1:3: a value that begins with {{ must be quoted (write "{{ x }}")'],
  [
    'an unquoted template with more behind it, deep in a file',
    '- name: x\n  copy:\n    src: {{ d }}/a',
    '3:10: a value that begins with {{ must be quoted (write "{{ d }}/a")',
  ],
  [
    'an unquoted template with double quotes in it',
    `a: {{ x["y"] }}`,
    `1:4: a value that begins with {{ must be quoted (write '{{ x["y"] }}')`,
  ],
  ['an unquoted template as a key', '{{ x }}: 1', '1:1: a key that begins with {{ must be quoted (write "{{ x }}")'],
  ['a tab', 'a:\n\tb: 1', '2:1: a tab is used for indentation (indent with spaces)'],
  ['a tab below an entry', '- a: 1\n\tb: 1', '2:1: a tab is used for indentation (indent with spaces)'],
  ['a missing space', 'b: 2\nmode:0644\nc: 3', '2:6: a space is missing after "mode:" (write mode: 0644)'],
  ['a missing space in the first line', 'a:1\nb: 2', '1:3: a space is missing after "a:" (write a: 1)'],
  [
    'a missing space in the last line',
    '- name: x\n  mode:0644\n',
    '2:8: a space is missing after "mode:" (write mode: 0644)',
  ],
  [
    'a line without a colon',
    'key: value\nfoo\nbar: 1',
    '2:1: "foo" is not of the form "key: value" (is a colon missing?)',
  ],
  [
    'a colon in an unquoted value',
    '- shell: echo foo: bar',
    '1:18: an unquoted value holds ": " (quote the value: "echo foo: bar")',
  ],
  [
    'text behind a quote',
    'when: "x" in y',
    `1:11: there is text after the closing quote (quote the whole value: '"x" in y')`,
  ],
  [
    'an apostrophe in single quotes',
    "a: 'it's'",
    "1:8: there is text after the closing quote (a quote inside '…' is written twice: '')",
  ],
  ['a value with @ first', 'a: @x', '1:4: a value cannot begin with @ (write "@x")'],
  ['a value with % first', 'a: %x', '1:4: a value cannot begin with % (write "%x")'],
  [
    'a value with * first',
    'a: *.example.com',
    '1:4: *.example.com is an alias of nothing (for the text itself write "*.example.com")',
  ],
  [
    'a list behind a key',
    'a: - b',
    '1:4: a list cannot begin behind a key (begin it on the next line, or write [a, b])',
  ],
  ['a quote never closed', 'a: "x\nb: 2\n', '1:4: the " opened here is never closed'],
  ['a bracket never closed', 'a: [1, 2\nb: 1', '1:4: the [ opened here is never closed'],
  ['a brace never closed', 'a: {x: 1\nb: 2', '1:4: the { opened here is never closed'],
  [
    'an entry too far right',
    'a: 1\n  b: 2',
    '2:3: this line is not indented like those above it (entries of one level begin in the same column)',
  ],
  [
    'an entry too far left',
    'a:\n  - b\n c: 1',
    '3:2: this line is not indented like those above it (entries of one level begin in the same column)',
  ],
  [
    'a list and a mapping on one level',
    '- a\nb: 1',
    '2:1: this line does not belong to what is above it (are "- item" and "key: value" mixed on one level?)',
  ],
  ['a mapping as a key', '? [a]\n: 1', '1:3: a mapping or a list cannot be a key'],
];

describe('A YAML mistake', () => {
  for (const [title, text, shown] of mistakes) {
    it(`such as ${title} is named, placed and answered`, () => {
      let message = '';
      try {
        parseYaml(text, 'f.yml');
      } catch (error) {
        if (!isKplayError(error)) throw error;
        message = error.message;
      }
      expect(message).to.equal(`f.yml:${shown}`);
    });
  }
});
