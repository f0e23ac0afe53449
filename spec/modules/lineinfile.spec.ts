import lineinfile from '../../engine/modules/lineinfile.ts';
import { testModule } from '../../engine/testing.ts';

const path = '/etc/conf';
const world = (text: string) => ({ files: { [path]: text } });
const becomes = (text: string, msg?: string) => ({
  changed: true,
  files: { [path]: text },
  ...(msg !== undefined && { result: { msg } }),
});

testModule(lineinfile, 'lineinfile: a line that shall be there', {
  'is added at the end': {
    args: { path, line: 'c' },
    world: world('a\nb\n'),
    want: { ...becomes('a\nb\nc\n', 'line added'), diffs: [['a\nb\n', 'a\nb\nc\n']] },
  },
  'is left alone': {
    args: { path, line: 'a' },
    world: world('a\nb\n'),
    want: { changed: false, result: { msg: '', backup: '' } },
  },
  'gets a line of its own behind an unfinished one': {
    args: { path, line: 'c' },
    world: world('a\nb'),
    want: becomes('a\nb\nc\n'),
  },
  'replaces the last match': {
    args: { path, regexp: '^a=', line: 'a=3' },
    world: world('a=1\nb\na=2\n'),
    want: becomes('a=1\nb\na=3\n', 'line replaced'),
  },
  'replaces the first match when told so': {
    args: { path, regexp: '^a=', line: 'a=3', firstmatch: true },
    world: world('a=1\nb\na=2\n'),
    want: becomes('a=3\nb\na=2\n'),
  },
  'replaces a line that holds a text': {
    args: { path, search_string: 'b*', line: 'c' },
    world: world('a\nxb*\n'),
    want: becomes('a\nc\n'),
  },
  'is added where nothing matches': {
    args: { path, regexp: '^z=', line: 'z=1' },
    world: world('a\n'),
    want: becomes('a\nz=1\n'),
  },
  'is not added twice where the match is gone but the line is there': {
    args: { path, regexp: '^#b', line: 'b' },
    world: world('b\na\n'),
    want: { changed: false },
  },
  'fills in what the expression caught': {
    args: { path, regexp: '^(?P<key>\\w+)\\s*=\\s*(\\d+)', line: '\\g<key>=1\\2', backrefs: true },
    world: world('x\nport = 80\n'),
    want: becomes('x\nport=180\n'),
    always: 'the new line matches again',
  },
  'with references is not added without a match': {
    args: { path, regexp: '^(z)', line: '\\1', backrefs: true },
    world: world('a\n'),
    want: { changed: false },
  },
  'goes behind the last match of insertafter': {
    args: { path, line: 'new', insertafter: '^\\[' },
    world: world('[a]\nx\n[b]\ny\n'),
    want: becomes('[a]\nx\n[b]\nnew\ny\n'),
  },
  'goes behind the first one when told so': {
    args: { path, line: 'new', insertafter: '^\\[', firstmatch: true },
    world: world('[a]\nx\n[b]\ny\n'),
    want: becomes('[a]\nnew\nx\n[b]\ny\n'),
  },
  'goes before the last match of insertbefore': {
    args: { path, line: 'new', insertbefore: '^\\[' },
    world: world('[a]\nx\n[b]\n'),
    want: becomes('[a]\nx\nnew\n[b]\n'),
  },
  'goes to the beginning': {
    args: { path, line: 'new', insertbefore: 'BOF' },
    world: world('a\n'),
    want: becomes('new\na\n'),
  },
  'goes to the end where insertafter matches nothing': {
    args: { path, line: 'new', insertafter: '^z' },
    world: world('a\n'),
    want: becomes('a\nnew\n'),
  },
  'is anchored as Python does': {
    args: { path, regexp: 'b\\Z|b$', line: 'c' },
    world: world('ab\nxbx\n'),
    want: becomes('c\nxbx\n'),
  },
  'may hold letters beyond ASCII': {
    args: { path, regexp: '^größe=', line: 'größe=ü' },
    world: world('größe=1\n'),
    want: becomes('größe=ü\n'),
  },
  'leaves bytes that are no text as they are': {
    args: { path, line: 'b' },
    world: { files: { [path]: { content: Buffer.from([0x61, 0xff, 0x0a]) } } },
    want: { log: ['write /etc/conf'] },
  },
  'needs the file': { args: { path, line: 'a' }, fails: 'Destination /etc/conf does not exist !' },
  'makes the file, and the directory above it': {
    args: { path: '/etc/new/conf', line: 'a', create: true, mode: '0600' },
    want: {
      log: ['mkdir /etc/new', 'write /etc/new/conf'],
      files: { '/etc/new/conf': { content: 'a\n', mode: '0600' } },
    },
  },
  'sets attributes by the way': {
    args: { path, line: 'a', mode: '0600' },
    world: world('a\n'),
    want: { fields: ['mode'], log: ['set attributes of /etc/conf'] },
  },
  'is written through a link': {
    args: { path: '/etc/l', line: 'b' },
    world: { files: { '/etc/l': { linkTarget: 'conf' }, [path]: 'a\n' } },
    want: { log: ['write /etc/conf'], files: { '/etc/l': { type: 'link' }, [path]: 'a\nb\n' } },
  },
  'needs the line': { args: { path }, fails: 'with state present needs line' },
  'needs an expression for references': {
    args: { path, line: 'a', backrefs: true },
    world: world(''),
    fails: 'regexp is required with backrefs=true',
  },
  'says what is wrong with an expression': {
    args: { path, line: 'a', regexp: '(' },
    world: world('a\n'),
    fails: 'no valid regular expression',
  },
  'is not put into a directory': { args: { path: '/etc', line: 'a' }, fails: 'Path /etc is a directory !' },
});

testModule(lineinfile, 'lineinfile: a line that shall not be there', {
  'is removed wherever it is': {
    args: { path, state: 'absent', line: 'a' },
    world: world('a\nb\na\n'),
    want: { ...becomes('b\n', '2 line(s) removed'), result: { found: 2, msg: '2 line(s) removed' } },
  },
  'is removed where it matches': {
    args: { path, state: 'absent', regexp: '^#' },
    world: world('# x\nb\n#\n'),
    want: becomes('b\n'),
  },
  'is removed where it holds a text': {
    args: { path, state: 'absent', search_string: 'swap' },
    world: world('/ ext4\n/s swap\n'),
    want: becomes('/ ext4\n'),
  },
  'need not be removed': {
    args: { path, state: 'absent', line: 'z' },
    world: world('a\n'),
    want: { changed: false, result: { found: 0 } },
  },
  'needs no file': {
    args: { path, state: 'absent', line: 'z' },
    want: { changed: false, result: { msg: 'file not present' } },
  },
  'must be named': {
    args: { path, state: 'absent' },
    world: world(''),
    fails: 'one of line, search_string, or regexp is required',
  },
});
