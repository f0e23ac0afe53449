import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { attributeArgs, changedAttributes, ownedBy, wantedAttributes } from '../module/attributes.ts';
import { type Controller, defineAction, type Result } from '../module/definition.ts';
import { matchesSomething } from '../module/glob.ts';
import { bodyText, jsonIn } from '../module/http/body.ts';
import { NoResponse, type Request, type Response } from '../module/http/request.ts';
import { send } from '../module/http/send.ts';
import { refuseUnredirected } from '../module/http/unredirected.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { Target } from '../target/target.ts';

const args = {
  url: { required: true },
  method: { default: 'GET' },
  body: { type: 'raw' },
  body_format: { choices: ['json', 'form-urlencoded', 'form-multipart', 'raw'], default: 'raw' },
  src: { type: 'path', description: 'a file whose content is the body' },
  remote_src: { type: 'bool', default: false, description: 'src is on the host' },
  headers: { type: 'dict', default: {} },
  status_code: { type: 'list', elements: 'int', default: [200], description: 'what counts as success' },
  return_content: { type: 'bool', default: false },
  follow_redirects: {
    choices: ['safe', 'all', 'none', 'urllib2', 'yes', 'no', 'true', 'false'],
    default: 'safe',
    description: '`safe` follows those of GET and HEAD',
  },
  timeout: { type: 'int', default: 30, description: 'seconds without an answer' },
  url_username: { aliases: ['user'] },
  url_password: { aliases: ['password'], secret: true },
  force_basic_auth: { type: 'bool', default: false, description: 'credentials are sent at once anyway' },
  validate_certs: { type: 'bool', default: true },
  ca_path: { type: 'path', description: 'PEM file, or folder, of authorities on the host' },
  client_cert: { type: 'path' },
  client_key: { type: 'path' },
  ciphers: { type: 'list', elements: 'str' },
  unix_socket: { type: 'path' },
  dest: { type: 'path', description: 'where the body goes on the host' },
  creates: { type: 'path', description: 'nothing is done when this is there' },
  removes: { type: 'path', description: 'nothing is done when this is not there' },
  decompress: { type: 'bool', default: true, description: 'taken and ignored: nothing compressed is asked for' },
  force: { type: 'bool', default: false, description: 'taken and ignored: nothing is cached' },
  use_proxy: { type: 'bool', default: true },
  use_netrc: { type: 'bool', default: true },
  use_gssapi: { type: 'bool', default: false, description: 'not supported' },
  http_agent: { default: 'ansible-httpget' },
  unredirected_headers: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'Authorization and Cookie, which never go to another host; others are refused',
  },
  ...attributeArgs,
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineAction({
  summary: 'Sends an HTTP request from the host and looks at the response.',
  description: [
    'curl is used where the host has it; else openssl sends https, and bash, perl or netcat send http.',
    'Nothing of the request is in a process list. A GET or HEAD counts as looking; other methods never run under check.',
  ],
  action: 'reads',
  waits: true,
  args,
  rules: { mutuallyExclusive: [['body', 'src']] },
  returns: {
    status: 'the status code, -1 when there was no response',
    url: 'the URL in the end',
    redirected: 'whether that is another one',
    elapsed: 'seconds',
    msg: 'OK with the length, or what went wrong',
    content: 'the body',
    json: 'the body read as JSON, when it says that it is',
    cookies: 'by name',
    cookies_string: 'as a Cookie header has them',
    path: 'the file that the body went to',
  },
  examples: `- name: Wait until etcd is healthy
  uri:
    url: https://127.0.0.1:2379/health
    ca_path: /etc/etcd/ca.crt
    client_cert: /etc/etcd/client.crt
    client_key: /etc/etcd/client.key
  register: health
  until: health.status == 200
  retries: 30
  delay: 2`,
  async run({ args, target, controller }) {
    if (args.creates !== undefined && (await matchesSomething(target, args.creates))) {
      return { changed: false, msg: `skipped, since '${args.creates}' exists` };
    }
    if (args.removes !== undefined && !(await matchesSomething(target, args.removes))) {
      return { changed: false, msg: `skipped, since '${args.removes}' does not exist` };
    }
    if (args.url_password !== undefined) controller.secret(args.url_password);
    const request = await requestOf(args, target, controller);
    const start = Date.now();
    const elapsed = (): number => Math.floor((Date.now() - start) / 1000);
    try {
      const response = await send(request, target);
      return await judged(args, response, elapsed(), target);
    } catch (error) {
      if (!(error instanceof NoResponse)) throw error;
      const msg = `Status code was -1 and not [${args.status_code.join(', ')}]: Request failed: ${error.message}`;
      throw new ModuleFailure(msg, { status: -1, url: args.url, elapsed: elapsed(), redirected: false });
    }
  },
});

async function requestOf(args: Args, target: Target, controller: Controller): Promise<Request> {
  if (args.use_gssapi) throw new ModuleFailure('use_gssapi is not supported');
  if (!/^(?:none|no|false)$/.test(args.follow_redirects)) refuseUnredirected(args.unredirected_headers);
  if (!/^https?:\/\//i.test(args.url)) throw new ModuleFailure(`"${args.url}" is not an http or https URL`);
  const method = args.method.toUpperCase();
  const ownFile = async (name: string): Promise<string> => {
    const file = await controller.file(controller.find('files', name));
    if (Buffer.isBuffer(file)) return file.toString();
    if ('bytes' in file) return (await file.bytes()).toString();
    throw new ModuleFailure(`the content of ${name} is not known`);
  };
  const body =
    args.src === undefined
      ? await bodyText(args.body, args.body_format, ownFile)
      : { text: args.remote_src ? await hostFile(args.src, target) : await ownFile(args.src), type: undefined };
  const headers = Object.fromEntries(Object.entries(args.headers).map(([name, value]) => [name, String(value)]));
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const safe = args.follow_redirects === 'safe' || args.follow_redirects === 'urllib2';
  return {
    method,
    url: args.url,
    headers: {
      ...(given.has('user-agent') ? {} : { 'User-Agent': args.http_agent }),
      ...(body.type === undefined || given.has('content-type') ? {} : { 'Content-Type': body.type }),
      ...headers,
    },
    ...{ body: body.text, user: args.url_username, password: args.url_password },
    follows: safe ? method === 'GET' || method === 'HEAD' : ['all', 'yes', 'true'].includes(args.follow_redirects),
    ...{ timeout: args.timeout, verifies: args.validate_certs, authorities: args.ca_path },
    ...{ clientCertificate: args.client_cert, clientKey: args.client_key, ciphers: args.ciphers?.join(':') },
    ...{ socket: args.unix_socket, usesProxy: args.use_proxy, usesNetrc: args.use_netrc },
  };
}

async function hostFile(path: string, target: Target): Promise<string> {
  const content = await target.readFile(path);
  if (content === undefined) throw new ModuleFailure(`${path} does not exist on the host`);
  return content.toString();
}

async function judged(args: Args, response: Response, elapsed: number, target: Target): Promise<Result> {
  const { status, reason, url, redirected } = response;
  const content = response.body.toString();
  const fine = args.status_code.includes(status);
  const headers = [...response.headers].map(([name, value]) => [name.replaceAll('-', '_'), value]);
  const length = response.headers.get('content-length') ?? 'unknown';
  const result = {
    ...Object.fromEntries(headers),
    ...{ status, url, redirected, elapsed, msg: `${reason || 'OK'} (${length} bytes)` },
    ...cookiesOf(response),
    ...(/json|javascript/.test(response.headers.get('content-type') ?? '') ? jsonIn(content) : {}),
    ...(args.return_content || !fine ? { content } : {}),
  };
  if (!fine) {
    const why = status >= 400 ? `HTTP Error ${status}: ${reason}` : result.msg;
    throw new ModuleFailure(`Status code was ${status} and not [${args.status_code.join(', ')}]: ${why}`, result);
  }
  if (args.dest === undefined) return { ...result, changed: false };
  return { ...result, ...(await saved(args, args.dest, response, target)) };
}

function cookiesOf({ cookies }: Response): Record<string, unknown> {
  const pairs = cookies.map((cookie) => /^\s*([^=;]+)=([^;]*)/.exec(cookie)).filter((found) => found !== null);
  return {
    cookies: Object.fromEntries(pairs.map((found) => [found[1], found[2]])),
    cookies_string: pairs.map((found) => `${found[1]}=${found[2]}`).join('; '),
  };
}

/** The body in a file of the host; in a directory it has the name that the URL ends in. */
async function saved(args: Args, dest: string, { body, url }: Response, target: Target): Promise<Result> {
  const there = await target.stat(dest, { follow: true });
  const name = new URL(url).pathname.split('/').at(-1) || 'index.html';
  const path = there.exists && there.type === 'directory' ? `${dest.replace(/\/$/, '')}/${name}` : dest;
  const [file, old] = await Promise.all([target.stat(path, { follow: true }), target.readFile(path)]);
  const attributes = wantedAttributes(args, file, 'file');
  const differing = changedAttributes(ownedBy(file), attributes);
  if (!old?.equals(body)) await target.writeFile(path, body, { mode: args.mode, owner: args.owner, group: args.group });
  else if (Object.keys(differing).length > 0) await target.setAttributes(path, differing, { follow: true });
  else return { path, changed: false };
  return { path, changed: true };
}
