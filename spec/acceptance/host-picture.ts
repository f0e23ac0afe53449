/** What a host is like, as lines that can be compared with those of another run: its files, and what runs on it. */
import type { LabHost } from '../lab/lab.ts';

export interface HostPicture {
  /** Path to kind, mode, owner, size and content hash; no times. */
  readonly files: Readonly<Record<string, string>>;
  /** Question to the lines of its answer, sorted. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
  /** Installed packages to the paths that came with them. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
}

/** Shell commands whose answers say what runs on a host, who is on it, and what its kernel was told. */
const questions: Readonly<Record<string, string>> = {
  'unit files': 'systemctl list-unit-files --no-legend --plain | grep -v -e "^run-" -e "transient"',
  'active units': "systemctl list-units --no-legend --plain --state=active --type=service,socket,timer | cut -d' ' -f1",
  'failed units': 'systemctl list-units --no-legend --plain --failed',
  ports: "ss -Hltun | awk '{ print $1, $5 }'",
  users: 'getent passwd',
  groups: 'getent group',
  // not the day of the last change
  passwords: 'cut -d: -f1,2,4- /etc/shadow',
  kernel: "sysctl -a 2>/dev/null | grep -E '^net.ipv4.(conf.(all|default|host0)|icmp_echo|tcp_syncookies)'",
};

/** Looks at a host; `more` are further questions. */
export async function pictureOf(host: LabHost, more: Readonly<Record<string, string>> = {}): Promise<HostPicture> {
  const ask = async (script: string) => {
    const { code, stdout, stderr } = await host.exec(script);
    if (code !== 0 && stderr !== '') throw new Error(`${host.name}: ${script}: ${stderr}`);
    return stdout.split('\n').filter((line) => line !== '');
  };
  const answers: Record<string, readonly string[]> = {};
  for (const [question, script] of Object.entries({ ...questions, ...more }))
    answers[question] = (await ask(script)).sort();
  const packages: Record<string, string[]> = {};
  let current: string[] = [];
  const lists =
    'dpkg-query -W -f \'${Package}\\n\' | while read -r one; do echo "package $one"; dpkg-query -L "$one"; done';
  for (const line of await ask(lists)) {
    const name = /^package (.+)$/.exec(line)?.[1];
    if (name) packages[name] = current = [];
    else current.push(line);
  }
  const files = Object.entries(await host.snapshot()).map(([path, what]) => [path, withoutTimes(what)]);
  return { files: Object.fromEntries(files), answers, packages };
}

/** A snapshot's words for a file end with its size, its time, and the hash of its content or (a large one) another time. */
function withoutTimes(what: string): string {
  return what.replace(/^(file \S+ \S+ \d+) \d+ (?:\d{19}$)?/, '$1 ').trim();
}
