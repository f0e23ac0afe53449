import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { curlCommand, curlResponse } from '../../../engine/module/http/curl.ts';
import { rawCommand, rawResponse } from '../../../engine/module/http/raw.ts';
import type { Request } from '../../../engine/module/http/request.ts';

const request: Request = {
  ...{ method: 'POST', url: 'https://h/', headers: { 'X-Token': 'to"ken\\' }, body: 'bo"dy\nwith\ttab é' },
  ...{ user: 'u', password: 'pass', follows: false, timeout: 5, verifies: true, usesProxy: false, usesNetrc: false },
};

describe('a request of the host', () => {
  const ways = { curl: curlCommand, 'a bare connection': rawCommand };
  for (const [way, command] of Object.entries(ways)) {
    it(`has nothing secret in what runs, by ${way}`, () => {
      const { script = '', stdin = '' } = command(request);
      for (const secret of ['to"ken', 'bo"dy', 'pass']) expect(script).to.not.contain(secret);
      expect(String(stdin)).to.match(/X-Token/);
    });

    it(`cannot be split by line breaks in a header, by ${way}`, () => {
      const { stdin = '' } = command({ ...request, headers: { 'X-A': 'a\r\nX-Evil: b\nurl = "http://evil"' } });
      expect(
        String(stdin)
          .split(/\r?\n/)
          .some((line) => /^(X-Evil|url = "http:\/\/evil)/.test(line)),
      ).to.equal(false);
    });
  }
});

/** Runs the command on this machine, without blocking the server that answers it. */
const program =
  "const s = require('http').createServer((q, r) => { let b = ''; q.on('data', (d) => (b += d)); q.on('end', () => { r.setHeader('X-Method', q.method); r.end(JSON.stringify([q.headers['x-token'], q.headers.authorization, b])); }); }); s.listen(0, '127.0.0.1', () => console.log(s.address().port));";

describe('a request that is really sent', function () {
  this.timeout(20_000);
  let server: ChildProcess;
  let port: number;

  before(async () => {
    server = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    port = await new Promise<number>((resolve) => server.stdout!.once('data', (data) => resolve(Number(data))));
  });
  after(() => void server.kill());

  const has = (tool: string): boolean => spawnSync('/bin/sh', ['-c', `command -v ${tool}`]).status === 0;
  const ways = {
    curl: { needs: 'curl', command: curlCommand, response: curlResponse },
    'a bare connection': { needs: 'bash', command: rawCommand, response: rawResponse },
  };
  for (const [way, { needs, command, response }] of Object.entries(ways)) {
    it(`arrives whole, by ${way}`, function () {
      if (!has(needs)) this.skip();
      const sent = { ...request, url: `http://127.0.0.1:${port}/x?y=1` };
      const { script = '', stdin = '' } = command(sent);
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { input: `${String(stdin)}\n` });
      const times = { start: '', end: '', seconds: 0, truncated: false, timedOut: false };
      const got = response({ code: status ?? -1, stdout, stderr, ...times }, sent);
      expect(got.status).to.equal(200);
      expect(got.headers.get('x-method')).to.equal('POST');
      const credentials = `Basic ${Buffer.from('u:pass').toString('base64')}`;
      expect(JSON.parse(got.body.toString())).to.deep.equal(['to"ken\\', credentials, request.body]);
    });
  }
});
