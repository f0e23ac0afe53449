/** The smaller parts: time, environment, the user in use, managers, security, boot line, the host's own facts. */
import { float } from '../../../source/float.ts';
import { packageManagerKind } from '../packages.ts';
import { assignments, type FactSubset, lines } from './subset.ts';

export const dateTime: FactSubset = {
  facts: ['date_time'],
  script: `S date; LC_ALL=C date '+%Y %m %A %w %W %d %H %M %S %s %Z %z %N'; LC_ALL=C date -u '+%Y %m %d %H %M %S'`,
  parse(section) {
    const [local = '', utc = ''] = section('date').split('\n');
    const [year, month, weekday, number, week, day, hour, minute, second, epoch, tz, offset, nano = ''] =
      local.split(' ');
    const [y, mo, d, h, mi, s] = utc.split(' ');
    const micro = /^\d{9}$/.test(nano) ? nano.slice(0, 6) : '000000';
    return {
      date_time: {
        ...{ year, month, weekday, weekday_number: number, weeknumber: week, day, hour, minute, second },
        ...{ epoch, epoch_int: epoch, date: `${year}-${month}-${day}`, time: `${hour}:${minute}:${second}` },
        iso8601_micro: `${y}-${mo}-${d}T${h}:${mi}:${s}.${micro}Z`,
        iso8601: `${y}-${mo}-${d}T${h}:${mi}:${s}Z`,
        iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}${micro}`,
        iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
        ...{ tz, tz_dst: tz, tz_offset: offset },
      },
    };
  },
};

export const environment: FactSubset = {
  facts: ['env'],
  // The environment of cat itself: ended by NULs, so that values may hold line breaks.
  script: 'S env; cat /proc/self/environ',
  parse(section) {
    const pairs = section('env')
      .replace(/\0?\n*$/, '')
      .split('\0')
      .filter((one) => one.includes('='));
    return {
      env: Object.fromEntries(pairs.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)])),
    };
  },
};

export const user: FactSubset = {
  facts: [
    ...['user_id', 'user_uid', 'user_gid', 'user_gecos', 'user_dir', 'user_shell', 'real_user_id', 'effective_user_id'],
    ...['real_group_id', 'effective_group_id'],
  ],
  script: `S ids; grep '^[UG]id:' /proc/self/status
S passwd; u=$(id -u); { command -v getent >/dev/null 2>&1 && getent passwd "$u" || grep "^[^:]*:[^:]*:$u:" /etc/passwd; } 2>/dev/null`,
  parse(section) {
    const [uids = [], gids = []] = lines(section('ids')).map((line) => line.split(/\s+/).slice(1, 3).map(Number));
    const [name = String(uids[1] ?? ''), , uid, gid, gecos = '', home = '', shell = ''] = section('passwd')
      .trim()
      .split(':');
    return {
      user_id: name,
      user_uid: Number(uid ?? uids[1]),
      user_gid: Number(gid ?? gids[1]),
      ...{ user_gecos: gecos, user_dir: home, user_shell: shell },
      ...{ real_user_id: uids[0], effective_user_id: uids[1], real_group_id: gids[0], effective_group_id: gids[1] },
    };
  },
};

export const serviceManager: FactSubset = {
  facts: ['service_mgr'],
  script: `S service_mgr
if [ -d /run/systemd/system ]; then echo systemd
elif [ "$(cat /proc/1/comm 2>/dev/null)" = runit ]; then echo runit
elif [ -x /sbin/openrc ] || [ -x /sbin/openrc-run ]; then echo openrc
elif [ -d /etc/init.d ]; then echo sysvinit
else echo service; fi`,
  parse: (section) => ({ service_mgr: section('service_mgr').trim() }),
};

export const packageManager: FactSubset = {
  facts: ['pkg_mgr'],
  script: `S pkg_mgr; (${packageManagerKind.script([''])}
[ -n "$family" ] || for t in zypper pacman; do command -v $t >/dev/null 2>&1 && echo $t; done
:)`,
  parse: (section) => ({ pkg_mgr: section('pkg_mgr').trim().split('\n').at(-1) || 'unknown' }),
};

export const selinux: FactSubset = {
  facts: ['selinux', 'selinux_python_present'],
  script: `S selinux; [ -e /sys/fs/selinux/enforce ] && cat /sys/fs/selinux/enforce && echo && cat /sys/fs/selinux/policyvers
S selinux_config; cat /etc/selinux/config 2>/dev/null`,
  parse(section) {
    const [enforce, policy] = lines(section('selinux'));
    const config = assignments(section('selinux_config'));
    const status =
      enforce === undefined
        ? { status: 'disabled' }
        : {
            status: 'enabled',
            mode: enforce.trim() === '1' ? 'enforcing' : 'permissive',
            config_mode: config.SELINUX ?? 'unknown',
            type: config.SELINUXTYPE ?? 'unknown',
            policyvers: Number(policy ?? 0),
          };
    return { selinux: status, selinux_python_present: true };
  },
};

export const security: FactSubset = {
  facts: ['apparmor', 'fips', 'is_chroot'],
  script: `S apparmor; [ -d /sys/kernel/security/apparmor ] && echo enabled
S fips; cat /proc/sys/crypto/fips_enabled 2>/dev/null
S chroot; [ -e /proc/1/root/. ] && { [ / -ef /proc/1/root/. ] || echo chroot; }`,
  parse: (section) => ({
    apparmor: { status: section('apparmor').trim() || 'disabled' },
    fips: section('fips').trim() === '1',
    is_chroot: section('chroot').trim() === 'chroot',
  }),
};

/** A host need not have any Python: then `python` is false. */
export const python: FactSubset = {
  facts: ['python', 'python_version'],
  script: `S python; for p in python3 python; do
command -v $p >/dev/null 2>&1 && { command -v $p; $p -c 'import sys; print(".".join(map(str, sys.version_info[:3])), sys.version_info[3], sys.implementation.name)' 2>/dev/null; break; }; done`,
  parse(section) {
    const [executable, version] = lines(section('python'));
    if (executable === undefined || version === undefined) return { python: false };
    const [number = '', level = 'final', type = 'cpython'] = version.split(' ');
    const [major = 0, minor = 0, micro = 0] = number.split('.').map(Number);
    return {
      python: {
        executable,
        has_sslcontext: true,
        type,
        version: { major, minor, micro, releaselevel: level, serial: 0 },
        version_info: [major, minor, micro, level, 0],
      },
      python_version: number,
    };
  },
};

export const bootLine: FactSubset = {
  facts: ['cmdline', 'proc_cmdline'],
  script: 'S cmdline; cat /proc/cmdline 2>/dev/null',
  parse(section) {
    const cmdline: Record<string, unknown> = {};
    const all: Record<string, unknown> = {};
    for (const word of section('cmdline')
      .trim()
      .match(/(?:"[^"]*"|[^\s"])+/g) ?? []) {
      const plain = word.replaceAll('"', '');
      const equals = plain.indexOf('=');
      const [name, value] = equals < 0 ? [plain, true] : [plain.slice(0, equals), plain.slice(equals + 1)];
      cmdline[name] = value;
      all[name] = name in all ? [all[name], value].flat() : value;
    }
    return { cmdline, proc_cmdline: all };
  },
};

export const load: FactSubset = {
  facts: ['loadavg'],
  script: 'S loadavg; cat /proc/loadavg',
  parse(section) {
    const [one, five, fifteen] = section('loadavg')
      .split(' ')
      .map((one) => float(Number(one)));
    return { loadavg: { '1m': one, '5m': five, '15m': fifteen } };
  },
};

export const dns: FactSubset = {
  facts: ['dns'],
  script: 'S resolv; cat /etc/resolv.conf 2>/dev/null',
  parse(section) {
    const found: {
      nameservers?: string[];
      domain?: string;
      search?: string[];
      sortlist?: string[];
      options?: Record<string, unknown>;
    } = {};
    for (const line of lines(section('resolv'))) {
      const [word = '', ...values] = line
        .replace(/[#;].*/, '')
        .trim()
        .split(/\s+/);
      if (word === 'nameserver') found.nameservers = [...(found.nameservers ?? []), ...values];
      else if (word === 'domain' && values[0] !== undefined) found.domain = values[0];
      else if (word === 'search' || word === 'sortlist') found[word] = values;
      else if (word === 'options') {
        found.options = Object.fromEntries(values.map((one) => [one.split(':')[0], one.split(':')[1] ?? true]));
      }
    }
    return { dns: found };
  },
};

export const hostKeys: FactSubset = {
  facts: ['rsa', 'ecdsa', 'ed25519', 'dsa'].flatMap((kind) => [
    `ssh_host_key_${kind}_public`,
    `ssh_host_key_${kind}_public_keytype`,
  ]),
  script: 'S ssh_keys; grep -sH "" /etc/ssh/ssh_host_*_key.pub',
  parse(section) {
    const facts: Record<string, string> = {};
    for (const line of lines(section('ssh_keys'))) {
      const [, kind, type, key] = /ssh_host_(\w+)_key\.pub:(\S+) (\S+)/.exec(line) ?? [];
      if (kind === undefined || type === undefined || key === undefined) continue;
      facts[`ssh_host_key_${kind}_public`] = key;
      facts[`ssh_host_key_${kind}_public_keytype`] = type;
    }
    return facts;
  },
};
