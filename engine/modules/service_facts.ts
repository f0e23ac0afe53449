import { defineAction } from '../module/definition.ts';
import { orUnknown } from '../module/unknown.ts';
import { isUnknown } from '../module/values.ts';

interface Service {
  readonly name: string;
  readonly state: string;
  readonly status: string;
  readonly source: 'systemd';
}

// Units first as they are loaded, then as their files say, then under all their names.
const script = `export LC_ALL=C SYSTEMD_COLORS=0
command -v systemctl >/dev/null 2>&1 || exit 3
systemctl list-units --no-pager --no-legend --plain --full --type=service --all 2>/dev/null
printf '\\036'
systemctl list-unit-files --no-pager --no-legend --full --type=service --all 2>/dev/null
printf '\\036'
systemctl show --no-pager --property=Names --property=ActiveState '*.service' 2>/dev/null
:`;

export default defineAction({
  summary: 'Tells the state of every systemd service of the host.',
  action: 'reads',
  args: {},
  returns: {
    ansible_facts:
      'services: by full name their name, state (running, stopped, inactive, unknown …), status (enabled, disabled, static, masked, failed, not-found …) and source',
  },
  examples: `- service_facts:
- name: Stop the firewall where there is one
  service:
    name: firewalld
    state: stopped
  when: "'firewalld.service' in ansible_facts.services"
`,

  async run({ target }) {
    const answer = await orUnknown(target.observe({ script }));
    if (isUnknown(answer)) return { changed: false, ansible_facts: { services: answer } };
    const { code, stdout } = answer;
    const services = code === 3 ? {} : parse(stdout.toString());
    if (Object.keys(services).length > 0) return { changed: false, ansible_facts: { services } };
    const msg = 'Failed to find any services. This can be due to privileges or some other configuration issue.';
    return { changed: false, skipped: true, msg, ansible_facts: { services: {} } };
  },
});

// What a unit is reported as, whatever its file says.
const bad = ['not-found', 'masked', 'failed'];

function parse(text: string): Readonly<Record<string, Service>> {
  const [loaded = '', files = '', shown = ''] = text.split('\x1e');
  const services: Record<string, Service> = {};
  for (const [name, load, active, sub] of fields(loaded)) {
    if (sub === undefined || name === undefined) continue;
    const status = bad.find((word) => [load, active, sub].includes(word)) ?? 'unknown';
    services[name] = { name, state: sub === 'running' ? 'running' : 'stopped', status, source: 'systemd' };
  }
  const active = activeByName(shown);
  for (const [name, status] of fields(files)) {
    if (name === undefined || status === undefined) continue;
    const known = services[name];
    // Of a template nothing runs but its instances.
    const state = known?.state ?? active.get(name) ?? (name.includes('@.') ? 'unknown' : 'inactive');
    services[name] = {
      name,
      state,
      status: known && bad.includes(known.status) ? known.status : status,
      source: 'systemd',
    };
  }
  return services;
}

const fields = (text: string) => text.split('\n').map((line) => line.replace(/^[\u25cf*\s]+/, '').split(/\s+/));

/** `ActiveState` under each of the names a unit has. */
function activeByName(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n\n').flatMap((block) => {
      const property = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1];
      const state = property('ActiveState');
      return state === undefined ? [] : (property('Names') ?? '').split(' ').map((name) => [name, state] as const);
    }),
  );
}
