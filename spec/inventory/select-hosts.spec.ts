import { expect } from 'chai';
import { isKplayError } from '../../engine/errors.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { type SelectOptions, selectHosts } from '../../engine/inventory/select-hosts.ts';
import { filesInMemory } from '../../engine/source/files.ts';

const hosts = `
alone
[web]
web[1:4]
[db]
db1.example.com
db2.example.com
[etcd]
web3
web1
[kube_master]
web1
[empty]
[site:children]
db
web
`;
const files = filesInMemory({ hosts, 'failed.retry': 'web2\n# a comment\n\nweb4\n' });
const inventory = loadInventory(['hosts'], files);
const select = (pattern: string, options: SelectOptions = {}) => selectHosts(inventory, pattern, options).join(' ');

const patterns: readonly (readonly [pattern: string, hosts: string])[] = [
  ['all', 'alone web1 web2 web3 web4 db1.example.com db2.example.com'],
  ['*', 'alone web1 web2 web3 web4 db1.example.com db2.example.com'],
  ['web', 'web1 web2 web3 web4'],
  ['web2', 'web2'],
  ['site', 'db1.example.com db2.example.com web1 web2 web3 web4'],
  ['etcd', 'web3 web1'],
  ['ungrouped', 'alone'],
  ['empty', ''],
  ['', ''],
  // unions
  ['db,alone', 'db1.example.com db2.example.com alone'],
  ['db:alone', 'db1.example.com db2.example.com alone'],
  ['web1, web1,web', 'web1 web2 web3 web4'],
  ['alone,db:web1', 'alone db1.example.com db2.example.com web1'],
  // intersection and exclusion, in whatever order
  ['web:&etcd', 'web1 web3'],
  ['web:!etcd', 'web2 web4'],
  ['!etcd:web', 'web2 web4'],
  ['!etcd,&web,site', 'web2 web4'],
  ['all:!web:!db', 'alone'],
  ['!web', 'alone db1.example.com db2.example.com'],
  ['&db', 'db1.example.com db2.example.com'],
  // globs
  ['web*', 'web1 web2 web3 web4'],
  ['*.example.com', 'db1.example.com db2.example.com'],
  ['web?', 'web1 web2 web3 web4'],
  ['we[bx]2', 'web2'],
  ['?eb[!1-3]', 'web4'],
  ['db[12].example.com', 'db1.example.com db2.example.com'],
  ['db[!1].example.com', 'db2.example.com'],
  ['e*d', 'web1 web3'],
  ['nothing*', ''],
  ['db1?example*', 'db1.example.com'],
  // regular expressions
  ['~web[12]', 'web1 web2'],
  ['~(alone|db1)', 'alone db1.example.com'],
  ['~.*\\.example\\.com$', 'db1.example.com db2.example.com'],
  ['~eb', ''],
  ['~web\\d{1,2}:!web1', 'web2 web3 web4'],
  // index and slice
  ['web[0]', 'web1'],
  ['web[-1]', 'web4'],
  ['web[-2]', 'web3'],
  ['web[0:1]', 'web1 web2'],
  ['web[2:]', 'web3 web4'],
  ['web[1-2]', 'web2 web3'],
  ['web[9]', ''],
  ['etcd[0]', 'web3'],
  ['all[1:2]', 'web1 web2'],
  ['web*[0]', 'web1'],
  ['web[0],db[0]', 'web1 db1.example.com'],
  // a range of host names, as an inventory writes it
  ['db[1:2].example.com', 'db1.example.com db2.example.com'],
  // the other vocabulary
  ['kube_control_plane', 'web1'],
  ['web:!kube_control_plane', 'web2 web3 web4'],
  // localhost
  ['localhost', 'localhost'],
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
  ['web1,localhost', 'web1 localhost'],
];

const limits: readonly (readonly [pattern: string, limit: string, hosts: string])[] = [
  ['web', 'web2', 'web2'],
  ['web', 'db', ''],
  ['etcd', 'web1,web3', 'web3 web1'],
  ['web', '!web1', 'web2 web3 web4'],
  ['all', '@failed.retry', 'web2 web4'],
  ['all', '@failed.retry:!web2', 'web4'],
  ['localhost', 'localhost', 'localhost'],
];

const refused: readonly (readonly [pattern: string, message: string])[] = [
  ['wbe', 'no host or group named "wbe". Did you mean "web"?'],
  ['web:!etdc', 'no host or group named "etdc". Did you mean "etcd"?'],
  ['kube_contrl_plane', 'no host or group named "kube_contrl_plane". Did you mean "kube_control_plane"?'],
  ['zzzz', 'no host or group named "zzzz".'],
  ['wbe[0]', 'no host or group named "wbe". Did you mean "web"?'],
  ['db[1:3].example.com', 'no host or group named "db3.example.com". Did you mean "db1.example.com"?'],
  ['~(', '"~(" is not a regular expression'],
];

function refusalOf(pattern: string, options: SelectOptions = {}): string {
  try {
    select(pattern, options);
  } catch (error) {
    if (isKplayError(error)) return error.message;
    throw error;
  }
  return 'nothing was refused';
}

describe('selectHosts', () => {
  for (const [pattern, selected] of patterns)
    it(`${pattern || 'nothing'} means ${selected || 'no host'}`, () => expect(select(pattern)).to.equal(selected));

  for (const [pattern, limit, selected] of limits) {
    it(`${pattern} limited to ${limit} means ${selected || 'no host'}`, () =>
      expect(select(pattern, { limit, files })).to.equal(selected));
  }

  for (const [pattern, message] of refused)
    it(`refuses ${pattern}`, () => expect(refusalOf(pattern)).to.equal(message));

  it('refuses a misspelt limit', () =>
    expect(refusalOf('all', { limit: 'wbe' })).to.equal('no host or group named "wbe". Did you mean "web"?'));

  it('refuses a limit file that is not there', () =>
    expect(refusalOf('all', { limit: '@gone', files })).to.equal('there is no file "gone" to limit the hosts by'));

  it('says where the pattern is written', () => {
    expect(refusalOf('wbe', { at: { file: 'site.yml', line: 3, column: 10 } })).to.match(
      /^site\.yml:3:10: no host or group/,
    );
  });

  it('says when the inventory is empty', () => {
    const none = loadInventory([], files);
    expect(() => selectHosts(none, 'web1')).to.throw('the inventory is empty: give one with -i');
  });
});
