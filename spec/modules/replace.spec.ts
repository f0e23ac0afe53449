import replace from '../../engine/modules/replace.ts';
import { testModule } from '../../engine/testing.ts';

const path = '/etc/conf';
const world = (text: string) => ({ files: { [path]: text } });
const becomes = (text: string, msg: string) => ({ changed: true, files: { [path]: text }, result: { msg, rc: 0 } });

testModule(replace, 'replace', {
  'replaces every match': {
    args: { path, regexp: 'a', replace: 'x' },
    world: world('a b a\na\n'),
    want: { ...becomes('x b x\nx\n', '3 replacements made'), diffs: [['a b a\na\n', 'x b x\nx\n']] },
  },
  'removes matches unless told what they become': {
    args: { path, regexp: ' +$' },
    world: world('a  \nb\nc \n'),
    want: becomes('a\nb\nc\n', '2 replacements made'),
  },
  'leaves a file alone in which nothing matches': {
    args: { path, regexp: 'z', replace: 'x' },
    world: world('a\n'),
    want: { changed: false, result: { msg: '', rc: 0 } },
  },
  'fills in what was caught, by number and name': {
    args: { path, regexp: '^(?P<key>\\w+)=(\\d+)$', replace: '\\2:\\g<key>' },
    world: world('a=1\nb=2\n'),
    want: becomes('1:a\n2:b\n', '2 replacements made'),
  },
  'takes ^ and $ for the ends of a line': {
    args: { path, regexp: '^(?!#)(.*swap.*)$', replace: '# \\1' },
    world: world('/ ext4\n/s swap\n'),
    want: becomes('/ ext4\n# /s swap\n', '1 replacements made'),
  },
  'matches over line ends where the expression says so': {
    args: { path, regexp: 'a\\nb\\n', replace: 'c\n' },
    world: world('a\nb\nd\n'),
    want: becomes('c\nd\n', '1 replacements made'),
  },
  'looks behind after only': {
    args: { path, regexp: 'a', replace: 'x', after: '\\[two\\]' },
    world: world('[one]\na\n[two]\na\n'),
    want: becomes('[one]\na\n[two]\nx\n', '1 replacements made'),
  },
  'looks before before only': {
    args: { path, regexp: 'a', replace: 'x', before: '\\[two\\]' },
    world: world('[one]\na\n[two]\na\n'),
    want: becomes('[one]\nx\n[two]\na\n', '1 replacements made'),
  },
  'looks between the two': {
    args: { path, regexp: '^(.+)$', replace: '# \\1', after: '(?m)^<v ([^>]+)>$', before: '</v>' },
    world: world('a\n<v one>\nb\n</v>\nc\n</v>\n'),
    want: becomes('a\n<v one>\n# b\n</v>\nc\n</v>\n', '1 replacements made'),
    always: 'the new lines match again',
  },
  'says that there is no such part': {
    args: { path, regexp: 'a', after: 'z' },
    world: world('a\n'),
    want: {
      changed: false,
      result: { msg: 'Pattern for before/after params did not match the given file: /etc/conf' },
    },
  },
  'knows letters beyond ASCII': {
    args: { path, regexp: '[äö]', replace: 'ü' },
    world: world('aäö\n'),
    want: becomes('aüü\n', '2 replacements made'),
  },
  'leaves bytes that are no text as they are': {
    args: { path, regexp: 'a', replace: 'ü' },
    world: { files: { [path]: { content: Buffer.from([0xff, 0x61]) } } },
    want: { files: { [path]: { content: Buffer.from([0xff, 0xc3, 0xbc]) } } },
  },
  'sets attributes by the way': {
    args: { path, regexp: 'z', mode: '0600' },
    world: world('a\n'),
    want: { fields: ['mode'], log: ['set attributes of /etc/conf'] },
  },
  'is validated first': {
    args: { path, regexp: 'a', validate: 'check %s' },
    world: { ...world('a\n'), commands: { check: { code: 1, stderr: 'bad' } } },
    fails: 'validation failed: bad',
  },
  'needs the file': { args: { path, regexp: 'a' }, fails: 'Path /etc/conf does not exist !' },
  'needs a file': { args: { path: '/etc', regexp: 'a' }, fails: 'Path /etc is a directory !' },
  'says what is wrong with an expression': {
    args: { path, regexp: '(' },
    world: world('a\n'),
    fails: 'no valid regular expression',
  },
  'says that a group does not exist': {
    args: { path, regexp: 'a', replace: '\\2' },
    world: world('a\n'),
    fails: 'no group 2',
  },
});
