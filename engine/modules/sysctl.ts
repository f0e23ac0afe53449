import { defineModule } from '../module/definition.ts';
import { sysctlKind, sysctlPath } from '../target/queries/sysctl.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface SysctlState {
  /** What the file says, `null` where it does not. */
  readonly file: string | null;
  /** What the kernel says, `null` where it has no such parameter. */
  readonly kernel: string | null;
  /** The file as it is; never asked for. */
  readonly text: string;
}

export default defineModule({
  summary: 'Sets kernel parameters, in a file that is read at boot and in the running kernel.',
  description: [
    'A line that changes is set in the running kernel as well, unless `reload` is false.',
    'With `sysctl_set`, the running kernel is looked at even when the file is as it should be.',
  ],
  args: {
    name: { required: true, aliases: ['key'] },
    value: { type: 'raw', aliases: ['val'] },
    state: { choices: ['present', 'absent'], default: 'present' },
    ignoreerrors: { type: 'bool', default: false, description: 'take unknown parameters for set' },
    reload: { type: 'bool', default: true },
    sysctl_file: { type: 'path', default: '/etc/sysctl.conf' },
    sysctl_set: { type: 'bool', default: false },
  },
  rules: { requiredIf: [['state', 'present', ['value']]] },
  returns: {},
  examples: `- name: Let the kernel forward packets
  sysctl:
    name: net.ipv4.ip_forward
    value: 1
    sysctl_file: /etc/sysctl.d/99-kubernetes.conf
    sysctl_set: true`,
  async probe({ args, target }): Promise<SysctlState> {
    const [content, kernel] = await Promise.all([
      target.readFile(args.sysctl_file),
      args.sysctl_set ? target.query(sysctlKind, args.name) : undefined,
    ]);
    const text = content?.toString() ?? '';
    const last = text
      .split('\n')
      .flatMap((line) => settingOf(line, args.name) ?? [])
      .at(-1);
    return { file: last ?? null, kernel: kernel === undefined ? null : plain(kernel), text };
  },
  desired({ args }) {
    if (args.state === 'absent') return { file: null };
    const value = textOf(args.value);
    return { file: value, ...(args.sysctl_set ? { kernel: value } : {}) };
  },
  async apply({ args, state, change, target }) {
    const value = textOf(args.value);
    const ignore = args.ignoreerrors ? ' -e' : '';
    const sets = change.kernel !== undefined || (args.state === 'present' && args.reload);
    // First the kernel: what it refuses must not stay in a file, where a second run would take it for done.
    if (sets) {
      await target.mutate({
        summary: `sysctl -w ${args.name}=${value}`,
        script: setting(args.name, value, ignore),
        effects: [effect(sysctlKind, args.name, value)],
        touches: ['kernel'],
      });
    }
    if (!change.file) return;
    const text = edited(state.text, args.name, change.file.after);
    await target.writeFile(args.sysctl_file, Buffer.from(text), {});
    if (args.state === 'present' || !args.reload) return;
    const script = reading(args.sysctl_file, ignore);
    await target.mutate({ summary: `sysctl -p ${args.sysctl_file}`, script, effects: [], touches: ['kernel'] });
  },
});

/** Blanks between the parts of a value mean nothing: the kernel prints tabs. */
function plain(value: string): string {
  return value.trim().split(/\s+/).join(' ');
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return plain(String(value ?? ''));
}

/** The value which a line gives this parameter. Dots and slashes are the same; a leading dash asks to ignore errors. */
function settingOf(line: string, name: string): string | undefined {
  const found = /^\s*-?\s*([^#;=\s][^=]*?)\s*=(.*)$/.exec(line);
  if (!found || sysctlPath(found[1]!) !== sysctlPath(name)) return undefined;
  return plain(found[2]!);
}

/** The text with the first line about this parameter rewritten, other ones about it dropped; a new one goes to the end. */
function edited(text: string, name: string, value: string | null): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => settingOf(line, name) !== undefined);
  const kept = lines.flatMap((line, index) => {
    if (settingOf(line, name) === undefined) return [line];
    return index === first && value !== null ? [`${name}=${value}`] : [];
  });
  if (first < 0 && value !== null) kept.push(`${name}=${value}`);
  return kept.map((line) => `${line}\n`).join('');
}

/** procps' and busybox' sysctl, or /proc itself where there is neither. */
function setting(name: string, value: string, ignore: string): string {
  const path = quote(sysctlPath(name));
  const plainWay = `printf '%s\\n' ${quote(value)} >${path}${ignore ? ' 2>/dev/null || :' : ''}`;
  return `if command -v sysctl >/dev/null 2>&1; then sysctl${ignore} -q -w ${quote(`${name}=${value}`)}; else ${plainWay}; fi || exit $?`;
}

function reading(file: string, ignore: string): string {
  return `if command -v sysctl >/dev/null 2>&1; then sysctl${ignore} -p ${quote(file)}; else
while IFS= read -r line; do
  case $line in '#'*|';'*) continue;; *=*) ;; *) continue;; esac
  key=$(printf '%s' "\${line%%=*}" | tr -d ' \\t-' | tr . /); value=\${line#*=}
  printf '%s\\n' "\${value# }" >"/proc/sys/$key" || ${ignore ? ':' : 'exit 1'}
done <${quote(file)}; fi || exit $?`;
}
