import { defineAction } from '../module/definition.ts';
import { orUnknown } from '../module/unknown.ts';
import { isUnknown } from '../module/values.ts';
import { ModuleFailure } from '../target/failure.ts';
import { quote } from '../target/quote.ts';

export default defineAction({
  summary: 'Looks something up in one of the databases of the host: passwd, group, hosts, services …',
  action: 'reads',
  args: {
    database: { required: true, description: 'the database' },
    key: { description: 'what to look up; everything unless told, as far as the database lists it' },
    service: { description: 'ask only this source of names, such as files or dns' },
    split: { description: 'what parts the fields; a colon for passwd, shadow, group and gshadow, blanks for others' },
    fail_key: { type: 'bool', default: true, description: 'fail when the key is not found' },
  },
  returns: { ansible_facts: 'getent_<database>: for each name its other fields as a list, null when it is not found' },
  examples: `- name: Where does alice live?
  getent:
    database: passwd
    key: alice
- debug:
    msg: "{{ ansible_facts.getent_passwd.alice[4] }}"
`,

  async run({ args, target }) {
    const { database, key, service, fail_key: failKey } = args;
    const words = [...(service === undefined ? [] : ['-s', service]), database, ...(key === undefined ? [] : [key])];
    const script = `command -v getent >/dev/null 2>&1 || exit 127\nLC_ALL=C getent ${words.map(quote).join(' ')}`;
    const answer = await orUnknown(target.observe({ script }));
    const fact = `getent_${database}`;
    if (isUnknown(answer)) return { changed: false, ansible_facts: { [fact]: answer } };
    const { code, stdout, stderr } = answer;
    if (code === 0) return { changed: false, ansible_facts: { [fact]: entries(stdout.toString(), args) } };
    if (code === 2 && key !== undefined && !failKey)
      return { changed: false, ansible_facts: { [fact]: { [key]: null } } };
    // getent(1) says what each code means.
    const why: Readonly<Record<number, string>> = {
      1: 'Missing arguments, or database unknown.',
      2: 'One or more supplied key could not be found in the database.',
      3: 'Enumeration not supported on this database.',
      127: 'the host has no getent',
    };
    throw new ModuleFailure(why[code] ?? `getent ${database}: ${stderr.toString().trim() || `exit code ${code}`}`, {
      rc: code,
    });
  },
});

interface Split {
  readonly database: string;
  readonly split?: string | undefined;
}

function entries(text: string, { database, split }: Split): Readonly<Record<string, readonly string[]>> {
  const parting = split ?? (['passwd', 'shadow', 'group', 'gshadow'].includes(database) ? ':' : undefined);
  const found = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [name = '', ...fields] = parting === undefined ? line.trim().split(/\s+/) : line.split(parting);
    // A name that is there twice, as in hosts, says all it says.
    found.set(name, [...(found.get(name) ?? []), ...fields]);
  }
  return Object.fromEntries(found);
}
