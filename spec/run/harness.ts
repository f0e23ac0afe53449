/** Plays a playbook from text on this machine's own /bin/sh, one process a "host", and gives back what happened. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { disk } from '../../engine/cli/disk.ts';
import { wiring } from '../../engine/cli/wiring.ts';
import { KplayError } from '../../engine/errors.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { moduleCatalog } from '../../engine/module/load.ts';
import { planPlaybooks } from '../../engine/plan/plan-playbooks.ts';
import type { RunOptions } from '../../engine/run/context.ts';
import type { Outcome, Recap, RunEvent, Traffic } from '../../engine/run/events.ts';
import { execute } from '../../engine/run/run.ts';
import { vaultWith } from '../../engine/source/vault.ts';

export interface Played {
  readonly recap: Recap;
  readonly traffic: Traffic;
  readonly events: readonly RunEvent[];
  readonly outcomes: readonly Outcome[];
  /** `host task status`, in order, facts left out. */
  readonly story: readonly string[];
  /** Results by task name, of the first host that has one. */
  result(task: string, host?: string): Readonly<Record<string, unknown>>;
}

export interface Stage {
  /** The folder of the playbook; `{{ playbook_dir }}` in plays. */
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): void;
  play(
    playbook: string,
    options?: Partial<Omit<RunOptions, 'inventory'>> & { readonly inventory?: string },
  ): Promise<Played>;
  close(): void;
}

const modules = join(import.meta.dirname, '../../engine/modules');

/** A folder with an inventory of `hosts` (h1, h2 unless told), each reached by a local shell of its own. */
export function stage(files: Readonly<Record<string, string>> = {}, hosts: readonly string[] = ['h1', 'h2']): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'kplay-stage-'));
  const write: Stage['write'] = (texts) => {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  write({
    hosts: `${hosts.join('\n')}\n\n[all:vars]\nansible_connection=exec\nansible_exec_command="/bin/sh"\n`,
    ...files,
  });
  return {
    folder,
    write,
    async play(playbook, { inventory: hostsText, ...given } = {}) {
      write({ 'site.yml': playbook, ...(hostsText === undefined ? {} : { hosts: hostsText }) });
      const inventory = loadInventory([join(folder, 'hosts')], disk, { playbookDir: folder });
      const catalog = moduleCatalog([join(folder, 'modules'), modules]);
      const { plan, planner, problems } = await planPlaybooks([join(folder, 'site.yml')], {
        files: disk,
        inventory,
        rolesPath: [join(folder, 'roles')],
        modules: catalog,
        cwd: folder,
        extraVars: given.extraVars ?? {},
      });
      if (problems.length > 0) throw new KplayError(problems);
      const events: RunEvent[] = [];
      const { recap, traffic } = await execute({
        ...defaults,
        plan,
        planner,
        inventory,
        modules: catalog,
        cwd: folder,
        emit: (event) => void events.push(event),
        ...given,
      });
      const outcomes = events.flatMap((event) => (event.type === 'outcome' ? [event.outcome] : []));
      return {
        recap,
        traffic,
        events,
        outcomes,
        story: outcomes
          .filter(({ task }) => task.module !== 'setup')
          .map(({ host, task, status, ignored }) => `${host} ${task.name} ${status}${ignored ? ' ignored' : ''}`),
        result(task, host) {
          const found = outcomes.find((one) => one.task.name === task && (host === undefined || one.host === host));
          if (!found) throw new Error(`no outcome of "${task}": ${outcomes.map((one) => one.task.name).join(', ')}`);
          return found.result;
        },
      };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const defaults = {
  vault: vaultWith([]),
  check: false,
  diff: false,
  forks: 10,
  tags: [],
  skipTags: [],
  forceHandlers: false,
  gatherFacts: true,
  strict: false,
  readAhead: true,
  verbosity: 0,
  environment: process.env,
  extraVars: {},
  prompts: () => ({}),
  defaults: {
    become: false,
    hostKeyChecking: 'strict',
    connectTimeoutMs: 5000,
    home: '/nonexistent',
    localUser: 'nobody',
  },
  wiring,
  signal: new AbortController().signal,
  version: '0.0.0',
} as const;
