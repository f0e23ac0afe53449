import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { publicKeysIn } from '../../engine/module/packages/openpgp.ts';
import aptKey from '../../engine/modules/apt_key.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';

const armored = (...lines: readonly string[]) =>
  ['-----BEGIN PGP PUBLIC KEY BLOCK-----', '', ...lines, '-----END PGP PUBLIC KEY BLOCK-----', ''].join('\n');
const one = armored(
  'mDMEawGgnRYJKwYBBAHaRw8BAQdA/6ffkOdeKJWIwW5or/YN5zfpYNZGDdCHA/+x',
  '/xr3hUi0G2twbGF5IG9uZSA8b25lQGV4YW1wbGUuY29tPoiQBBMWCAA4FiEEw9Vo',
  'aRptpRvtUwWT5YWnEoEgslQFAmsBoJ0CGwMFCwkIBwIGFQoJCAsCBBYCAwECHgEC',
  'F4AACgkQ5YWnEoEgslS/LQD/UtJBD08vHNEWcpkZ/bYBfxAS6hCek7k1yoJpA16K',
  'AacA/3g26xkcynQZnObDMSzowsdfxGMFUt5Zu8M3uaHTBqIJ',
  '=YGAr',
);
const two = armored(
  'mDMEawGgnRYJKwYBBAHaRw8BAQdAt7qt9NUpQ+jQ+wQsPPJZ8IMU6IXP0nzeOtAA',
  'AUY+ZuK0G2twbGF5IHR3byA8dHdvQGV4YW1wbGUuY29tPoiQBBMWCAA4FiEE1+8Z',
  'zaE2U2+F4zkCnq1/wM7cVbkFAmsBoJ0CGwMFCwkIBwIGFQoJCAsCBBYCAwECHgEC',
  'F4AACgkQnq1/wM7cVbnq/AD/TvygftwXN/4Drug1Ve7KnYdOMcfYzeF6du1OGaKp',
  'tAUA/j8w44CLSQGrKi9ZS9vOhgKdJwKl27y/hQzGrGlOWfYE',
  '=5CY9',
);
const first = 'C3D568691A6DA51BED530593E585A7128120B254';
const second = 'D7EF19CDA136536F85E339029EAD7FC0CEDC55B9';
const binary = (...keys: readonly string[]) =>
  Buffer.concat(keys.flatMap((key) => publicKeysIn(Buffer.from(key)).map(({ bytes }) => bytes)));

const folder = '/etc/apt/trusted.gpg.d';
const file = `${folder}/${first}.gpg`;
const both = `${folder}/both.gpg`;
const world = (files: Readonly<Record<string, string | Buffer>> = {}) => ({
  files: {
    [folder]: { type: 'directory' as const },
    ...Object.fromEntries(Object.entries(files).map(([path, content]) => [path, { content }])),
  },
});
const shown = `${first} kplay one <one@example.com>\n`;
const shownSecond = `${second} kplay two <two@example.com>\n`;

testModule(aptKey, 'apt_key: a key that apt shall trust', {
  'gets a file of its own': {
    args: { data: one },
    world: world(),
    want: {
      fields: ['trusted'],
      log: [`write ${file}`],
      files: { [file]: { mode: '0644' } },
      diffs: [['', shown]],
      result: { fingerprints: [first], key_id: 'E585A7128120B254', keyrings: [file] },
    },
  },
  'comes from a file of the host, into a keyring that is there': {
    args: { file: '/root/key.asc', keyring: '/etc/apt/keyrings/mine.gpg' },
    world: {
      files: { '/root/key.asc': one, '/etc/apt/keyrings/mine.gpg': { content: binary(two) } },
    },
    want: { log: ['write /etc/apt/keyrings/mine.gpg'], diffs: [[shownSecond, shownSecond + shown]] },
  },
  'is trusted already, whatever the file': {
    args: { data: one },
    world: world({ [both]: binary(two, one) }),
    want: { changed: false, log: [], result: { keyrings: [both] } },
  },
  'is trusted already, in armor': {
    args: { data: one, id: first },
    world: world({ [`${folder}/a.asc`]: one, [`${folder}/broken.gpg`]: 'x' }),
    want: { changed: false },
  },
  'is not fetched when its id is known': {
    args: { url: 'https://example.com/key.asc', id: '0xe585a7128120b254' },
    world: world({ '/etc/apt/trusted.gpg': binary(one) }),
    want: { changed: false, result: { fingerprints: [first] } },
  },
  'is fetched by the host': {
    args: { url: 'https://example.com/key.asc' },
    world: { ...world(), answers: { 'url-text https://example.com/key.asc': { text: one, noTool: false } } },
    want: { log: [`write ${file}`] },
  },
  'is looked up on a server, and only it is taken': {
    args: { keyserver: 'hkp://keys.example.com', id: first },
    world: {
      ...world(),
      answers: {
        [`url-text http://keys.example.com:11371/pks/lookup?op=get&options=mr&search=0x${first}`]: {
          text: two + one,
          noTool: false,
        },
      },
    },
    want: { log: [`write ${file}`], diffs: [['', shown]] },
  },
  'is the one that was named': { args: { data: two, id: first }, world: world(), fails: `but ${second}` },
  'has to come from somewhere': {
    args: { id: first },
    world: world(),
    fails: 'data, file, url or keyserver brings it',
  },
  'is no text': { args: { data: 'hello' }, world: world(), fails: 'data: this is no public key' },
  'is in armor where it comes from a URL': {
    args: { url: 'https://example.com/key.gpg' },
    world: { ...world(), answers: { 'url-text https://example.com/key.gpg': { text: 'x', noTool: false } } },
    fails: 'get_url puts keys in binary',
  },
  'does not go into armor': {
    args: { data: one, keyring: '/etc/apt/a.asc' },
    world: { files: { '/etc/apt/a.asc': two } },
    fails: 'in armor',
  },
  'has an id of so many digits': { args: { id: 'abc', data: one }, fails: 'must be 8, 16 or 40' },
});

testModule(aptKey, 'apt_key: a key that apt shall not trust', {
  'goes with a file that is nothing else': {
    args: { id: first, state: 'absent' },
    world: world({ [`${folder}/a.asc`]: one }),
    want: { log: [`remove ${folder}/a.asc`], diffs: [[shown, '']] },
  },
  'leaves the others': {
    args: { data: one, state: 'absent' },
    world: world({ [both]: binary(one, two) }),
    want: { log: [`write ${both}`], diffs: [[shown + shownSecond, shownSecond]] },
  },
  'is gone already': { args: { id: first, state: 'absent' }, world: world(), want: { changed: false } },
  'cannot be taken from armor with others': {
    args: { id: first, state: 'absent' },
    world: world({ [`${folder}/a.asc`]: one + two }),
    fails: 'gpg --dearmor',
  },
});

describe('apt_key', () => {
  it('writes what gpg reads', async function () {
    if (spawnSync('gpg', ['--version']).status !== 0) this.skip();
    const target = fakeTarget(world({ [file]: binary(two) }));
    await runModule(aptKey, { data: one }, target, fakeController());
    const home = mkdtempSync(join(tmpdir(), 'kplay-gpg-'));
    const said = spawnSync('gpg', ['--homedir', home, '--batch', '--show-keys', '--with-colons'], {
      input: target.files.content(file) as Buffer,
      encoding: 'utf8',
    });
    rmSync(home, { recursive: true });
    expect([...said.stdout.matchAll(/^fpr:+(\w+):/gm)].map(([, found]) => found)).to.deep.equal([second, first]);
  });

  it('refuses private keys', () => {
    const packet = Buffer.from([0x80 | (5 << 2), 1, 4]);
    expect(() => publicKeysIn(packet)).to.throw('private key');
  });
});
