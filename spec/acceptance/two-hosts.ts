/** Two bare lab hosts for a spec, and the command run on them from a folder of its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KplayOptions, kplay, type Said } from '../kplay.ts';
import { type Lab, type LabHost, labTopology, startLab } from '../lab/lab.ts';

export interface TwoHosts {
  readonly lab: Lab;
  readonly h1: LabHost;
  readonly h2: LabHost;
  readonly folder: string;
  /** Writes a file of the folder; answers with its path. */
  write(name: string, text: string, mode?: number): Promise<string>;
  /** An inventory of both hosts, as `user`, with more variables for each of them. */
  inventory(user: 'root' | 'ops', variables?: { readonly h1?: string; readonly h2?: string }): string;
  /** Writes the playbook (tasks, indented by four, for all hosts) and runs it. Without facts, so that each task counts. */
  run(tasks: string, inventory: string, args?: readonly string[], options?: KplayOptions): Promise<Said>;
  /** Writes the playbook, whole plays, and runs it. */
  runBook(book: string, inventory: string, args?: readonly string[], options?: KplayOptions): Promise<Said>;
  down(): Promise<void>;
}

export async function twoHosts(): Promise<TwoHosts> {
  const folder = await mkdtemp(join(tmpdir(), 'kplay-hosts-'));
  const lab = await startLab({ ...labTopology('bench', 2), log: (line) => process.stderr.write(`${line}\n`) });
  const home = join(folder, 'home');
  await mkdir(home);
  const [h1, h2] = [lab.host('h1'), lab.host('h2')];
  const write = async (name: string, text: string, mode = 0o644): Promise<string> => {
    await writeFile(join(folder, name), text, { mode });
    return join(folder, name);
  };
  const runBook: TwoHosts['runBook'] = async (book, inventory, args = [], options = {}) => {
    const playbook = await write('site.yml', book);
    const hosts = await write('hosts', inventory);
    // a home of its own: no key, agent or known host of whoever runs the specs
    return kplay([playbook, '-i', hosts, ...args], {
      ...options,
      env: { HOME: home, SSH_AUTH_SOCK: '', ...options.env },
    });
  };
  return {
    lab,
    h1,
    h2,
    folder,
    write,
    inventory(user, variables = {}) {
      const line = ({ name, address }: LabHost, more = '') => `${name} ansible_host=${address} ${more}`;
      const common = [
        `ansible_user=${user}`,
        `ansible_ssh_private_key_file=${lab.key}`,
        `ansible_ssh_known_hosts_file=${lab.knownHosts}`,
      ];
      return [line(h1, variables.h1), line(h2, variables.h2), '[all:vars]', ...common, ''].join('\n');
    },
    run: (tasks, ...more) => runBook(`- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`, ...more),
    runBook,
    async down() {
      await lab.down();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
