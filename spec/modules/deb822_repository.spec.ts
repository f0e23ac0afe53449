import deb822 from '../../engine/modules/deb822_repository.ts';
import { testModule } from '../../engine/testing.ts';

const path = '/etc/apt/sources.list.d/docker-ce.sources';
const key = '/etc/apt/keyrings/docker-ce.asc';
const folders = {
  '/etc/apt/sources.list.d': { type: 'directory' },
  '/etc/apt/keyrings': { type: 'directory' },
} as const;
const url = 'https://download.docker.com/linux/debian/gpg';
const armored = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQIN\n-----END PGP PUBLIC KEY BLOCK-----\n';
const fetched = (text: string) => ({ [`url-text ${url}`]: { text, noTool: false } });
const args = { name: 'Docker CE', uris: 'https://download.docker.com/linux/debian', suites: 'bookworm' };
const source =
  'Architectures: amd64 arm64\nComponents: stable\nEnabled: yes\nX-Repolib-Name: Docker CE\nSuites: bookworm\nTypes: deb\nURIs: https://download.docker.com/linux/debian\n';
const full = { ...args, components: ['stable'], architectures: ['amd64', 'arm64'], enabled: true };

testModule(deb822, 'deb822_repository', {
  'writes the fields that are asked for': {
    args: full,
    world: { files: folders },
    want: {
      log: [`write ${path}`],
      files: { [path]: { content: source, mode: '0644' } },
      diffs: [['', source]],
      result: { repo: source, dest: path, key_filename: null },
    },
  },
  'leaves alone what is so': { args: full, world: { files: { [path]: source } }, want: { changed: false } },
  'sets the mode alone': {
    args: full,
    world: { files: { [path]: { content: source, mode: '0600' } } },
    want: { log: [`set attributes of ${path}`], files: { [path]: { mode: '0644', content: source } } },
  },
  'fetches the key, before the source names it': {
    args: { ...args, signed_by: url },
    world: { files: { '/etc/apt/sources.list.d': { type: 'directory' } }, answers: fetched(armored) },
    want: {
      fields: ['source', 'key'],
      log: ['mkdir /etc/apt/keyrings', `write ${key}`, `write ${path}`],
      files: { [key]: { content: armored, mode: '0644' } },
      result: { key_filename: key },
      diffs: [
        ['', armored],
        [
          '',
          `X-Repolib-Name: Docker CE\nSigned-By: ${key}\nSuites: bookworm\nTypes: deb\nURIs: https://download.docker.com/linux/debian\n`,
        ],
      ],
    },
  },
  'holds a key that is written in the task': {
    args: { ...args, signed_by: armored },
    world: { files: folders },
    want: {
      files: {
        [path]:
          'X-Repolib-Name: Docker CE\nSigned-By: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQIN\n -----END PGP PUBLIC KEY BLOCK-----\nSuites: bookworm\nTypes: deb\nURIs: https://download.docker.com/linux/debian\n',
      },
    },
  },
  'takes no key in binary': {
    args: { ...args, signed_by: url },
    world: { files: folders, answers: fetched('\x99\x02') },
    fails: 'gives no key in armor: fetch it with get_url',
  },
  'takes no second field for a value': {
    args: { name: 'x', suites: 'a', uris: 'https://a\nTrusted: yes' },
    fails: 'uris must be one line',
  },
  'needs a name for the file': { args: { name: '!', suites: 'a', uris: 'https://a' }, fails: 'leaves no name' },
  'needs to be somewhere': { args: { name: 'x', uris: 'https://a' }, fails: 'at least one of `uris` and of `suites`' },
  'is taken away with its key': {
    args: { name: 'Docker CE', state: 'absent' },
    world: { files: { ...folders, [path]: source, [key]: armored } },
    want: { log: [`remove ${key}`, `remove ${path}`], result: { repo: null } },
  },
  'need not be taken away': {
    args: { name: 'Docker CE', state: 'absent' },
    world: { files: folders },
    want: { changed: false },
  },
});
