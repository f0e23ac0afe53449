/** The playbooks for one part of a cluster, as they list their tasks, and as they refuse before any connection. */
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { isKplayError } from '../../engine/errors.ts';
import { kplay, tail } from '../kplay.ts';
import { type Stage, stage } from '../run/harness.ts';

export const fixtures = 'spec/fixtures/roles/small-playbooks';

/** What `--list-tasks` shows of a playbook, without the engine's own checks of arguments. */
export async function expectListing(playbook: string, inventory: string): Promise<void> {
  const said = await kplay([`playbooks/${playbook}.yml`, '-i', inventory, '--list-tasks']);
  expect(said.code, tail(said)).to.equal(0);
  expect(said.stderr, 'warnings').to.equal('');
  const shown = said.stdout.split('\n').filter((line) => !line.includes(' : Validating arguments against arg spec '));
  expect(shown.join('\n')).to.equal(readFileSync(join(fixtures, `${playbook}.tasks.golden`), 'utf8'));
}

export type Groups = Readonly<Record<string, readonly string[]>>;

export interface Tried {
  readonly failed: number;
  readonly unreachable: number;
  readonly reasons: string;
  /** Whether any host was connected to. */
  readonly connected: boolean;
}

export interface Trial {
  /** Plays against hosts of these groups whose connection leaves a trace, and fails. */
  check(groups: Groups, vars?: Readonly<Record<string, unknown>>): Promise<Tried>;
  close(): void;
}

/** @param playbook its name in the folder playbooks, without ending */
export function trial(playbook: string): Trial {
  const on: Stage = stage();
  symlinkSync(resolve('roles'), join(on.folder, 'roles'));
  const trace = join(on.folder, 'connected');
  return {
    async check(groups, vars = {}) {
      rmSync(trace, { force: true });
      on.write({ hosts: inventoryOf(groups, on.folder, trace) });
      const book = `- import_playbook: ${resolve('playbooks', `${playbook}.yml`)}\n`;
      const played = await on.play(book, { extraVars: vars }).catch(unplayed);
      if ('reasons' in played) return { ...played, connected: existsSync(trace) };
      const lines = Object.values(played.recap);
      return {
        failed: lines.reduce((sum, line) => sum + line.failed, 0),
        unreachable: lines.reduce((sum, line) => sum + line.unreachable, 0),
        reasons: played.outcomes
          .filter(({ status }) => status === 'failed')
          .map((one) => textOf(one.result))
          .join('\n'),
        connected: existsSync(trace),
      };
    },
    close: () => on.close(),
  };
}

/** A run that is refused before it begins: what an argument spec does not take. Any other error is one. */
export function unplayed(error: unknown): Omit<Tried, 'connected'> {
  if (!isKplayError(error)) throw error;
  return { failed: error.problems.length, unreachable: 0, reasons: error.message };
}

export interface Refused {
  readonly what: string;
  readonly groups?: Groups;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly reason: RegExp;
}

/** One test for each refusal, and one for an inventory that is in order. */
export function itRefuses(
  playbook: string,
  good: Required<Omit<Refused, 'what' | 'reason'>>,
  table: readonly Refused[],
) {
  let on: Trial;
  before(() => {
    on = trial(playbook);
  });
  after(() => on?.close());

  it('finds nothing wrong with a good inventory, and goes on to connect', async () => {
    const { reasons, ...rest } = await on.check(good.groups, good.vars);
    const unreachable = new Set(Object.values(good.groups).flat()).size;
    expect(rest, reasons).to.deep.equal({ failed: 0, unreachable, connected: true });
  });

  for (const { what, groups = good.groups, vars = {}, reason } of table) {
    it(`refuses ${what}`, async () => {
      const { failed, unreachable, reasons, connected } = await on.check(groups, { ...good.vars, ...vars });
      expect(reasons).to.match(reason);
      expect(failed).to.be.greaterThan(0);
      expect({ unreachable, connected }).to.deep.equal({ unreachable: 0, connected: false });
    });
  }
}

function inventoryOf(groups: Groups, folder: string, trace: string): string {
  const names = [...new Set(Object.values(groups).flat())];
  const lines = [
    ...names.map((name, index) => `${name} ansible_host=192.0.2.${11 + index}`),
    ...Object.entries(groups).flatMap(([group, hosts]) => [`[${group}]`, ...hosts]),
    '[all:vars]',
    `cluster_state_dir=${folder}/state`,
    'ansible_connection=exec',
    `ansible_exec_command="/bin/sh -c '>>${trace}; exit 1'"`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The message of a result, those of its items included. */
function textOf(result: Readonly<Record<string, unknown>>): string {
  const items = (result['results'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  return [result, ...items].map((one) => String(one['msg'])).join('\n');
}
