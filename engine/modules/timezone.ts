import { defineModule } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';

interface TimezoneState {
  /** The zone that /etc/localtime points to, `null` where it is no link. */
  readonly zone: string | null;
  /** What /etc/timezone says, which Debian keeps beside it; `null` where there is none. */
  readonly file: string | null;
  /** What the hardware clock is set to. */
  readonly hwclock: 'local' | 'UTC';
  /** The host knows the zone asked for; never asked for. */
  readonly known: boolean;
  /** /etc/adjtime as it is; never asked for. */
  readonly adjtime: string;
}

export default defineModule({
  summary: 'Sets the time zone of the host, and what its hardware clock shows.',
  args: {
    name: { description: 'the time zone, such as Europe/Berlin' },
    hwclock: { choices: ['local', 'UTC'], aliases: ['rtc'], description: 'what the hardware clock is set to' },
  },
  rules: { requiredOneOf: [['name', 'hwclock']] },
  returns: {},
  examples: '- name: Live in UTC\n  timezone:\n    name: Etc/UTC\n',

  async probe({ args, target }): Promise<TimezoneState> {
    const [link, file, adjtime, zone] = await Promise.all([
      target.stat('/etc/localtime'),
      target.readFile('/etc/timezone'),
      args.hwclock === undefined ? undefined : target.readFile('/etc/adjtime'),
      args.name === undefined ? undefined : target.stat(zonePath(args.name), { follow: true }),
    ]);
    const points = link.exists ? /(?:^|\/)zoneinfo\/(.+)$/.exec(link.linkTarget ?? '')?.[1] : undefined;
    return {
      zone: points ?? null,
      file: file === undefined ? null : file.toString().trim(),
      hwclock: adjtime?.toString().split('\n')[2]?.trim() === 'LOCAL' ? 'local' : 'UTC',
      known: zone?.exists === true && zone.type === 'file',
      adjtime: adjtime?.toString() ?? '',
    };
  },

  desired({ args, state }) {
    const { name, hwclock } = args;
    if (name !== undefined && (/(^\/|\.\.|^$)/.test(name) || !state.known))
      throw new ModuleFailure(`the host knows no time zone "${name}": there is no ${zonePath(name)}`);
    return {
      ...(name !== undefined && { zone: name, ...(state.file !== null && { file: name }) }),
      ...(hwclock !== undefined && { hwclock }),
    };
  },

  async apply({ state, change, target }) {
    if (change.zone?.after) await target.makeLink('/etc/localtime', `..${zonePath(change.zone.after)}`, 'symbolic');
    if (change.file?.after)
      await target.writeFile('/etc/timezone', Buffer.from(`${change.file.after}\n`), { mode: '0644' });
    if (!change.hwclock) return;
    const local = change.hwclock.after === 'local';
    const [drift = '0.0 0 0.0', adjusted = '0'] = state.adjtime.split('\n').filter(Boolean);
    const text = `${drift}\n${adjusted}\n${local ? 'LOCAL' : 'UTC'}\n`;
    await target.writeFile('/etc/adjtime', Buffer.from(text), { mode: '0644' });
    const option = local ? '--localtime' : '--utc';
    await target.mutate({
      summary: `set the hardware clock to ${change.hwclock.after}`,
      // Containers and many virtual machines have none.
      script: `if [ -e /dev/rtc ] || [ -e /dev/rtc0 ]; then hwclock --systohc ${option}; fi`,
      effects: [],
      touches: [],
    });
  },
});

function zonePath(name: string): string {
  return `/usr/share/zoneinfo/${name}`;
}
