import { setTimeout as pause } from 'node:timers/promises';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineAction } from '../module/definition.ts';
import { connectScript, listenScript } from '../module/network/connect.ts';
import { countConnections } from '../module/network/connections.ts';
import { ModuleFailure } from '../target/failure.ts';
import { quote } from '../target/quote.ts';
import type { Target } from '../target/target.ts';

const args = {
  host: { default: '127.0.0.1', description: 'where the port is, seen from the host' },
  port: { type: 'int' },
  path: { type: 'path', description: 'a file on the host' },
  state: { choices: ['started', 'stopped', 'present', 'absent', 'drained'], default: 'started' },
  timeout: { type: 'int', default: 300, description: 'seconds to wait in all' },
  connect_timeout: { type: 'int', default: 5, description: 'seconds for one try' },
  delay: { type: 'int', default: 0, description: 'seconds before the first try' },
  sleep: { type: 'int', default: 1, description: 'seconds between tries' },
  search_regex: { description: 'what the file must hold, or the port must say' },
  exclude_hosts: { type: 'list', elements: 'str', description: 'peers whose connections do not count for `drained`' },
  active_connection_states: {
    type: 'list',
    elements: 'str',
    default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
  },
  msg: { description: 'what to say when the time is over' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

/** What one look found: whether the wait is over, and what a search found. */
interface Look {
  readonly over: boolean;
  readonly match?: RegExpMatchArray | undefined;
}

export default defineAction({
  summary: 'Waits until a port answers, a file is there, a text is in it, or until that ends.',
  description: [
    'Each try is one look at the host; nothing runs there in between. Without port and path it waits for `timeout`.',
  ],
  action: 'reads',
  waits: true,
  args,
  rules: { mutuallyExclusive: [['port', 'path']] },
  returns: {
    elapsed: 'seconds waited',
    match_groups: 'groups of search_regex',
    match_groupdict: 'named groups of search_regex',
    state: 'as asked',
    port: 'as asked',
    path: 'as asked',
    search_regex: 'as asked',
  },
  examples: `- name: Wait until the API server answers
  wait_for:
    host: "{{ vip }}"
    port: 6443
    timeout: 120`,
  async run({ args, target }) {
    const start = Date.now();
    const elapsed = (): number => Math.floor((Date.now() - start) / 1000);
    if (args.state === 'drained' && args.port === undefined) throw new ModuleFailure('state=drained needs a port');
    if (args.exclude_hosts && args.state !== 'drained')
      throw new ModuleFailure('exclude_hosts goes with state=drained only');
    // Whoever cannot look now need not wait before saying so.
    if (args.delay > 0 || (args.port === undefined && args.path === undefined)) await target.observe({ script: ':' });
    await pause(args.delay * 1000);
    if (args.port === undefined && args.path === undefined) {
      await pause(Math.max(0, args.timeout - args.delay) * 1000);
      return { changed: false, elapsed: elapsed(), state: args.state };
    }
    for (;;) {
      const { over, match } = await look(args, target);
      if (over) return { changed: false, elapsed: elapsed(), ...asked(args), ...groups(match) };
      const left = args.timeout * 1000 - (Date.now() - start);
      if (left <= 0) break;
      await pause(Math.min(args.sleep * 1000, left));
    }
    throw new ModuleFailure(args.msg ?? timeoutMessage(args), { elapsed: elapsed() });
  },
});

async function look(args: Args, target: Target): Promise<Look> {
  const gone = args.state === 'absent' || args.state === 'stopped';
  if (args.state === 'drained') {
    const { stdout } = await target.observe({ script: 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null\n:' });
    const { active_connection_states: states, exclude_hosts: excluded = [] } = args;
    return { over: countConnections(stdout.toString(), { host: args.host, port: args.port!, states, excluded }) === 0 };
  }
  if (args.path !== undefined) return lookAtPath(args, args.path, gone, target);
  const timeoutMs = (args.connect_timeout + 5) * 1000;
  const { code } = await target.observe({
    script: connectScript(args.host, args.port!, args.connect_timeout),
    timeoutMs,
  });
  if (code === 3) throw new ModuleFailure('trying a port takes bash, nc, perl or curl on the host, and it has none');
  if (gone) return { over: code !== 0 };
  if (code !== 0 || args.search_regex === undefined) return { over: code === 0 };
  const said = await target.observe({ script: listenScript(args.host, args.port!, args.connect_timeout), timeoutMs });
  return found(args.search_regex, said.stdout.toString());
}

async function lookAtPath(args: Args, path: string, gone: boolean, target: Target): Promise<Look> {
  const name = quote(path);
  const script = args.search_regex === undefined ? `[ -e ${name} ]` : `[ -e ${name} ] && cat ${name}`;
  const { code, stdout } = await target.observe({ script });
  if (args.search_regex === undefined) return { over: (code === 0) !== gone };
  const result = found(args.search_regex, stdout.toString());
  return gone ? { over: !result.over } : { over: code === 0 && result.over, match: result.match };
}

/** Python's `(?P<name>…)` is `(?<name>…)` here. */
function found(pattern: string, text: string): Look {
  let regex: RegExp;
  try {
    regex = new RegExp(pattern.replaceAll('(?P<', '(?<'), 'm');
  } catch (error) {
    throw new ModuleFailure(`search_regex is no regular expression: ${(error as Error).message}`);
  }
  const match = text.match(regex) ?? undefined;
  return { over: match !== undefined, match };
}

function asked(args: Args): Record<string, unknown> {
  const { state, port, path, search_regex } = args;
  return Object.fromEntries(
    Object.entries({ state, port, path, search_regex }).map(([name, value]) => [name, value ?? null]),
  );
}

function groups(match: RegExpMatchArray | undefined): Record<string, unknown> {
  return { match_groups: match?.slice(1) ?? [], match_groupdict: { ...match?.groups } };
}

function timeoutMessage(args: Args): string {
  const where = args.path ?? `${args.host}:${args.port}`;
  const what = args.path === undefined ? where : `file ${where}`;
  if (args.state === 'drained') return `Timeout when waiting for ${where} to drain`;
  if (args.state === 'absent' || args.state === 'stopped') {
    return args.path === undefined
      ? `Timeout when waiting for ${where} to stop.`
      : `Timeout when waiting for ${where} to be absent.`;
  }
  const searched = args.search_regex === undefined ? '' : `search string ${args.search_regex} in `;
  return searched ? `Timeout when waiting for ${searched}${where}` : `Timeout when waiting for ${what}`;
}
