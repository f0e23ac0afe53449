/** Who runs the playbook, and how each says how many changes it made. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Lab } from '../lab/lab.ts';
import type { Mitogen } from './peers.ts';

export type Phase = 'first' | 'converged' | 'check';

export interface Ran {
  /** Seconds, of the whole process or processes. */
  readonly seconds: number;
  /** Changes on all hosts together. */
  readonly changed: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Contestant {
  readonly name: string;
  readonly phases: readonly Phase[];
  /** Throws Error when a process fails. */
  run(phase: Phase): Promise<Ran>;
}

/** Where the playbook, its template and the inventory `hosts` lie, and how often its five tasks are repeated. */
export interface Course {
  readonly lab: Lab;
  readonly folder: string;
  readonly rounds: number;
}

/** As users run it. `more` are further arguments. */
export function kplayContestant({ folder }: Course, more: readonly string[] = []): Contestant {
  const kplay = join(process.cwd(), 'dist/kplay.js');
  return {
    name: 'kplay',
    phases: ['first', 'converged', 'check'],
    run: (phase) =>
      timed(
        [[process.execPath, kplay, 'site.yml', '-i', 'hosts', ...(phase === 'check' ? ['--check'] : []), ...more]],
        { cwd: folder },
      ),
  };
}

/** A patient expert's shell script for each host, all at once. It has no check mode. */
export function floorContestant({ lab, folder, rounds }: Course): Contestant {
  const script = join(process.cwd(), 'spec/bench/floor.sh');
  const ssh = [
    '-i',
    lab.key,
    '-o',
    `UserKnownHostsFile=${lab.knownHosts}`,
    '-o',
    'StrictHostKeyChecking=yes',
    '-o',
    'BatchMode=yes',
    '-F',
    'none',
  ];
  return {
    name: 'floor',
    phases: ['first', 'converged'],
    run: () =>
      timed(
        lab.hosts.map(({ name, address }) => [script, String(rounds), name, ...ssh, `root@${address}`]),
        { cwd: folder },
      ),
  };
}

/** Ansible with what its users do to make it fast: pipelining, one connection kept, a fork for each host; or Mitogen. */
export function ansibleContestant({ lab, folder }: Course, mitogen?: Mitogen): Contestant {
  const env = {
    ANSIBLE_PIPELINING: 'True',
    ANSIBLE_FORKS: String(lab.hosts.length),
    ANSIBLE_NOCOWS: '1',
    ANSIBLE_LOCALHOST_WARNING: 'False',
    ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
    ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), // an empty one: nobody's own settings
    ...(mitogen
      ? {
          PYTHONPATH: mitogen.packages,
          ANSIBLE_STRATEGY: 'mitogen_linear',
          ANSIBLE_STRATEGY_PLUGINS: join(mitogen.packages, 'ansible_mitogen/plugins/strategy'),
        }
      : {}),
  };
  return {
    name: mitogen ? 'mitogen' : 'ansible',
    phases: ['first', 'converged', 'check'],
    run: (phase) =>
      timed([['ansible-playbook', 'site.yml', '-i', 'hosts', ...(phase === 'check' ? ['--check'] : [])]], {
        cwd: folder,
        env,
      }),
  };
}

/** Runs the commands side by side, and times them from the first start to the last end. */
export async function timed(
  commands: readonly (readonly string[])[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Ran> {
  const from = performance.now();
  const all = await Promise.all(commands.map((command) => finished(command, cwd, env)));
  const seconds = (performance.now() - from) / 1000;
  const [stdout, stderr] = [all.map((one) => one.stdout).join(''), all.map((one) => one.stderr).join('')];
  const changed = [...stdout.matchAll(/\bchanged=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  return { seconds, changed, stdout, stderr };
}

async function finished(
  [file, ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Pick<Ran, 'stdout' | 'stderr'>> {
  const child = spawn(file!, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${code}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
  return { stdout, stderr };
}
