import { expect } from 'chai';
import { suggestedName } from '../../engine/module/packages/apt-sources.ts';
import aptRepository from '../../engine/modules/apt_repository.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';

const repo = 'deb [arch=amd64 signed-by=/k.gpg] https://download.docker.com/linux/debian bookworm stable';
const list = '/etc/apt/sources.list.d/download_docker_com_linux_debian.list';
const main = '/etc/apt/sources.list';
const debian = 'deb http://mirror.example/debian bookworm main\n';
const folder = { '/etc/apt/sources.list.d': { type: 'directory' } } as const;

testModule(aptRepository, 'apt_repository: a source that shall be there', {
  'gets a file named by its URI, and the lists are fetched': {
    args: { repo },
    world: { files: { ...folder, [main]: debian } },
    want: {
      changed: true,
      log: [`write ${list}`, 'apt-get update'],
      files: { [list]: { content: `${repo}\n`, mode: '0644' } },
      diffs: [['', `${repo}\n`]],
      result: { repo, state: 'present', sources_added: [list], sources_removed: [] },
    },
  },
  'gets a file of the name asked for': {
    args: { repo, filename: 'docker', mode: '0600', update_cache: false },
    world: { files: { ...folder, '/etc/apt/sources.list.d/docker.list': '# mine' } },
    want: {
      log: ['write /etc/apt/sources.list.d/docker.list'],
      files: { '/etc/apt/sources.list.d/docker.list': { content: `# mine\n${repo}\n`, mode: '0644' } },
    },
  },
  'is left alone wherever and however it is written': {
    args: { repo },
    world: { files: { '/etc/apt/sources.list.d/mine.list': `  ${repo.replaceAll(' b', '   b')} # since 2024\n` } },
    want: { changed: false, log: [], result: { sources_added: [] } },
  },
  'is switched on where it is a comment': {
    args: { repo: debian.trim(), update_cache: false },
    world: { files: { [main]: `# a mirror\n# ${debian}` } },
    want: { log: [`write ${main}`], files: { [main]: `# a mirror\n${debian}` } },
  },
  'makes the directory': {
    args: { repo, update_cache: false },
    want: { log: ['mkdir /etc/apt/sources.list.d', `write ${list}`] },
  },
  'is one': { args: { repo: 'http://example.org' }, fails: 'Invalid repository string: http://example.org' },
  'is no PPA': { args: { repo: 'ppa:a/b' }, fails: 'a PPA is looked up on the network' },
});

testModule(aptRepository, 'apt_repository: a source that shall not be there', {
  'is removed with a file that was nothing else': {
    args: { repo, state: 'absent' },
    world: { files: { [list]: `${repo}\n`, [main]: `${debian}${repo}\n#${repo}\n` } },
    want: {
      log: [`write ${main}`, `remove ${list}`, 'apt-get update'],
      files: { [list]: null, [main]: debian },
      result: { sources_removed: [list] },
    },
  },
  'need not be removed': {
    args: { repo, state: 'absent' },
    world: { files: folder },
    want: { changed: false, log: [] },
  },
});

describe('apt_repository', () => {
  it('undoes its change when the lists cannot be fetched', async () => {
    const failing = { 'apt-get': { code: 100, stderr: 'E: no Release file' } };
    const target = fakeTarget({ files: folder, commands: failing });
    const failure = await runModule(aptRepository, { repo }, target, fakeController()).catch((error) => error);
    expect(failure.message).to.contain('no Release file');
    expect(target.log).to.deep.equal([`write ${list}`, `remove ${list}`]);
  });

  const names: Readonly<Record<string, string>> = {
    'deb http://user:secret@example.org/a b c': 'example_org_a.list',
    'deb-src [trusted=yes] file:///srv/x ./': 'srv_x.list',
    'deb https://pkgs.k8s.io/core:/stable:/v1.31/deb/ /': 'pkgs_k8s_io_core_stable_v1_31_deb.list',
  };
  for (const [source, name] of Object.entries(names))
    it(`names the file of ${source}`, () => expect(suggestedName(source)).to.equal(name));
});
