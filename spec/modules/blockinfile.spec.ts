import blockinfile from '../../engine/modules/blockinfile.ts';
import { testModule } from '../../engine/testing.ts';

const path = '/etc/hosts';
const world = (text: string) => ({ files: { [path]: text } });
const marked = (block: string) => `# BEGIN ANSIBLE MANAGED BLOCK\n${block}# END ANSIBLE MANAGED BLOCK\n`;
const becomes = (text: string, msg = 'Block inserted') => ({
  changed: true,
  files: { [path]: text },
  result: { msg },
});

testModule(blockinfile, 'blockinfile: a block that shall be there', {
  'is added at the end': {
    args: { path, block: 'x\ny\n' },
    world: world('a\n'),
    want: { ...becomes(`a\n${marked('x\ny\n')}`), diffs: [['a\n', `a\n${marked('x\ny\n')}`]] },
  },
  'is left alone': {
    args: { path, block: 'x' },
    world: world(`a\n${marked('x\n')}b\n`),
    want: { changed: false, result: { msg: '' } },
  },
  'is replaced where it stands': {
    args: { path, content: 'new', insertbefore: 'BOF' },
    world: world(`a\n${marked('x\ny\n')}b\n`),
    want: becomes(`a\n${marked('new\n')}b\n`),
  },
  'is replaced where its last marker has no line end': {
    args: { path, block: 'x' },
    world: world(`a\n${marked('old\n').trimEnd()}`),
    want: becomes(`a\n${marked('x\n')}`),
  },
  'gets a line of its own behind an unfinished one': {
    args: { path, block: 'x' },
    world: world('a'),
    want: becomes(`a\n${marked('x\n')}`),
  },
  'has markers as asked for': {
    args: { path, block: 'x', marker: '<!-- {mark} -->', marker_begin: 'A', marker_end: 'B' },
    world: world(''),
    want: becomes('<!-- A -->\nx\n<!-- B -->\n'),
  },
  'leaves the block of another marker alone': {
    args: { path, block: 'x', marker: '# {mark} two' },
    world: world(marked('x\n')),
    want: becomes(`${marked('x\n')}# BEGIN two\nx\n# END two\n`),
  },
  'goes behind the last match of insertafter': {
    args: { path, block: 'x', insertafter: '^a' },
    world: world('a1\na2\nb\n'),
    want: becomes(`a1\na2\n${marked('x\n')}b\n`),
  },
  'goes before the last match of insertbefore': {
    args: { path, block: 'x', insertbefore: '^a' },
    world: world('a1\na2\nb\n'),
    want: becomes(`a1\n${marked('x\n')}a2\nb\n`),
  },
  'goes behind a match of several lines': {
    args: { path, block: 'x', insertafter: '(?m)^a$\\n^b$' },
    world: world('a\nb\nc\n'),
    want: becomes(`a\nb\n${marked('x\n')}c\n`),
  },
  'goes to the beginning': {
    args: { path, block: 'x', insertbefore: 'BOF' },
    world: world('a\n'),
    want: becomes(`${marked('x\n')}a\n`),
  },
  'goes to the end where nothing matches': {
    args: { path, block: 'x', insertbefore: '^z' },
    world: world('a\n'),
    want: becomes(`a\n${marked('x\n')}`),
  },
  'gets empty lines around it': {
    args: { path, block: 'x', append_newline: true, prepend_newline: true, insertafter: 'a' },
    world: world('a\nb\n'),
    want: becomes(`a\n\n${marked('x\n')}\nb\n`),
  },
  'gets no second empty line, and none at the ends of the file': {
    args: { path, block: 'x', append_newline: true, prepend_newline: true },
    world: world('a\n\n'),
    want: becomes(`a\n\n${marked('x\n')}`),
  },
  'may hold letters beyond ASCII, in a file of bytes too': {
    args: { path, block: 'größe €' },
    world: { files: { [path]: { content: Buffer.from([0xff, 0x0a]) } } },
    want: {
      files: {
        [path]: {
          content: Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(marked('größe €\n'))]) as never,
        },
      },
    },
  },
  'needs the file': { args: { path, block: 'x' }, fails: 'Path /etc/hosts does not exist !' },
  'makes the file': {
    args: { path: '/etc/new/f', block: 'x', create: true, mode: '0600' },
    want: {
      log: ['mkdir /etc/new', 'write /etc/new/f'],
      files: { '/etc/new/f': { content: marked('x\n'), mode: '0600' } },
      result: { msg: 'File created' },
    },
  },
  'is validated first': {
    args: { path, block: 'x', validate: 'check %s' },
    world: { ...world('a\n'), commands: { check: { code: 1, stderr: 'bad' } } },
    fails: 'validation failed: bad',
  },
  'is not put into a directory': { args: { path: '/etc', block: 'x' }, fails: 'Path /etc is a directory !' },
  'needs markers that differ': {
    args: { path, block: 'x', marker: '# here' },
    world: world(''),
    fails: 'marker must hold {mark}',
  },
  'says what is wrong with an expression': {
    args: { path, block: 'x', insertafter: '(' },
    world: world('a\n'),
    fails: 'no valid regular expression',
  },
});

testModule(blockinfile, 'blockinfile: a block that shall not be there', {
  'is removed with its markers': {
    args: { path, state: 'absent' },
    world: world(`a\n${marked('x\n')}b`),
    want: becomes('a\nb', 'Block removed'),
  },
  'is removed by an empty block': {
    args: { path, block: '' },
    world: world(`a\n${marked('x\n')}`),
    want: becomes('a\n', 'Block removed'),
  },
  'need not be removed': { args: { path, state: 'absent' }, world: world('a'), want: { changed: false } },
  'needs the file': { args: { path, state: 'absent' }, fails: 'does not exist' },
  'needs no file that may be made': {
    args: { path, state: 'absent', create: true },
    want: { changed: false, result: { msg: 'File /etc/hosts not present' } },
  },
});
