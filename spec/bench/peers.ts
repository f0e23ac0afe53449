/** The peers kplay is measured against: which are here, and how they come here when asked for. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { attempt } from '../lab/command.ts';

/** Where Mitogen for Ansible is; its folder is put on Python's path. */
export interface Mitogen {
  readonly packages: string;
}

export interface Peers {
  readonly ansible: boolean;
  readonly mitogen: Mitogen | undefined;
}

const unpacked = join(homedir(), '.cache/kplay/mitogen');
const folders = [join(unpacked, 'usr/lib/python3/dist-packages'), '/usr/lib/python3/dist-packages'];

/** What is installed on this machine; what is `wanted` and lacking is fetched first, and when that fails it is said why. */
export async function findPeers(
  wanted: { readonly ansible: boolean; readonly mitogen: boolean },
  log: (line: string) => void,
): Promise<Peers> {
  const hasAnsible = async () => (await attempt(['ansible-playbook', '--version']).catch(() => undefined))?.code === 0;
  const find = () => folders.find((folder) => existsSync(join(folder, 'ansible_mitogen/plugins/strategy')));
  if (wanted.ansible && !(await hasAnsible()))
    await fetched('ansible-core', 'apt-get -qq install -y ansible-core', '/', log);
  if (wanted.mitogen && !find()) {
    await mkdir(unpacked, { recursive: true });
    // unpacked aside: nothing of this machine changes
    const script =
      'apt-get -qq download ansible-mitogen python3-mitogen && for one in *.deb; do dpkg-deb -x "$one" .; done';
    await fetched('ansible-mitogen', script, unpacked, log);
  }
  const ansible = await hasAnsible();
  const packages = ansible ? find() : undefined;
  if (!ansible) log('ansible-core is not installed here: --with-ansible installs it');
  if (!packages) log('ansible-mitogen is not installed here: --with-mitogen fetches it');
  return { ansible, mitogen: packages === undefined ? undefined : { packages } };
}

async function fetched(name: string, script: string, cwd: string, log: (line: string) => void): Promise<void> {
  log(`fetching ${name}`);
  const { code, stderr } = await attempt(['sh', '-c', `cd '${cwd}' && { ${script}; }`]);
  if (code !== 0) log(`${name} is not to be had here: ${stderr.trim().split('\n').at(-1)}`);
}
