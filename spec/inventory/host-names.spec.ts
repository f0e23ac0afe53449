import { expect } from 'chai';
import { readHostNames } from '../../engine/inventory/host-names.ts';

const readable: readonly (readonly [text: string, names: string, port?: number])[] = [
  ['web1', 'web1'],
  ['web.example.com:2222', 'web.example.com', 2222],
  ['db[1:3]', 'db1 db2 db3'],
  ['db[01:10:4]', 'db01 db05 db09'],
  ['db[08:11].lan', 'db08.lan db09.lan db10.lan db11.lan'],
  ['db[9:11]', 'db9 db10 db11'],
  ['db[:2]', 'db0 db1 db2'],
  ['n[a:c]', 'na nb nc'],
  ['n[A:C:2]', 'nA nC'],
  ['r[1:2]-[a:b]', 'r1-a r1-b r2-a r2-b'],
  ['r[1:2]:22', 'r1 r2', 22],
  ['10.0.0.[1:3]', '10.0.0.1 10.0.0.2 10.0.0.3'],
  ['::1', '::1'],
  ['fe80::a1', 'fe80::a1'],
  ['[fe80::a1]:2222', 'fe80::a1', 2222],
  ['[::1]', '::1'],
];

const malformed: readonly (readonly [text: string, message: RegExp])[] = [
  ['db[01:100]', /unequal length/],
  ['db[3:1]', /ends before it begins/],
  ['n[c:a]', /ends before it begins/],
  ['n[a:C]', /ends before it begins/],
  ['n[a:3]', /two numbers or two letters/],
  ['n[aa:bb]', /two numbers or two letters/],
  ['n[1:3:0]', /step/],
  ['n[1:9999999]', /more than/],
  ['web:70000', /not a port/],
  ['a;b', /not a host name/],
];

describe('readHostNames', () => {
  for (const [text, names, port] of readable) {
    it(`reads ${text}`, () =>
      expect(readHostNames(text)).to.deep.equal({ kind: 'hosts', names: names.split(' '), port }));
  }
  for (const [text, message] of malformed) {
    it(`refuses ${text}`, () => {
      const read = readHostNames(text);
      expect(read.kind === 'malformed' ? read.message : 'was read').to.match(message);
    });
  }
});
