/** What firewalld says of itself. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';

export interface FirewallKey {
  /** The question: `--zone=public`, `--query-port=80/tcp`. */
  readonly words: readonly string[];
  /** What it will be after a reload or a boot, rather than now. */
  readonly permanent: boolean;
  /** Where firewalld does not run, what it would load is asked. */
  readonly offline: boolean;
}

/** Shell text that runs a command of firewalld, now or for good; `firewall-offline-cmd` knows only the latter. */
export function firewallCommand({ words, permanent, offline }: FirewallKey): string {
  const said = words.map(quote).join(' ');
  const online = `firewall-cmd ${permanent ? '--permanent ' : ''}${said}`;
  if (!permanent || !offline) return online;
  return `if firewall-cmd --state >/dev/null 2>&1; then ${online}; else firewall-offline-cmd ${said}; fi`;
}

/** The answer to a question: `yes` and `no`, or the words that were asked for. */
export const firewallKind: QueryKind<FirewallKey, string> = {
  name: 'firewalld',
  domains: ['kernel', 'files', 'packages', 'units'],
  volatile: true, // rules expire, and firewalld itself may come with the run
  id: ({ words, permanent }) => [...(permanent ? ['--permanent'] : []), ...words].join(' '),
  script: (keys) =>
    `export LC_ALL=C\n${keys
      .map((key) => `o=$( { ${firewallCommand(key)}; } 2>&1 </dev/null); printf '%s\\035%s\\036' $? "$o"`)
      .join('\n')}`,
  parse(stdout, keys) {
    const parts = stdout.toString().split('\x1e');
    return keys.map(({ words }, index) => {
      const [code = '', said = ''] = (parts[index] ?? '').split('\x1d');
      const text = said.trim();
      if (code === '0' || (code === '1' && text === 'no')) return text;
      if (code === '127') return refusal('the host has no firewalld: there is no firewall-cmd');
      if (code === '252')
        return refusal('firewalld does not run; with offline and permanent it is set up for when it does');
      return refusal(`firewalld does not tell ${words.join(' ')}: ${text || `exit code ${code}`}`);
    });
  },
};
