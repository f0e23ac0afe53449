import { expect } from 'chai';
import { keyLine, keyOf } from '../../engine/module/ssh/authorized-keys.ts';
import authorizedKey from '../../engine/modules/authorized_key.ts';
import { testModule } from '../../engine/testing.ts';

const file = '/home/ann/.ssh/authorized_keys';
const accounts = { ann: { gid: 100 } };
const [one, two] = ['ssh-ed25519 AAAAone ann@desk', 'ssh-rsa AAAAtwo= bob'];
const world = (text: string) => ({ accounts, files: { [file]: { content: text, mode: '0640', owner: 'ann' } } });

testModule(authorizedKey, 'authorized_key', {
  'makes the file and its folder': {
    args: { user: 'ann', key: one },
    world: { accounts, files: { '/home/ann': { type: 'directory' } } },
    want: {
      changed: true,
      fields: ['folder', 'text'],
      log: ['mkdir /home/ann/.ssh', `write ${file}`],
      files: {
        '/home/ann/.ssh': { type: 'directory', mode: '0700', owner: 'ann' },
        [file]: { content: `${one}\n`, mode: '0600', owner: 'ann', group: '100' },
      },
      result: { keyfile: file, user: 'ann', exclusive: false },
      diffs: [['', `${one}\n`]],
    },
  },
  'is done with a key that is there, without a line end too': {
    args: { user: 'ann', key: `${two}\n` },
    world: world(`# mine\n${one}\n${two}`),
    want: { changed: false, log: [] },
  },
  'adds keys behind what is there, and keeps the mode': {
    args: { user: 'ann', key: `# both\n${one}\n${two}\n` },
    world: world(`# mine\n${one}`),
    want: { log: [`write ${file}`], files: { [file]: { content: `# mine\n${one}\n${two}\n`, mode: '0640' } } },
  },
  'gives a key other options and another comment in its place': {
    args: { user: 'ann', key: one, key_options: 'no-pty,command="echo a b"', comment: 'desk' },
    world: world(`from="10.0.0.*" ${one}\n${two}\n`),
    want: { files: { [file]: `no-pty,command="echo a b" ssh-ed25519 AAAAone desk\n${two}\n` } },
  },
  'leaves nothing else': {
    args: { user: 'ann', key: two, exclusive: true },
    world: world(`# mine\n${one}\n${two}\n`),
    want: { files: { [file]: `${two}\n` } },
  },
  'takes a key out, whatever its options': {
    args: { user: 'ann', key: one, state: 'absent' },
    world: world(`no-pty ${one} else\n${two}\n`),
    want: { files: { [file]: `${two}\n` } },
  },
  'has nothing to take out of no file': {
    args: { user: 'ann', key: one, state: 'absent' },
    world: { accounts, files: {} },
    want: { changed: false },
  },
  'writes where the task says': {
    args: { user: 'ann', key: one, path: '/etc/ssh/keys/ann', manage_dir: false },
    world: { accounts, files: { '/etc/ssh/keys': { type: 'directory' } } },
    want: { log: ['write /etc/ssh/keys/ann'], files: { '/etc/ssh/keys/ann': `${one}\n` } },
  },
  'does not write through a link into a folder of somebody else': {
    args: { user: 'ann', key: one },
    world: {
      accounts,
      files: { '/home/ann/.ssh': { linkTarget: '/root/.ssh' }, '/root/.ssh': { type: 'directory' } },
    },
    fails: '/home/ann/.ssh is a link to a folder of root',
  },
  'knows no such user': { args: { user: 'nobody2', key: one }, fails: 'Failed to lookup user nobody2' },
  'refuses what is no key': {
    args: { user: 'ann', key: 'hello' },
    world: world(''),
    fails: 'invalid key specified: hello',
  },
  'says how a URL is fetched': {
    args: { user: 'ann', key: 'https://example.com/ann.keys' },
    world: world(''),
    fails: "use lookup('url'",
  },
});

describe('authorized keys', () => {
  const lines = [
    one,
    'sk-ssh-ed25519@openssh.com AAAA',
    'command="say \\"ssh-rsa x\\" # no",no-pty ecdsa-sha2-nistp256 AAAA= a b c',
  ];
  for (const line of lines) it(`reads ${line}`, () => expect(keyLine(keyOf(line)!)).to.equal(line));
  for (const line of ['', '# ssh-rsa AAAA', 'ssh-rsa', 'a b ssh-rsa AAAA'])
    it(`finds no key in "${line}"`, () => expect(keyOf(line)).to.equal(undefined));
});
