import yumRepository from '../../engine/modules/yum_repository.ts';
import { testModule } from '../../engine/testing.ts';

const path = '/etc/yum.repos.d/k8s.repo';
const folder = { '/etc/yum.repos.d': { type: 'directory' as const } };
const args = {
  name: 'k8s',
  description: 'Kubernetes',
  baseurl: 'https://a.example.com/rpm',
  gpgcheck: true,
  gpgkey: ['https://a.example.com/1.key', 'https://a.example.com/2.key'],
};
const section = `[k8s]
name = Kubernetes
baseurl = https://a.example.com/rpm
gpgcheck = 1
gpgkey = https://a.example.com/1.key
	https://a.example.com/2.key
`;
const other = '# ours\n[other]\nname=Other\nbaseurl=https://b.example.com\n';

testModule(yumRepository, 'yum_repository', {
  'makes the file': {
    args,
    world: { files: folder },
    want: {
      log: [`write ${path}`],
      files: { [path]: { content: section, mode: '0644' } },
      diffs: [['', section]],
      result: { repo: 'k8s', state: 'present' },
    },
  },
  'is done with what says the same in another way': {
    args,
    world: {
      files: {
        [path]:
          '[k8s]\ngpgcheck=1\nBaseURL=https://a.example.com/rpm\nname=Kubernetes\n# keys\ngpgkey=https://a.example.com/1.key\n  https://a.example.com/2.key\n',
      },
    },
    want: { changed: false },
  },
  'changes its section, and leaves the others': {
    args: { ...args, file: 'all', gpgkey: undefined, gpgcheck: false },
    world: { files: { '/etc/yum.repos.d/all.repo': `${section}\n${other}` } },
    want: {
      fields: ['options'],
      files: {
        '/etc/yum.repos.d/all.repo': `[k8s]\nname = Kubernetes\nbaseurl = https://a.example.com/rpm\ngpgcheck = 0\n\n${other}`,
      },
    },
  },
  'goes behind the others': {
    args: { ...args, file: 'all' },
    world: { files: { '/etc/yum.repos.d/all.repo': other } },
    want: { files: { '/etc/yum.repos.d/all.repo': `${other}\n${section}` } },
  },
  'takes the file away with its last repository': {
    args: { name: 'k8s', state: 'absent' },
    world: { files: { [path]: section } },
    want: { files: { [path]: null } },
  },
  'leaves the others when it goes': {
    args: { name: 'k8s', state: 'absent', file: 'all' },
    world: { files: { '/etc/yum.repos.d/all.repo': `${other}\n${section}` } },
    want: { files: { '/etc/yum.repos.d/all.repo': `${other}\n` } },
  },
  'has nothing to take away': {
    args: { name: 'k8s', state: 'absent' },
    world: { files: folder },
    want: { changed: false },
  },
  'shows no password, neither the new one nor the old one': {
    args: { ...args, baseurl: 'x', gpgcheck: undefined, gpgkey: undefined, password: 'new' },
    world: { files: { [path]: '[k8s]\nname=Kubernetes\npassword=old\n' } },
    want: {
      files: { [path]: '[k8s]\nname = Kubernetes\nbaseurl = x\npassword = new\n' },
      diffs: [
        ['[k8s]\nname=Kubernetes\npassword=(hidden)\n', '[k8s]\nname = Kubernetes\nbaseurl = x\npassword = (hidden)\n'],
      ],
    },
  },
  'keeps a password from others': {
    args: { ...args, password: 'new' },
    world: { files: folder },
    want: { files: { [path]: { mode: '0600' } } },
  },
  'needs to know where': {
    args: { name: 'k8s', description: 'x' },
    world: { files: folder },
    fails: "'baseurl', 'metalink' or 'mirrorlist'",
  },
  'needs a name for people': {
    args: { name: 'k8s', metalink: 'x' },
    world: { files: folder },
    fails: "'description' is required",
  },
});
