import uri from '../../engine/modules/uri.ts';
import { Float } from '../../engine/source/float.ts';
import { testModule } from '../../engine/testing.ts';

const curl = { 'curl host': true };
const bare = { 'curl host': false };

/** What curl prints: heads, body, and the line that says where the heads end. */
function answer(heads: readonly string[], body: string, redirects = 0, url = 'http://h/'): { stdout: string } {
  const head = heads.map((one) => `${one}\r\n\r\n`).join('');
  return { stdout: `${head}${body}\x1e${Buffer.byteLength(head)} ${redirects} ${url}` };
}
const json =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: 7\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2';

testModule(uri, 'uri, by curl', {
  'returns status, headers, cookies and what is JSON': {
    args: { url: 'http://h/' },
    world: { answers: curl, commands: { curl: answer([json], '{"health":"true"}') } },
    want: {
      changed: false,
      log: [],
      result: {
        ...{ status: 200, url: 'http://h/', redirected: false, msg: 'OK (unknown bytes)', json: { health: 'true' } },
        ...{ content: undefined, x_request_id: '7', cookies: { a: '1', b: '2' }, cookies_string: 'a=1; b=2' },
      },
    },
  },
  'reads JSON with its floats and long integers': {
    args: { url: 'http://h/' },
    world: { answers: curl, commands: { curl: answer([json], '{"v":8.0,"n":9007199254740993}') } },
    want: { result: { json: { v: new Float(8), n: 9007199254740993n } } },
  },
  'keeps credentials from other hosts, and refuses headers that would go there': {
    args: { url: 'http://h/', unredirected_headers: ['authorization', 'X-Token'] },
    world: { answers: curl },
    fails: 'unredirected_headers: X-Token would go along with a redirect',
  },
  'follows nobody with what is not to be told': {
    args: { url: 'http://h/', unredirected_headers: ['X-Token'], follow_redirects: 'none' },
    world: { answers: curl, commands: { curl: answer([json], '{}') } },
    want: { result: { status: 200 } },
  },
  'returns the content when asked': {
    args: { url: 'http://h/', return_content: true },
    world: { answers: curl, commands: { curl: answer(['HTTP/2 200\r\ncontent-length: 5'], 'hello') } },
    want: { result: { content: 'hello', msg: 'OK (5 bytes)', content_length: '5' } },
  },
  'reads the last of several heads': {
    args: { url: 'http://h/r', return_content: true },
    world: {
      answers: curl,
      commands: {
        curl: answer(
          ['HTTP/1.1 302 Found\r\nLocation: /x', 'HTTP/1.1 200 OK'],
          'HTTP/1.1 is its text',
          1,
          'http://h/x',
        ),
      },
    },
    want: { result: { status: 200, redirected: true, url: 'http://h/x', content: 'HTTP/1.1 is its text' } },
  },
  'takes the status codes asked for': {
    args: { url: 'http://h/', status_code: '200,404' },
    world: { answers: curl, commands: { curl: answer(['HTTP/1.1 404 Not Found'], '') } },
    want: { result: { status: 404 } },
  },
  'fails in the words of Ansible': {
    args: { url: 'http://h/' },
    world: { answers: curl, commands: { curl: answer(['HTTP/1.1 503 Service Unavailable'], 'down') } },
    fails: 'Status code was 503 and not [200]: HTTP Error 503: Service Unavailable',
  },
  'says why there was no response': {
    args: { url: 'http://h/' },
    world: { answers: curl, commands: { curl: { code: 7, stderr: 'curl: (7) Failed to connect\n' } } },
    fails: 'Status code was -1 and not [200]: Request failed: curl: (7) Failed to connect',
  },
  'runs anything but GET and HEAD as a command': {
    args: { url: 'http://h/', method: 'post', body: { a: 1 }, body_format: 'json' },
    world: { answers: curl, commands: { curl: answer(['HTTP/1.1 200 OK'], '') } },
    want: { log: ['run exec curl -q -K -'] },
  },
  'keeps credentials and bodies out of the command': {
    args: { url: 'http://h/', user: 'u', password: 'secret', body: 'hidden' },
    world: { answers: curl, commands: { 'exec curl -q -K -': answer(['HTTP/1.1 200 OK'], '') } },
    want: { result: { status: 200 } },
  },
  'writes the body to a file': {
    args: { url: 'http://h/a.txt', dest: '/opt', mode: '0600' },
    world: {
      files: { '/opt': { type: 'directory' } },
      answers: curl,
      commands: { curl: answer(['HTTP/1.1 200 OK'], 'text', 0, 'http://h/a.txt') },
    },
    want: { changed: true, result: { path: '/opt/a.txt' }, files: { '/opt/a.txt': { content: 'text', mode: '0600' } } },
  },
  'leaves a file alone that holds the body': {
    args: { url: 'http://h/a.txt', dest: '/opt/a.txt' },
    world: { files: { '/opt/a.txt': 'text' }, answers: curl, commands: { curl: answer(['HTTP/1.1 200 OK'], 'text') } },
    want: { changed: false, log: [] },
  },
  'does nothing when what it creates is there': {
    args: { url: 'http://h/', creates: '/opt/done' },
    world: { files: { '/opt/done': '' } },
    want: { changed: false, result: { msg: "skipped, since '/opt/done' exists" } },
  },
  'does nothing when what it removes is not there': {
    args: { url: 'http://h/', removes: '/opt/todo' },
    want: { result: { msg: "skipped, since '/opt/todo' does not exist" } },
  },
  'knows http and https only': { args: { url: 'file:///etc/shadow' }, fails: 'not an http or https URL' },
});

const chunked =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n3\r\n 1}\r\n0\r\n\r\n';

testModule(uri, 'uri, over a bare connection', {
  'reads a chunked response': {
    args: { url: 'http://10.0.0.1:2379/health' },
    world: { answers: bare, commands: { "'10.0.0.1' '2379'": { stdout: chunked } } },
    want: { result: { status: 200, json: { a: 1 } } },
  },
  'uses openssl for https, and verifies as told': {
    args: { url: 'https://vip/healthz', ca_path: '/etc/ca.crt', client_cert: '/c.pem', client_key: '/k.pem' },
    world: { answers: bare, commands: { s_client: { stdout: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\n' } } },
    want: {
      scripts: [
        "-connect 'vip:443' -verify_return_error -verify_hostname 'vip' -verify 9 -CAfile '/etc/ca.crt' -cert '/c.pem' -key '/k.pem'",
      ],
      result: { status: 200, msg: 'OK (2 bytes)' },
    },
  },
  'verifies an address as one': {
    args: { url: 'https://10.0.0.1:6443/' },
    world: { answers: bare, commands: { s_client: { stdout: 'HTTP/1.1 200 OK\r\n\r\n' } } },
    want: { scripts: ["-verify_ip '10.0.0.1'"] },
  },
  'follows redirects of a GET': {
    args: { url: 'http://a/x' },
    world: {
      answers: bare,
      commands: {
        "'a' '80'": { stdout: 'HTTP/1.1 301 Moved\r\nLocation: http://b:81/y\r\n\r\n' },
        "'b' '81'": { stdout: 'HTTP/1.1 200 OK\r\n\r\nthere' },
      },
    },
    want: { result: { status: 200, redirected: true, url: 'http://b:81/y' } },
  },
  'follows none of a POST': {
    args: { url: 'http://a/x', method: 'POST', status_code: 301 },
    world: { answers: bare, commands: { "'a' '80'": { stdout: 'HTTP/1.1 301 Moved\r\nLocation: /y\r\n\r\n' } } },
    want: { result: { status: 301, redirected: false } },
  },
  'says why there was no response': {
    args: { url: 'http://a/x' },
    world: {
      answers: bare,
      commands: { "'a' '80'": { code: 1, stderr: 'bash: line 1: connect: Connection refused\n' } },
    },
    fails: 'Connection refused',
  },
  'says what a host lacks': {
    args: { url: 'https://a/' },
    world: { answers: bare, commands: { s_client: { code: 127 } } },
    fails: 'neither curl nor anything else',
  },
});
