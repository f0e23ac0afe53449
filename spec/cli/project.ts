/** A folder of playbooks, inventories and templates, and the command run in it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type KplayOptions, kplay, type Said } from '../kplay.ts';

export interface Project {
  readonly folder: string;
  path(file: string): string;
  write(files: Readonly<Record<string, string>>): void;
  /** `kplay …args` with the folder as the working directory; the user's own settings do not reach it. */
  run(args: readonly string[], options?: Pick<KplayOptions, 'env' | 'input'>): Promise<Said>;
  remove(): void;
}

/** Two hosts on this machine, one play, three tasks of which two change something. Paths in the texts: `FOLDER`. */
const sound: Readonly<Record<string, string>> = {
  hosts: '[web]\nh1 ansible_connection=local\nh2 ansible_connection=local\n',
  'site.yml': `- name: Web
  hosts: web
  gather_facts: false
  tasks:
    - name: make the folder
      file: { path: "FOLDER/out/{{ inventory_hostname }}", state: directory, mode: '0755' }
      tags: [folders]
    - name: configure
      template: { src: app.conf.j2, dest: "FOLDER/out/{{ inventory_hostname }}/app.conf", mode: '0644' }
      tags: [config, files]
    - debug: { msg: "port {{ port | default(80) }}" }
`,
  'app.conf.j2': 'name {{ inventory_hostname }}\n',
};

/** A fresh folder with a sound playbook `site.yml` and its inventory `hosts`, and the files given. */
export function makeProject(files: Readonly<Record<string, string>> = {}): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kplay-cli-')));
  const path = (file: string): string => join(folder, file);
  const write = (texts: Readonly<Record<string, string>>): void => {
    for (const [file, text] of Object.entries(texts)) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), text.replaceAll('FOLDER', folder));
    }
  };
  mkdirSync(path('out'));
  write({ ...sound, ...files });
  return {
    folder,
    path,
    write,
    // the folder is the home too: no ssh configuration and no known hosts but its own
    run: (args, options = {}) =>
      kplay(args, { ...options, cwd: folder, env: { HOME: folder, SSH_AUTH_SOCK: '', ...options.env } }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
