/** Users and groups of a host, through its name services or, where `getent` is missing, its files. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';
import type { Account, GroupEntry } from '../state.ts';

/** Ageing of a password in days, as shadow has it; `undefined` where a field is empty. */
export interface PasswordAge {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly warn: number | undefined;
  readonly inactive: number | undefined;
}

/** The user of this name, `undefined` where there is none. */
export const accountKind: QueryKind<string, Account | undefined> = {
  name: 'account',
  domains: ['accounts'],
  id: (name) => name,
  script: (names) => `${lookUp}
look passwd ${words(names)}; printf '\\036'
look shadow ${words(names)}; printf '\\036'
{ command -v getent >/dev/null 2>&1 && getent group || cat /etc/group; } 2>/dev/null
:`,
  parse(stdout, names) {
    const [passwd, shadow, group] = stdout.toString().split('\x1e').map(records);
    const groups = group ?? [];
    return names.map((name) => {
      const user = passwd?.find((fields) => fields[0] === name);
      if (user === undefined) return undefined;
      const secret = shadow?.find((fields) => fields[0] === name);
      const gid = Number(user[3]);
      const primary = groups.find((fields) => Number(fields[2]) === gid)?.[0] ?? String(gid);
      const others = groups.filter((fields) => members(fields).includes(name)).map((fields) => fields[0] ?? '');
      return {
        name,
        uid: Number(user[2]),
        gid,
        comment: user[4] ?? '',
        home: user[5] ?? '',
        shell: user[6] ?? '',
        groups: [...new Set([primary, ...others])],
        password: secret?.[1] ?? '',
        expires: number(secret?.[7]),
      };
    });
  },
};

/** The group of this name, `undefined` where there is none. */
export const groupKind: QueryKind<string, GroupEntry | undefined> = {
  name: 'group',
  domains: ['accounts'],
  id: (name) => name,
  script: (names) => `${lookUp}\nlook group ${words(names)}\n:`,
  parse(stdout, names) {
    const groups = records(stdout.toString());
    return names.map((name) => {
      const fields = groups.find((one) => one[0] === name);
      return fields && { name, gid: Number(fields[2]), members: members(fields) };
    });
  },
};

/** How a user's password ages, `undefined` where that cannot be read. */
export const passwordAgeKind: QueryKind<string, PasswordAge | undefined> = {
  name: 'password age',
  domains: ['accounts'],
  id: (name) => name,
  script: (names) => `${lookUp}\nlook shadow ${words(names)}\n:`,
  parse(stdout, names) {
    const entries = records(stdout.toString());
    return names.map((name) => {
      const fields = entries.find((one) => one[0] === name);
      return (
        fields && {
          min: number(fields[3]),
          max: number(fields[4]),
          warn: number(fields[5]),
          inactive: number(fields[6]),
        }
      );
    });
  },
};

/** `look passwd a b`: the entries of these names; what the name service lacks is looked for in the file. */
const lookUp = `look() {
  db=$1; shift
  if command -v getent >/dev/null 2>&1 && getent "$db" "$@" 2>/dev/null; then return; fi
  for n in "$@"; do
    while IFS= read -r l || [ -n "$l" ]; do case $l in "$n:"*) printf '%s\\n' "$l"; break;; esac; done 2>/dev/null </etc/$db
  done 2>/dev/null
}`;

function words(names: readonly string[]): string {
  return names.map(quote).join(' ');
}

function records(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => line.split(':'));
}

function members(fields: readonly string[]): string[] {
  return (fields[3] ?? '').split(',').filter(Boolean);
}

function number(field: string | undefined): number | undefined {
  return field === undefined || field === '' ? undefined : Number(field);
}
