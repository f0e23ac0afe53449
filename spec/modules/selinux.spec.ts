import { expect } from 'chai';
import selinux from '../../engine/modules/selinux.ts';
import { selinuxKind } from '../../engine/target/queries/selinux.ts';
import { testModule } from '../../engine/testing.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const path = '/etc/selinux/config';
const file = (state: string, policy = 'targeted') =>
  `# SELINUX= takes one of\nSELINUX=${state}\nSELINUXTYPE=${policy}\n`;
const world = (now: string | null, text: string) => ({
  files: { [path]: text },
  answers: { 'selinux host': now ?? undefined },
});

testModule(selinux, 'selinux', {
  'only warns, now and at boot': {
    args: { state: 'permissive', policy: 'targeted' },
    world: world('enforcing', file('enforcing')),
    want: {
      fields: ['atBoot', 'mode'],
      log: [`write ${path}`, 'setenforce 0'],
      files: { [path]: file('permissive') },
      diffs: [
        [file('enforcing'), file('permissive')],
        ['enforcing\n', 'permissive\n'],
      ],
      result: { reboot_required: false },
    },
  },
  'is done with what is so': {
    args: { state: 'enforcing', policy: 'targeted' },
    world: world('enforcing', file('enforcing')),
    want: { changed: false, log: [] },
  },
  'is disabled from the next boot on': {
    args: { state: 'disabled' },
    world: world('enforcing', file('enforcing')),
    want: {
      fields: ['atBoot'],
      log: [`write ${path}`],
      files: { [path]: file('disabled') },
      result: { reboot_required: true },
    },
  },
  'comes back with the next boot': {
    args: { state: 'enforcing', policy: 'mls' },
    world: world(null, 'SELINUX=disabled'),
    want: { files: { [path]: 'SELINUX=enforcing\nSELINUXTYPE=mls\n' }, result: { reboot_required: true } },
  },
  'is not there': {
    args: { state: 'disabled' },
    world: { answers: { 'selinux host': undefined } },
    fails: 'no SELinux',
  },
  'wants a policy': { args: { state: 'enforcing' }, world: world(null, ''), fails: 'policy' },
});

describe('selinuxKind', () => {
  it('reads the kernel', () => {
    const read = (text: string) => selinuxKind.parse(Buffer.from(text), [''])[0];
    expect(['1', '0\n', ''].map(read)).to.deep.equal(['enforcing', 'permissive', undefined]);
  });
  for (const shell of shells)
    it(`asks through ${shell.join(' ')}`, () => expect(askHere(selinuxKind, [''], shell)).to.have.length(1));
});
