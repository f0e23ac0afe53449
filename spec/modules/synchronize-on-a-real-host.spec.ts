/** Trees sent by real shells, and judged by rsync itself. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

const shells: Record<string, (folder: string) => string> = {
  'the tools of this machine': () => '/bin/sh',
  'busybox alone': (folder) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    execFileSync('busybox', ['--install', '-s', bin]);
    return `env PATH=${bin} ${bin}/sh`;
  },
};

/** A file, a directory (behind its name a slash), or a link (`-> target`); at one moment of the past. */
function plant(
  root: string,
  files: Readonly<Record<string, { readonly text?: string; readonly mode?: number }>>,
): void {
  const paths = Object.keys(files).map((path) => join(root, path));
  for (const [name, { text = name, mode }] of Object.entries(files)) {
    const path = join(root, name.replace(/ -> .*/, ''));
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (name.includes(' -> ')) symlinkSync(name.replace(/.* -> /, ''), path);
    else if (!name.endsWith('/')) writeFileSync(path, text);
    if (mode !== undefined) chmodSync(path, mode);
  }
  for (const path of paths.reverse()) if (!path.includes(' -> ')) utimesSync(path, 1500000000, 1500000000.9);
}

/** Ways of sending, in the words of both: the rules are kplay's own, whatever the shell. */
const ways: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, readonly string[]]>> = {
  'without a slash': [{ src: 'site' }, []],
  'by rules': [
    { rsync_opts: ['--include=/css/deep/', '--exclude=/css/*', '--exclude=empty*', '--exclude=large.???'] },
    ['--include=/css/deep/', '--exclude=/css/*', '--exclude=empty*', '--exclude=large.???'],
  ],
  'by rules for directories': [
    { rsync_opts: ['--exclude=er/', '--exclude=new/', '--exclude=*[[:space:]]*', '--exclude=b[a-h]n/***'] },
    ['--exclude=er/', '--exclude=new/', '--exclude=*[[:space:]]*', '--exclude=b[a-h]n/***'],
  ],
  'by rules over several levels': [
    { rsync_opts: ['--exclude=deep/er', '--exclude=/**run', '--exclude=[!a-z-]*'] },
    ['--exclude=deep/er', '--exclude=/**run', '--exclude=[!a-z-]*'],
  ],
  'by rules that name the source': [
    { src: 'site', rsync_opts: ['--exclude=/site/css', '--exclude=/bin'] },
    ['--exclude=/site/css', '--exclude=/bin'],
  ],
  'what is excluded goes': [
    { delete: true, rsync_opts: ['--exclude=*.css', '--delete-excluded'] },
    ['--delete', '--exclude=*.css', '--delete-excluded'],
  ],
  'what is excluded stays': [{ delete: true, rsync_opts: ['--exclude=keep*'] }, ['--delete', '--exclude=keep*']],
  'only what is there': [{ existing_only: true }, ['--existing']],
  'what links point to': [{ src: 'linked/', copy_links: true }, ['--copy-links']],
  'without links': [{ links: false }, ['--no-links']],
  'without permissions': [{ perms: false }, ['--no-perms']],
  'directories alone': [{ recursive: false, dirs: true }, ['--no-recursive', '--dirs']],
  'a single file': [{ src: 'site/new' }, []],
};

/** All that rsync looks at but the times of links. */
const listing = (folder: string, timesOfDirectories = true) =>
  execFileSync(
    'find',
    ['.', '-type', 'l', '-printf', '%P %m %U:%G -> %l\\n', '-o', '-printf', '%P %y %m %U:%G %s %Ts\\n'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (/ d /.test(line) ? line.replace(/ \d+ (\d+)$/, timesOfDirectories ? ' $1' : '') : line))
    .sort();

const rsync = (args: readonly string[]) =>
  execFileSync('rsync', ['-aiJ', ...args], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);

const book = (args: Readonly<Record<string, unknown>>) =>
  `- hosts: h1\n  gather_facts: false\n  tasks:\n    - { name: sync, synchronize: ${JSON.stringify(args)} }\n`;

for (const [name, command] of Object.entries(shells)) {
  describe(`synchronize by ${name}`, function () {
    this.timeout(60_000);
    let here: Stage;
    const at = (path: string) => join(here.folder, path);
    const lines = async (args: Readonly<Record<string, unknown>>, options = {}) => {
      const { story, result, traffic } = await here.play(book(args), options);
      expect(story[0], String(result('sync')['msg'])).to.not.match(/failed/);
      return { lines: result('sync')['stdout_lines'], story: story[0], trips: traffic['h1']!.roundTrips };
    };

    before(function () {
      if (spawnSync('rsync', ['--version']).status !== 0) this.skip();
      if (name.startsWith('busybox') && spawnSync('busybox', ['true']).status !== 0) this.skip();
      here = stage({}, ['h1']);
      here.write({ hosts: `h1 ansible_connection=exec ansible_exec_command="${command(here.folder)}"\n` });
      plant(at('site'), {
        'index.html': { text: '<p>größe</p>\n', mode: 0o640 },
        'css/a.css': { text: 'p{}' },
        'css/deep/er/b.css': { mode: 0o600 },
        "it's $HOME `id` \\ [x]*": { text: 'odd' },
        'two\nlines': { text: '2' },
        '-rf': { text: 'dash' },
        'bin/run': { text: '#!/bin/sh\n', mode: 0o4755 },
        'closed/f': {},
        'shared/': { mode: 0o2775 },
        'large.bin': { text: 'x'.repeat(700_000) },
        'now -> css': {},
        'gone -> nowhere': {},
        'empty/': {},
        empty2: { text: '' },
      });
      utimesSync(at('site/css/a.css'), 1400000000, 1400000000);
      chmodSync(at('site/closed'), 0o555);
      mkdirSync(at('out'), { mode: 0o755 });
      chmodSync(at('out'), 0o2755); // directories made in it inherit the set-group-id bit
    });
    after(() => here?.close());
    const args = () => ({ src: 'site/', dest: at('out/www'), delete: true });

    it('foresees what it does, without a trace', async () => {
      const foreseen = await lines(args(), { check: true, diff: true });
      expect(foreseen.story).to.equal('h1 sync changed');
      expect(readdirSync(at('out'))).to.deep.equal([]);
      expect((await lines(args())).lines).to.deep.equal(foreseen.lines);
    });

    it('leaves nothing that rsync would do', () => {
      expect(listing(at('out/www'))).to.deep.equal(listing(at('site')));
      expect(rsync(['-n', '--delete', at('site/'), at('out/www/')])).to.deep.equal([]);
    });

    it('does nothing the second time, in three round trips', async () => {
      const again = await lines(args());
      expect(again.story).to.equal('h1 sync ok');
      expect(again.lines).to.deep.equal([]);
      expect(again.trips).to.be.at.most(3);
      expect((await lines(args(), { check: true })).story).to.equal('h1 sync ok');
    });

    it('does what rsync would do, and tells it as rsync does', async () => {
      writeFileSync(at('site/css/a.css'), 'q{}');
      writeFileSync(at('site/index.html'), 'longer than it was\n');
      chmodSync(at('site/bin/run'), 0o750);
      rmSync(at('site/empty'), { recursive: true });
      rmSync(at('site/now'));
      symlinkSync('bin', at('site/now'));
      rmSync(at('site/empty2'));
      mkdirSync(at('site/empty2'));
      writeFileSync(at('site/new'), 'n');
      for (const extra of ['extra', '..\nout', "a 'b'\n/"])
        if (extra.endsWith('/')) mkdirSync(join(at('out/www'), extra));
        else writeFileSync(join(at('out/www'), extra), 'e');
      symlinkSync('a//\nb', at('out/www/extra link'));
      utimesSync(at('out/www/large.bin'), 1, 1);
      const told = rsync(['-n', '--delete-after', '--out-format=%i %n%L', at('site/'), at('out/www/')]);
      const { lines: ours } = await lines(args());
      // its time alone differs: rsync sends it, kplay looks at its checksum first
      const alike = told.map((line) =>
        line.replace(/^>/, '<').replace('<f..t...... large.bin', '.f..t...... large.bin'),
      );
      const shown = alike.map((line) => line.replace('cLc.t', 'cLc..')); // times of links are left alone
      const checked = (line: string) => line.replace(/^<fc/, '<f.');
      expect((ours as string[]).map(checked).sort()).to.deep.equal(shown.sort());
      expect(rsync(['-n', '--delete', at('site/'), at('out/www/')])).to.deep.equal([]);
      expect(readFileSync(at('out/www/css/a.css'), 'utf8')).to.equal('q{}');
      expect((await lines(args())).story).to.equal('h1 sync ok');
    });

    it('goes into a directory that dest points to', async () => {
      symlinkSync('www', at('out/link'));
      expect((await lines({ ...args(), dest: at('out/link') })).story).to.equal('h1 sync ok');
    });

    it('puts a directory in the place of a link, whatever the link shows', async () => {
      rmSync(at('out/www/css'), { recursive: true });
      execFileSync('cp', ['-a', at('site/css'), at('out/css')]);
      symlinkSync('../css', at('out/www/css'));
      const told = rsync(['-n', '--delete-after', '--out-format=%i %n%L', at('site/'), at('out/www/')]);
      expect((await lines(args())).lines).to.deep.equal(told.map((line) => line.replace(/^>/, '<')));
      expect((await lines(args())).story).to.equal('h1 sync ok');
      rmSync(at('out/css'), { recursive: true });
    });

    it('brings back what it has sent, and nothing else', async () => {
      const pull = (more = {}) => ({ mode: 'pull', src: at('out/www/'), dest: at('back'), delete: true, ...more });
      const foreseen = await lines(pull(), { check: true, diff: true });
      expect(foreseen.story).to.equal('h1 sync changed');
      expect(readdirSync(here.folder)).to.not.include('back');
      expect((await lines(pull())).lines).to.deep.equal(foreseen.lines);
      expect(listing(at('back'))).to.deep.equal(listing(at('out/www')));
      expect(rsync(['-n', '--delete', at('out/www/'), at('back/')])).to.deep.equal([]);
      const again = await lines(pull());
      expect(again.story).to.equal('h1 sync ok');
      expect(again.trips).to.be.at.most(3);
      writeFileSync(at('back/css/a.css'), 'r{}'); // nobody has told the run
      utimesSync(at('back/css/a.css'), 1, 1);
      expect((await lines(pull({ checksum: true }))).lines).to.deep.equal(['>fc.t...... css/a.css']);
      rmSync(at('back'), { recursive: true });
    });

    it('neither brings nor removes what has a name that is no text', async () => {
      const strange = Buffer.concat([Buffer.from(at('out/www/')), Buffer.from([0xff])]);
      mkdirSync(strange);
      utimesSync(at('out/www'), 1, 1); // the folder it is made from may be as young, to the second
      const told = async (given: Readonly<Record<string, unknown>>) =>
        String((await here.play(book(given))).result('sync')['msg']);
      const pull = { mode: 'pull', src: at('out/www/'), dest: at('back') };
      expect(await told(args())).to.include('has a name that is not UTF-8');
      expect(await told(pull)).to.include('has a name that is not UTF-8');
      expect(readdirSync(here.folder)).to.not.include('back');
      expect(await told({ ...args(), rsync_opts: ['--exclude=?'] })).to.equal('.d..t...... ./\n');
      rmdirSync(strange);
    });

    it('does not bring what the run would change before', async () => {
      const before = `- hosts: h1
  gather_facts: false
  tasks:
    - { name: made, copy: { content: x, dest: "${at('out/www/made')}" } }
    - { name: sync, synchronize: { mode: pull, src: "${at('out/www/')}", dest: "${at('back')}" } }
`;
      const { result } = await here.play(before, { check: true });
      expect(result('sync')['msg']).to.include(`${at('out/www')} is changed by the run before`);
    });

    it('knows nothing of a source that the run would change before', async () => {
      const before = `- hosts: h1
  gather_facts: false
  tasks:
    - { name: made, copy: { content: x, dest: "${at('site/made')}" }, delegate_to: localhost }
    - { name: sync, synchronize: { src: site/, dest: "${at('out/www')}" }, register: done }
`;
      const hosts = `h1 ansible_connection=exec ansible_exec_command=/bin/sh\nlocalhost ansible_connection=local\n`;
      const { result } = await here.play(before, { check: true, inventory: hosts });
      expect(result('sync')['msg']).to.include(`${at('site')} is changed by the run before`);
    });

    it('is not delegated', async () => {
      const delegated = (to: string) => book({ ...args(), delete: false }).replace(' }\n', `, delegate_to: ${to} }\n`);
      const message = async (to: string) => (await here.play(delegated(to))).result('sync')['msg'];
      expect(await message('h1')).to.include('say copy with remote_src: true');
      expect(await message('localhost')).to.include('leave out delegate_to: localhost');
    });

    it('says what cannot be read', async () => {
      const { result } = await here.play(book({ src: 'site/', dest: at('out/w'), copy_links: true }));
      expect(result('sync')['msg']).to.match(/cannot be read on the controller: ENOENT.*gone/);
      expect(readdirSync(at('out')).sort()).to.deep.equal(['link', 'www']);
    });

    for (const [title, [given, options]] of name.startsWith('busybox') ? [] : Object.entries(ways)) {
      it(`does as rsync does: ${title}`, async () => {
        rmSync(at('linked'), { recursive: true, force: true });
        plant(at('linked'), { 'd/f': {}, 'l -> d': {}, 'g -> d/f': {} });
        for (const to of ['ours', 'theirs']) {
          rmSync(at(to), { recursive: true, force: true });
          plant(at(to), { 'keep/a.css': {}, 'old/keepit': {}, 'old/x': {}, 'css/a.css': {}, 'css/deep/er/old': {} });
        }
        const { src = 'site/' } = given as { src?: string };
        rsync([...options, at(src), at('theirs/')]);
        await lines({ src: 'site/', dest: `${at('ours')}/`, ...given });
        expect(listing(at('ours'), false)).to.deep.equal(listing(at('theirs'), false));
        expect((await lines({ src: 'site/', dest: `${at('ours')}/`, ...given })).story).to.equal('h1 sync ok');
      });
    }
  });
}
