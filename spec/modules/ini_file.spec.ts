import iniFile from '../../engine/modules/ini_file.ts';
import { testModule } from '../../engine/testing.ts';

const path = '/etc/conf.ini';
const world = (text: string) => ({ files: { [path]: text } });
const becomes = (text: string, msg: string) => ({ changed: true, files: { [path]: text }, result: { msg, path } });
const of = (rest: object) => ({ path, section: 's', option: 'o', ...rest });

testModule(iniFile, 'ini_file: an option that shall be there', {
  'gets a new value': {
    args: of({ value: '2' }),
    world: world('[s]\no = 1\nother = 1\n[t]\no = 1\n'),
    want: {
      ...becomes('[s]\no = 2\nother = 1\n[t]\no = 1\n', 'option changed'),
      diffs: [['[s]\no = 1\nother = 1\n[t]\no = 1\n', '[s]\no = 2\nother = 1\n[t]\no = 1\n']],
    },
  },
  'is left alone': {
    args: of({ value: '1' }),
    world: world('[s]\no = 1\n'),
    want: { changed: false, result: { msg: 'OK' } },
  },
  'is added behind the last option of its section': {
    args: of({ value: '1' }),
    world: world('[s]\na = 1\n# end\n\n[t]\nb = 1\n'),
    want: becomes('[s]\na = 1\no = 1\n# end\n\n[t]\nb = 1\n', 'option added'),
  },
  'is added to an empty section': {
    args: of({ value: '1' }),
    world: world('[s]\n\n[t]\n'),
    want: becomes('[s]\no = 1\n\n[t]\n', 'option added'),
  },
  'comes with its section': {
    args: of({ value: '1' }),
    world: world('[t]\nb = 1'),
    want: becomes('[t]\nb = 1\n[s]\no = 1\n', 'section and option added'),
  },
  'takes the place of one that is commented out': {
    args: of({ value: '1' }),
    world: world('[s]\n;o=5\nx = 1\n'),
    want: becomes('[s]\no = 1\nx = 1\n', 'option changed'),
  },
  'leaves comments alone when told so': {
    args: of({ value: '1', modify_inactive_option: false }),
    world: world('[s]\n#o=5\n'),
    want: becomes('[s]\no = 1\n#o=5\n', 'option added'),
  },
  'is written without blanks': {
    args: of({ value: '1', no_extra_spaces: true }),
    world: world('[s]\no = 1\n'),
    want: becomes('[s]\no=1\n', 'option changed'),
  },
  'is not rewritten for blanks alone when told so': {
    args: of({ value: '1', ignore_spaces: true }),
    world: world('[s]\no=1\n'),
    want: { changed: false },
  },
  'may hold = in its value, and dots in its name': {
    args: of({ option: 'a.b', value: 'x=y' }),
    world: world('[s]\naxb = 1\na.b = x\n'),
    want: becomes('[s]\naxb = 1\na.b = x=y\n', 'option changed'),
  },
  'may have an empty value': {
    args: of({ value: '' }),
    world: world('[s]\no = 1\n'),
    want: becomes('[s]\no =\n', 'option changed'),
  },
  'may stand alone': {
    args: of({ allow_no_value: true }),
    world: world('[s]\no = 1\n'),
    want: becomes('[s]\no\n', 'option changed'),
  },
  'may stand before all sections': {
    args: { path, option: 'o', value: '1' },
    world: world('# x\n[s]\no = 2\n'),
    want: becomes('o = 1\n# x\n[s]\no = 2\n', 'option added'),
  },
  'is there once': {
    args: of({ value: '2' }),
    world: world('[s]\no = 1\no = 2\n'),
    want: becomes('[s]\no = 2\n', 'option changed'),
  },
  'may be there several times': {
    args: of({ values: ['1', '2', '3'] }),
    world: world('[s]\no = 2\no = 9\n'),
    want: becomes('[s]\no = 2\no = 1\no = 3\n', 'option added'),
  },
  'leaves other values alone when told so': {
    args: of({ value: '3', exclusive: false }),
    world: world('[s]\no = 1\no = 2\n'),
    want: becomes('[s]\no = 1\no = 2\no = 3\n', 'option added'),
  },
  'is put into the section that has certain values': {
    args: of({ value: '1', section_has_values: [{ option: 'name', value: 'b' }] }),
    world: world('[s]\nname = a\n[s]\nname = b\n'),
    want: becomes('[s]\nname = a\n[s]\nname = b\no = 1\n', 'option added'),
  },
  'makes a section that has these values': {
    args: of({ value: '1', section_has_values: [{ option: 'name', value: 'c' }] }),
    world: world('[s]\nname = a\n'),
    want: becomes('[s]\nname = a\n[s]\nname = c\no = 1\n', 'section and option added'),
  },
  'may be a section alone': {
    args: { path, section: 's' },
    world: world('a = 1\n'),
    want: becomes('a = 1\n[s]\n', 'only section added'),
  },
  'makes the file': {
    args: of({ path: '/etc/new/i', value: '1', mode: '0600' }),
    want: {
      log: ['mkdir /etc/new', 'write /etc/new/i'],
      files: { '/etc/new/i': { content: '[s]\no = 1\n', mode: '0600' } },
    },
  },
  'may hold letters beyond ASCII': {
    args: of({ value: 'größe' }),
    world: world('[s]\no = ü\n'),
    want: becomes('[s]\no = größe\n', 'option changed'),
  },
  'does not make the file when told so': { args: of({ value: '1', create: false }), fails: 'does not exist' },
  'needs a value': { args: of({}), world: world(''), fails: 'must be defined' },
});

testModule(iniFile, 'ini_file: what shall not be there', {
  'is every line of the option': {
    args: of({ state: 'absent' }),
    world: world('[s]\no = 1\n#o = 3\no\n[t]\no = 1\n'),
    want: becomes('[s]\n#o = 3\n[t]\no = 1\n', 'option changed'),
  },
  'is one of its values': {
    args: of({ state: 'absent', value: '1', exclusive: false }),
    world: world('[s]\no = 1\no = 2\n'),
    want: becomes('[s]\no = 2\n', 'option changed'),
  },
  'is a whole section': {
    args: { path, section: 's', state: 'absent' },
    world: world('[r]\n[s]\no = 1\n\n[t]\n'),
    want: becomes('[r]\n[t]\n', 'section removed'),
  },
  'need not be removed': {
    args: of({ state: 'absent' }),
    world: world('[t]\no = 1\n'),
    want: { changed: false, result: { msg: 'OK' } },
  },
  'needs no file': { args: of({ state: 'absent' }), want: { changed: false } },
});
