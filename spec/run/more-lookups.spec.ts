/** Lookups into tables, settings, the inventory and the web, as templates and as `with_`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

const cases: Readonly<Record<string, unknown>> = {
  "query('csvfile', 'b file=t.csv delimiter=, col=2')": ['q, "x"'],
  "lookup('csvfile', 'Li', file='t.tsv')": '3',
  "lookup('csvfile', 'none', file='t.tsv', default='d')": 'd',
  "lookup('ini', 'User', section='web', file='s.ini')": 'alice',
  "lookup('ini', 'user section=db file=s.ini')": 'bob',
  "lookup('ini', 'none', section='db', file='s.ini', default='d')": 'd',
  "query('ini', 'p.*', section='web', file='s.ini', re=true)": ['80', '/x'],
  "lookup('ini', 'a.b', type='properties', file='s.properties')": '1',
  "query('inventory_hostnames', 'all:!h1')": ['h2'],
  "query('inventory_hostnames', 'nobody')": [],
  "query('random_choice', 'a', 'b')[0] in ['a', 'b']": true,
};

describe('a lookup', () => {
  let scene: Stage;
  before(() => {
    scene = stage({
      'files/t.csv': 'a,1,2\nb,3,"q, ""x"""\n',
      'files/t.tsv': 'Li\t3\n',
      'files/s.ini': '[web]\nuser = alice\nport=80\npath: /x\n[db]\nuser=bob\n; user=eve\n',
      'files/s.properties': 'a.b=1\n',
    });
  });
  after(() => scene.close());

  const value = async (expression: string) => {
    const task = `{ name: x, debug: { msg: ${JSON.stringify(`{{ ${expression} }}`)} } }`;
    const played = await scene.play(`- { hosts: h1, gather_facts: false, tasks: [${task}] }\n`);
    return played.result('x')['msg'];
  };

  for (const [expression, wanted] of Object.entries(cases))
    it(expression, async () => expect(await value(expression)).to.deep.equal(wanted));

  it('with_inventory_hostnames goes through hosts', async () => {
    const played = await scene.play(`
- hosts: h1
  gather_facts: false
  tasks: [{ name: x, debug: { msg: "{{ item }}" }, with_inventory_hostnames: [all] }]
`);
    expect((played.result('x')['results'] as readonly { item: string }[]).map(({ item }) => item)).to.deep.equal([
      'h1',
      'h2',
    ]);
  });

  describe('url', () => {
    // a lookup waits, so the server is another process
    const serving = `require('http').createServer((q, r) => {
      r.statusCode = q.url === '/none' ? 404 : 200; r.end('one\\n' + (q.headers['x-a'] || '') + '\\n');
    }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;
    let server: ChildProcess;
    let address: string;
    before(async () => {
      server = spawn(process.execPath, ['-e', serving], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [port] = (await once(server.stdout!, 'data')) as [Buffer];
      address = `http://127.0.0.1:${port.toString().trim()}`;
    });
    after(() => server.kill());

    it('gives the lines of a page', async () => {
      expect(await value(`query('url', '${address}/', headers={'X-A': 'two'})`)).to.deep.equal(['one', 'two']);
    });

    it('gives a page as one text', async () => {
      expect(await value(`lookup('url', '${address}/', split_lines=false)`)).to.equal('one\n\n');
    });

    it('says why there is none', async () => {
      expect(await value(`lookup('url', '${address}/none')`)).to.match(/could not be fetched: HTTP 404 Not Found/);
    });
  });
});
