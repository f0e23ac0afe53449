import { expect } from 'chai';
import type { ConnectionSettings } from '../../engine/connection/connection.ts';
import { type Endpoint, endpointOf, jumpSettings } from '../../engine/connection/endpoint.ts';
import { opensshArguments } from '../../engine/connection/openssh.ts';

const settings: ConnectionSettings = {
  kind: 'ssh',
  host: 'web1',
  hostKeyChecking: 'strict',
  connectTimeoutMs: 10_000,
  home: '/home/me',
  localUser: 'me',
};

type Expected = { readonly [key in keyof Endpoint]?: unknown };

describe('endpointOf', () => {
  const cases: readonly [what: string, changes: Partial<ConnectionSettings>, config: string, expected: Expected][] = [
    [
      'nothing but a host',
      {},
      '',
      {
        label: 'ssh me@web1',
        host: 'web1',
        port: 22,
        user: 'me',
        keyName: 'web1',
        knownHostsFiles: ['/home/me/.ssh/known_hosts'],
        identities: {
          files: ['/home/me/.ssh/id_ed25519', '/home/me/.ssh/id_ecdsa', '/home/me/.ssh/id_rsa'],
          given: false,
          only: false,
        },
        agent: undefined,
        jumps: [],
      },
    ],
    [
      'a host of the configuration',
      {},
      'Host web*\n HostName %h.example.com\n User deploy\n Port 2222\n',
      {
        label: 'ssh deploy@web1:2222',
        host: 'web1.example.com',
        port: 2222,
        user: 'deploy',
        keyName: 'web1.example.com',
      },
    ],
    [
      'settings over the configuration',
      { user: 'root', port: 23 },
      'User deploy\nPort 2222\n',
      { user: 'root', port: 23 },
    ],
    [
      'arguments over the configuration',
      { sshCommonArgs: '-o Port=24 -l ops' },
      'User deploy\nPort 2222\n',
      { user: 'ops', port: 24 },
    ],
    ['names in small letters', {}, 'host web1\n  hostname 10.0.0.9\n', { host: '10.0.0.9' }],
    ['another host’s section', {}, 'Host db1\n User other\n', { user: 'me' }],
    ['the first of two values', {}, 'User one\nUser two\n', { user: 'one' }],
    [
      'key files',
      {},
      'IdentityFile ~/.ssh/%h_%r\nIdentityFile /k2\nIdentitiesOnly yes\n',
      {
        identities: { files: ['/home/me/.ssh/web1_me', '/k2'], given: false, only: true },
      },
    ],
    [
      'a given key alone',
      { privateKeyFile: '/k' },
      'IdentityFile /k2\n',
      { identities: { files: ['/k'], given: true, only: false } },
    ],
    [
      'known hosts files in order',
      { knownHostsFile: '/a' },
      'UserKnownHostsFile ~/b /c\n',
      {
        knownHostsFiles: ['/a', '/home/me/b', '/c', '/home/me/.ssh/known_hosts'],
      },
    ],
    ['a key under another name', {}, 'HostKeyAlias cluster\n', { keyName: 'cluster', host: 'web1' }],
    ['jump hosts', {}, 'ProxyJump a@b:24,c\n', { jumps: ['a@b:24', 'c'] }],
    ['no jump to itself', {}, 'Host *\n ProxyJump web1\n', { jumps: [] }],
    ['no jump', { sshExtraArgs: '-J none' }, 'ProxyJump b\n', { jumps: [] }],
    ['an agent', { agent: '/agent' }, '', { agent: '/agent' }],
    ['no agent', { agent: '/agent' }, 'IdentityAgent none\n', { agent: undefined }],
    [
      'checking by arguments',
      { sshCommonArgs: '-o StrictHostKeyChecking=no -C -o "UserKnownHostsFile /dev/null"' },
      '',
      {
        hostKeyChecking: 'off',
        knownHostsFiles: ['/dev/null', '/home/me/.ssh/known_hosts'],
      },
    ],
    ['checking not by the configuration', {}, 'StrictHostKeyChecking no\n', { hostKeyChecking: 'strict' }],
    ['Match exec never', {}, 'Match exec "true"\n User evil\n', { user: 'me' }],
  ];
  for (const [what, changes, config, expected] of cases) {
    it(`reads ${what}`, () => {
      expect(endpointOf({ ...settings, ...changes }, config)).to.deep.include(expected);
    });
  }

  it('refuses a ProxyCommand', () => {
    expect(() => endpointOf(settings, 'ProxyCommand nc %h %p\n')).to.throw(/cannot run the ProxyCommand nc %h %p/);
  });

  it('makes settings for a hop, without the target’s password', () => {
    const target = { ...settings, password: 'secret', port: 99, sshCommonArgs: '-J x' };
    const own = { password: undefined, sshCommonArgs: undefined };
    expect(jumpSettings(target, 'ops@[fe80::1]:24')).to.deep.include({
      ...own,
      host: 'fe80::1',
      user: 'ops',
      port: 24,
    });
    expect(jumpSettings(target, 'bastion')).to.deep.include({
      ...own,
      host: 'bastion',
      user: undefined,
      port: undefined,
    });
    expect(() => jumpSettings(target, 'a:b:c')).to.throw(/no such jump host/);
  });
});

describe('opensshArguments', () => {
  it('puts the user’s arguments before the defaults, and the host behind --', () => {
    const args = opensshArguments(
      { ...settings, host: '-oProxyCommand=x', port: 2222, sshCommonArgs: `-o 'A=b c'` },
      '/c',
    );
    expect(args.slice(0, 5)).to.deep.equal(['-T', '-p', '2222', '-o', 'A=b c']);
    expect(args.slice(-3)).to.deep.equal(['--', '-oProxyCommand=x', 'exec /bin/sh']);
    expect(args).to.include.members(['BatchMode=yes', 'StrictHostKeyChecking=yes', 'ControlPath=/c']);
  });

  it('leaves sharing to the arguments that ask for it', () => {
    const args = opensshArguments({ ...settings, sshCommonArgs: '-o ControlMaster=auto -o ControlPath=/mine' }, '/c');
    expect(args).not.to.include('ControlPath=/c');
  });
});
