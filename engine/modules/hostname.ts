import { defineModule } from '../module/definition.ts';
import { factsKind } from '../target/queries/facts.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface HostnameState {
  /** The name the kernel has now. */
  readonly current: string;
  /** The name it gets at boot. */
  readonly permanent: string;
}

export default defineModule({
  summary: 'Sets the name of the host, now and for every boot.',
  args: {
    name: { required: true },
    use: {
      choices: [
        'alpine',
        'debian',
        'freebsd',
        'generic',
        'macos',
        'macosx',
        'darwin',
        'openbsd',
        'openrc',
        'redhat',
        'sles',
        'solaris',
        'systemd',
      ],
      description: 'taken and ignored: /etc/hostname and the kernel are where every Linux keeps it',
    },
  },
  returns: { name: 'the name', ansible_facts: 'hostname, nodename, fqdn and domain with the new name' },
  examples: `- name: Name the host as the inventory does
  hostname:
    name: "{{ inventory_hostname }}"`,
  async probe({ target }): Promise<HostnameState> {
    const [facts, file] = await Promise.all([target.query(factsKind, 'platform'), target.readFile('/etc/hostname')]);
    const lines = (file?.toString() ?? '').split('\n').map((line) => line.trim());
    const permanent = lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
    return { current: String(facts['nodename'] ?? ''), permanent };
  },
  desired: ({ args }) => ({ current: args.name, permanent: args.name }),
  async apply({ args, change, target }) {
    if (change.permanent) await target.writeFile('/etc/hostname', Buffer.from(`${args.name}\n`), { mode: '0644' });
    if (!change.current) return;
    const facts = await target.query(factsKind, 'platform');
    await target.mutate({
      summary: `hostname ${args.name}`,
      script: `if command -v hostname >/dev/null 2>&1; then hostname ${quote(args.name)}; else printf '%s\\n' ${quote(args.name)} >/proc/sys/kernel/hostname; fi`,
      effects: [effect(factsKind, 'platform', { ...facts, ...named(args.name) })],
      touches: ['facts', 'kernel'],
    });
  },
  returned: ({ args }) => ({
    name: args.name,
    ansible_facts: Object.fromEntries(
      Object.entries(named(args.name)).map(([fact, value]) => [`ansible_${fact}`, value]),
    ),
  }),
});

function named(name: string): Record<'nodename' | 'hostname' | 'fqdn' | 'domain', string> {
  const dot = name.indexOf('.');
  const [hostname, domain] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  return { nodename: name, hostname, fqdn: name, domain };
}
