/** The switches of SELinux's policy. */
import { type QueryKind, refusal } from '../query.ts';

export interface Seboolean {
  /** What the kernel goes by. */
  readonly now: boolean;
  /** What it will go by after a boot; null where the host cannot tell, because nobody has set it and semanage is missing. */
  readonly atBoot: boolean | null;
}

/** A switch by its name, which the caller has checked to be one word of letters, digits and underscores. */
export const sebooleanKind: QueryKind<string, Seboolean> = {
  name: 'seboolean',
  domains: ['kernel', 'files', 'packages'],
  id: (name) => name,
  // What was set for good is in a file of the policy's store; the policy's own defaults only semanage tells.
  script: (names) =>
    [
      'export LC_ALL=C',
      "t=$(sed -n 's/^SELINUXTYPE=\\([A-Za-z0-9_-]*\\).*/\\1/p' /etc/selinux/config 2>/dev/null)",
      ...names.map(
        (name) =>
          `o=$(getsebool ${name} 2>&1); printf '%s\\035%s\\035' $? "$o"
l=$(sed -n 's/^ *${name} *= *//p' /var/lib/selinux/$t/active/booleans.local /etc/selinux/$t/active/booleans.local 2>/dev/null | tail -n 1)
if [ -z "$l" ] && command -v semanage >/dev/null 2>&1; then l=$(semanage boolean -l 2>/dev/null | sed -n 's/^${name} *([^,]*, *\\([a-z]*\\)).*/\\1/p'); fi
printf '%s\\036' "$l"`,
      ),
    ].join('\n'),
  parse(stdout, names) {
    const parts = stdout.toString().split('\x1e');
    return names.map((name, index) => {
      const [code = '', text = '', stored = ''] = (parts[index] ?? '').split('\x1d');
      if (code === '127') return refusal('the host has no getsebool (package libselinux-utils, selinux-utils)');
      const now = / --> (on|off)/.exec(text)?.[1];
      if (now === undefined) return refusal(`the state of ${name} cannot be read: ${text.trim()}`);
      const said = stored.trim();
      return { now: now === 'on', atBoot: /^(1|on|true)$/.test(said) || (/^(0|off|false)$/.test(said) ? false : null) };
    });
  },
};
