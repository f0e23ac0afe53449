import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import find from '../../engine/modules/find.ts';
import { testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';

testModule(find, 'find: what it asks', {
  'is answered in one look, and says which paths are none': {
    args: { paths: ['/none', '/etc'], patterns: '*.conf' },
    world: {
      commands: {
        find: {
          stdout:
            '\u001dkplay\n1000\nK:81a4:0:0:3:7:1:1:900:901:902:root:UNKNOWN:./a:b.conf\nK:81a4:0:0:3:7:1:1:900:901:902:root:root:./c\n\u001dkplay\n',
        },
      },
    },
    want: {
      changed: false,
      log: [],
      result: {
        matched: 1,
        examined: 2,
        skipped_paths: { '/none': "'/none' is not a directory" },
        msg: 'Not all paths examined, check warnings for details',
      },
    },
  },
  'refuses an age that is none': { args: { paths: '/etc', age: '3y' }, fails: 'failed to process age' },
  'refuses a size that is none': { args: { paths: '/etc', size: 'big' }, fails: 'failed to process size' },
  'refuses an expression that is none': {
    args: { paths: '/etc', patterns: '(', use_regex: true },
    fails: 'no valid regular expression',
  },
  'refuses a mode that is none': { args: { paths: '/etc', mode: 'rw' }, fails: 'mode' },
});

describe('find on a real host', function () {
  this.timeout(20_000);
  let here: Stage;
  before(() => {
    here = stage({ 'w/a.log': 'one\ntwo\n', 'w/b.txt': 'x'.repeat(2048), 'w/.hidden': '', 'w/d/e/c.log': 'two\n' }, [
      'h1',
    ]);
    const at = (path: string) => join(here.folder, 'w', path);
    mkdirSync(at('empty'));
    symlinkSync('d', at('link'));
    chmodSync(at('a.log'), 0o640);
    utimesSync(at('b.txt'), 1000, 1000);
    writeFileSync(at("d/it's: odd\nname"), '');
  });
  after(() => here.close());

  const cases: Readonly<Record<string, readonly [args: string, paths: readonly string[]]>> = {
    'files only, one level, nothing hidden': ['', ['a.log', 'b.txt']],
    'hidden ones too': ['hidden: true', ['.hidden', 'a.log', 'b.txt']],
    'all the way down, whatever their names': ['recurse: true', ['a.log', 'b.txt', 'd/e/c.log', "d/it's: odd\nname"]],
    'down to a depth': ['recurse: true, depth: 2', ['a.log', 'b.txt', "d/it's: odd\nname"]],
    'behind links when told so': [
      'recurse: true, follow: true, patterns: "*.log"',
      ['a.log', 'd/e/c.log', 'link/e/c.log'],
    ],
    directories: ['file_type: directory, recurse: true', ['d', 'd/e', 'empty']],
    links: ['file_type: link', ['link']],
    'by shell patterns': ['patterns: ["*.log", "[!a].txt"]', ['a.log', 'b.txt']],
    'by regular expressions': ['patterns: "^[ab]\\\\.l", use_regex: true', ['a.log']],
    'without excluded ones': ['excludes: "*.log"', ['b.txt']],
    'by age': ['age: 2d', ['b.txt']],
    'by youth': ['age: -2d', ['a.log']],
    'by size': ['size: 2k', ['b.txt']],
    'by smallness': ['size: -1k', ['a.log']],
    'by mode': ['mode: "0640"', ['a.log']],
    'by a line': ['contains: "tw", recurse: true', ['a.log', 'd/e/c.log']],
    'by the whole content': ['contains: "one\\\\ntwo", read_whole_file: true', ['a.log']],
    'up to a limit': ['limit: 1', ['a.log']],
  };
  for (const [title, [args, paths]] of Object.entries(cases)) {
    it(`finds ${title}`, async () => {
      const options = args === '' ? '' : `, ${args}`;
      const played = await here.play(
        `- hosts: h1\n  gather_facts: false\n  tasks:\n    - { name: look, find: { paths: "{{ playbook_dir }}/w"${options} } }\n`,
      );
      const files = played.result('look')['files'] as readonly { readonly path: string }[];
      expect(files.map(({ path }) => path.slice(here.folder.length + 3))).to.deep.equal(paths);
    });
  }

  it('tells about what it finds as stat does', async () => {
    const played = await here.play(
      '- hosts: h1\n  gather_facts: false\n  tasks:\n    - { name: look, find: { paths: "{{ playbook_dir }}/w", patterns: a.log, get_checksum: true } }\n    - { name: stat, stat: { path: "{{ playbook_dir }}/w/a.log" } }\n',
    );
    const [found] = played.result('look')['files'] as readonly object[];
    expect(played.result('stat')['stat']).to.include(found);
    expect(found).to.include.keys('checksum', 'rusr', 'xoth', 'nlink');
  });
});
