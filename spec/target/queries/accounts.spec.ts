import { expect } from 'chai';
import { accountKind, groupKind, passwordAgeKind } from '../../../engine/target/queries/accounts.ts';
import { askHere, shells } from './run-query.ts';

const passwd = 'root:x:0:0:root:/root:/bin/bash\netcd:x:999:997:etcd,,,:/var/lib/etcd:/usr/sbin/nologin\n';
const shadow = 'etcd:$6$a$b:19000:1:90:7:14:21990:\n';
const group = 'root:x:0:\netcd:x:997:\nadm:x:4:syslog,etcd\nsudo:x:27:etcd\nlike-etcd:x:5:etcd2\n';

describe('accountKind', () => {
  it('joins what passwd, shadow and group say', () => {
    const [etcd, nobody] = accountKind.parse(Buffer.from([passwd, shadow, group].join('\x1e')), ['etcd', 'nosuch']);
    expect(etcd).to.deep.equal({
      ...{ name: 'etcd', uid: 999, gid: 997, comment: 'etcd,,,', home: '/var/lib/etcd', shell: '/usr/sbin/nologin' },
      ...{ groups: ['etcd', 'adm', 'sudo'], password: '$6$a$b', expires: 21990 },
    });
    expect(nobody).to.equal(undefined);
  });

  it('has no password where shadow cannot be read, and the number of a group that has no name', () => {
    const [root] = accountKind.parse(Buffer.from(`${passwd}\x1e\x1e`), ['root']);
    expect(root).to.include({ password: '', expires: undefined });
    expect(root?.groups).to.deep.equal(['0']);
  });

  for (const shell of shells) {
    it(`finds root, and nobody under a hostile name, through ${shell.join(' ')}`, () => {
      const [root, none] = askHere(accountKind, ['root', "no'such*"], shell);
      expect(root).to.include({ uid: 0, gid: 0, home: '/root' });
      expect(none).to.equal(undefined);
    });

    it(`reads the files themselves where there is no getent, through ${shell.join(' ')}`, () => {
      const bare = ['env', 'PATH=/nonexistent', `/bin/${shell[0]}`, ...shell.slice(1)];
      const [root] = askHere(groupKind, ['root'], ['/usr/bin/env', ...bare.slice(1)]);
      expect(root).to.deep.equal({ name: 'root', gid: 0, members: [] });
    });
  }
});

describe('groupKind', () => {
  it('reads number and members', () => {
    expect(groupKind.parse(Buffer.from(group), ['adm', 'nosuch'])).to.deep.equal([
      { name: 'adm', gid: 4, members: ['syslog', 'etcd'] },
      undefined,
    ]);
  });
});

describe('passwordAgeKind', () => {
  it('reads days, and nothing from empty fields', () => {
    const stdout = Buffer.from(`${shadow}root:*:19000::::::\n`);
    expect(passwordAgeKind.parse(stdout, ['etcd', 'root', 'nosuch'])).to.deep.equal([
      { min: 1, max: 90, warn: 7, inactive: 14 },
      { min: undefined, max: undefined, warn: undefined, inactive: undefined },
      undefined,
    ]);
  });
});
