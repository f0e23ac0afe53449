import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import get_url from '../../engine/modules/get_url.ts';
import { testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const url = 'https://example.org/dl/tool';

testModule(get_url, 'get_url', {
  'leaves a file that is there alone': {
    args: { url, dest: '/opt/tool' },
    world: { files: { '/opt/tool': 'x' } },
    want: { changed: false, log: [], result: { msg: 'file already exists', dest: '/opt/tool' } },
  },
  'keeps the name in the URL inside a directory': {
    args: { url: `${url}?v=1`, dest: '/opt' },
    world: { files: { '/opt/tool': 'x' } },
    want: { changed: false, result: { dest: '/opt/tool' } },
  },
  'downloads what is not there': {
    args: { url, dest: '/opt/tool', mode: '0755' },
    want: {
      changed: true,
      log: [`download ${url}`],
      scripts: ['curl -q -K -'],
      files: { '/opt/tool': { mode: '0755' } },
    },
  },
  'leaves a file with the right checksum alone': {
    args: { url, dest: '/opt/tool', checksum: `sha256:${sha256('x')}` },
    world: { files: { '/opt/tool': 'x' } },
    want: { changed: false },
  },
  'knows other algorithms': {
    args: { url, dest: '/opt/tool', checksum: `md5:${createHash('md5').update('x').digest('hex').toUpperCase()}` },
    world: { files: { '/opt/tool': 'x' } },
    want: { changed: false },
  },
  'downloads again for another checksum': {
    args: { url, dest: '/opt/tool', checksum: `sha256:${sha256('new')}` },
    world: { files: { '/opt/tool': 'x' } },
    want: { fields: ['checksum'], log: [`download ${url}`] },
  },
  'changes attributes without a download': {
    args: { url, dest: '/opt/tool', mode: '0755' },
    world: { files: { '/opt/tool': 'x' } },
    want: { fields: ['mode'], log: ['set attributes of /opt/tool'] },
  },
  'refuses what would not be heeded': {
    args: { url, dest: '/opt/tool', ciphers: ['AES'], use_gssapi: true },
    fails: 'get_url does not know ciphers: uri with dest takes them; use_gssapi: say url_username',
  },
  'refuses headers that would go along with a redirect': {
    args: { url, dest: '/opt/tool', unredirected_headers: ['Authorization', 'X-Token'] },
    fails: 'unredirected_headers: X-Token would go along',
  },
  'refuses a checksum that is none': {
    args: { url, dest: '/opt/tool', checksum: 'sha256:abc' },
    fails: 'it has 64 hex digits',
  },
  'refuses an algorithm nobody knows': {
    args: { url, dest: '/opt/tool', checksum: 'crc:abc' },
    fails: 'algorithms are md5',
  },
  'refuses what is no URL': {
    args: { url: 'example.org/tool', dest: '/opt/tool' },
    fails: 'is not an http, https or file URL',
  },
  'needs the directory': { args: { url, dest: '/opt/none/tool' }, fails: 'the directory /opt/none does not exist' },
});

describe('downloads by a real host', function () {
  this.timeout(60_000);
  let server: Server;
  let root: string;
  let here: Stage;
  let seen: { readonly url: string; readonly authorization: string | undefined }[] = [];
  let text = 'version 1\n';

  before((done) => {
    here = stage({}, ['h1']);
    server = createServer((request, response) => {
      seen.push({ url: request.url ?? '', authorization: request.headers.authorization });
      if (request.url === '/moved') return void response.writeHead(302, { location: '/tool' }).end();
      if (request.url === '/sums') return void response.end(`${sha256('other')}  other\n${sha256(text)} *dist/tool\n`);
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': 1000 });
        return void response.write('half', () => response.destroy());
      }
      if (request.url === '/private' && request.headers.authorization === undefined)
        return void response.writeHead(401).end();
      if (request.url === '/none') return void response.writeHead(404).end('not here');
      response.end(text);
    }).listen(0, '127.0.0.1', () => {
      root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => {
    server.close();
    here.close();
  });
  beforeEach(() => {
    seen = [];
  });

  const play = async (args: string, more = '', options = {}) => {
    const played = await here.play(
      `- hosts: h1\n  gather_facts: false\n  tasks:\n    - name: get\n      get_url: { dest: "{{ playbook_dir }}/tool", ${args} }\n${more}`,
      options,
    );
    const outcome = played.outcomes.find(({ task }) => task.name === 'get')!;
    expect(readdirSync(here.folder).filter((name) => name.startsWith('.kplay'))).to.deep.equal([]);
    return { status: outcome.status, result: outcome.result, msg: String(outcome.result['msg']) };
  };
  const tool = () => readFileSync(join(here.folder, 'tool'), 'utf8');

  it('are made once, with mode and checksum', async () => {
    const first = await play(
      `url: "${root}/moved", checksum: "sha256:${root}/sums", mode: "0750"`.replace('/moved', '/tool'),
    );
    expect(first.status).to.equal('changed');
    expect(first.result).to.include({
      status_code: 200,
      size: 10,
      msg: 'OK (10 bytes)',
      checksum_src: createHash('sha1').update(text).digest('hex'),
    });
    expect((statSync(join(here.folder, 'tool')).mode & 0o777).toString(8)).to.equal('750');
    expect((await play(`url: "${root}/tool", checksum: "sha256:${root}/sums", mode: "0750"`)).status).to.equal('ok');
    expect(seen.filter((request) => request.url === '/tool')).to.have.lengthOf(1);
  });

  it('are predicted', async () => {
    expect(
      (await play(`url: "${root}/tool", checksum: "sha256:${sha256('version 2\n')}"`, '', { check: true })).status,
    ).to.equal('changed');
    expect(seen).to.deep.equal([]);
  });

  it('never replace a file by one with a wrong checksum', async () => {
    const { status, msg } = await play(`url: "${root}/tool", checksum: "sha256:${sha256('evil')}"`);
    expect(status).to.equal('failed');
    expect(msg).to.contain(`the checksum did not match ${sha256('evil')}; it was ${sha256(text)}`);
    expect(tool()).to.equal(text);
  });

  it('never leave half a file', async () => {
    const { status, msg } = await play(`url: "${root}/cut", force: true`);
    expect(status, msg).to.equal('failed');
    expect(tool()).to.equal(text);
  });

  it('fail with what the server says', async () => {
    expect((await play(`url: "${root}/none", force: true`)).msg).to.contain('404');
  });

  it('by force change only what differs', async () => {
    expect((await play(`url: "${root}/tool", force: true`)).status).to.equal('ok');
    text = 'version 2\n';
    expect((await play(`url: "${root}/moved", force: true, backup: true`)).status).to.equal('changed');
    expect(tool()).to.equal('version 2\n');
    expect(
      readdirSync(here.folder).filter((name) => /^tool\.\d+\.\d{4}-\d\d-\d\d@[\d:]+~$/.test(name)),
    ).to.have.lengthOf(1);
    expect((statSync(join(here.folder, 'tool')).mode & 0o777).toString(8)).to.equal('750');
  });

  it('send credentials', async () => {
    expect(
      (
        await play(
          `url: "${root}/private", url_username: me, url_password: 'pa"ss', headers: { X-A: "b" }, force: true`,
        )
      ).status,
    ).to.equal('ok');
    expect(seen[0]!.authorization).to.equal(`Basic ${Buffer.from('me:pa"ss').toString('base64')}`);
  });

  it('may come from a file of the host', async () => {
    writeFileSync(join(here.folder, 'local file'), 'local\n');
    expect((await play(`url: "file://${here.folder}/local%20file", force: true`)).status).to.equal('changed');
    expect(tool()).to.equal('local\n');
  });

  it('are made by the controller where the host has no tool', async () => {
    const bin = join(here.folder, 'bin');
    mkdirSync(bin);
    for (const name of [
      'rm',
      'cat',
      'cmp',
      'wc',
      'mktemp',
      'mv',
      'chmod',
      'chown',
      'stat',
      'sha1sum',
      'sha256sum',
      'df',
      'awk',
      'base64',
    ]) {
      const found = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
      if (found !== undefined) symlinkSync(found, join(bin, name));
    }
    text = 'version 3\n';
    const { status, msg } = await play(
      `url: "${root}/moved", checksum: "sha256:${sha256(text)}"`,
      `      environment: { PATH: "${bin}" }\n`,
    );
    expect(status, msg).to.equal('changed');
    expect(tool()).to.equal('version 3\n');
  });
});
