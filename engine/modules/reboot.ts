import { setTimeout as pause } from 'node:timers/promises';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineAction } from '../module/definition.ts';
import { waitForHost } from '../module/wait-for-host.ts';
import { ModuleFailure } from '../target/failure.ts';
import { quote } from '../target/quote.ts';

const args = {
  reboot_timeout: {
    type: 'int',
    default: 600,
    aliases: ['reboot_timeout_sec'],
    description: 'seconds for the host to come back, and as many for the test',
  },
  connect_timeout: { type: 'int', default: 5, aliases: ['connect_timeout_sec'], description: 'seconds for one try' },
  test_command: { default: 'whoami', description: 'the host is back when this ends well' },
  boot_time_command: { description: 'prints what is another text after each boot; the boot id unless told' },
  pre_reboot_delay: {
    type: 'int',
    default: 0,
    aliases: ['pre_reboot_delay_sec'],
    description: 'seconds before the host goes down',
  },
  post_reboot_delay: {
    type: 'int',
    default: 0,
    aliases: ['post_reboot_delay_sec'],
    description: 'seconds to wait once it is up again',
  },
  msg: { default: 'Reboot initiated by kplay', description: 'what users who are logged in are told' },
  reboot_command: { description: 'what reboots the host; shutdown unless told' },
  search_paths: {
    type: 'list',
    elements: 'path',
    default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'],
    description: 'where shutdown is looked for',
  },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineAction({
  summary: 'Reboots the host, and waits until it is there again.',
  description: ['It is there again when it was booted since, and the test command ends well.'],
  action: 'changes',
  reconnects: true,
  args,
  returns: { rebooted: 'true', elapsed: 'seconds until it was there again' },
  examples: '- name: Boot the new kernel\n  reboot:\n    reboot_timeout: 300\n',

  async run({ args, target }) {
    if (target.host === 'localhost')
      throw new ModuleFailure('the host is reached locally: this would reboot the machine that kplay runs on');
    const look = args.boot_time_command ?? bootId;
    const before = await target.observe({ script: look });
    const booted = before.stdout.toString().trim();
    if (before.code !== 0 || booted === '')
      throw new ModuleFailure(`nobody could tell when the host was booted: ${before.stderr.toString().trim()}`);
    const start = Date.now();
    await target.mutate({ summary: 'reboot', script: rebootScript(args), effects: [] });
    await pause(args.pre_reboot_delay * 1000);
    const wait = { timeoutMs: args.reboot_timeout * 1000, sleepMs: 1000, lookMs: args.connect_timeout * 1000 };
    await waitForHost(target, look, {
      ...wait,
      what: 'the host to reboot',
      wrong: ({ code, stdout }) => {
        if (code !== 0) return `it cannot tell when it was booted: exit code ${code}`;
        return stdout.toString().trim() === booted ? 'it has not gone down yet' : undefined;
      },
    });
    await pause(args.post_reboot_delay * 1000);
    await waitForHost(target, args.test_command, {
      ...wait,
      what: 'the host to pass its test',
      wrong: ({ code, stderr }) =>
        code === 0 ? undefined : `${args.test_command}: ${stderr.toString().trim() || `exit code ${code}`}`,
    });
    return { changed: true, rebooted: true, elapsed: Math.floor((Date.now() - start) / 1000) };
  },
});

// In a container the boot id may be that of the kernel: there its first process is another one after a boot.
const bootId = `cat /proc/sys/kernel/random/boot_id && sed 's/.*) //' /proc/1/stat 2>/dev/null | cut -d ' ' -f 20`;

/** Leaves the reboot behind in the background, so that this answer still arrives. */
function rebootScript({ reboot_command: own, msg, search_paths: paths, pre_reboot_delay: delay }: Args): string {
  const command = own ?? `shutdown -r now ${quote(msg)} || systemctl reboot || reboot`;
  const script = `sleep ${delay + 1}; ${command}`;
  const missing = '{ echo "the host has no command to reboot it" >&2; exit 1; }';
  const known = 'command -v shutdown || command -v systemctl || command -v reboot';
  return `PATH="$PATH:"${quote(paths.join(':'))}; export PATH
${own === undefined ? `{ ${known}; } >/dev/null 2>&1 || ${missing}\n` : ''}nohup /bin/sh -c ${quote(script)} >/dev/null 2>&1 </dev/null &`;
}
