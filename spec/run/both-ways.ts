/** A play played twice, with and without reading ahead: all it tells and leaves behind must be the same. */
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { expect } from 'chai';
import { type Played, type Stage, stage } from './harness.ts';

/** What is told of a play, paths and times left out: this must not depend on whether it was read ahead. */
function told(played: Played, folder: string): readonly string[] {
  const hosts = [...new Set(played.outcomes.map(({ host }) => host))].sort();
  return hosts
    .flatMap((name) => played.outcomes.filter(({ host }) => host === name))
    .map(({ host, task, status, ignored, result, unknown, diffs }) => {
      const about = {
        stat: ['exists', 'mode', 'nlink', 'isdir', 'islnk', 'lnk_target', 'size', 'checksum'].map(
          (name) => (result['stat'] as Readonly<Record<string, unknown>> | undefined)?.[name],
        ),
        stdout: String(result['stdout']).replace(/Paused for .*/, ''),
        msg: result['msg'],
        rest: ['changed', 'failed', 'dest', 'path', 'mode', 'owner', 'group', 'size', 'state', 'checksum', 'rc'].map(
          (name) => result[name],
        ),
        diffs,
        unknown,
      };
      return `${host} ${task.name} ${status} ${ignored} ${JSON.stringify(about).replaceAll(folder, '')}`;
    });
}

/** Plays the same from the same beginnings, with and without reading ahead. */
export async function bothWays(
  book: string,
  options: Parameters<Stage['play']>[1] = {},
  files: Readonly<Record<string, string>> = {},
) {
  const plays: {
    readonly story: readonly string[];
    readonly told: readonly string[];
    readonly tree: string;
    readonly warnings: readonly string[];
    readonly roundTrips: number;
  }[] = [];
  for (const readAhead of [false, true]) {
    const on: Stage = stage(files);
    try {
      chmodSync(on.folder, 0o777);
      const played = await on.play(book, { ...options, readAhead });
      const tree = execFileSync(
        'sh',
        [
          '-c',
          'find . ! -name site.yml ! -name hosts -printf "%p %M %l\\n" | sort; find . -type f ! -name site.yml ! -name hosts | sort | xargs -r cat',
        ],
        { cwd: on.folder, encoding: 'utf8' },
      );
      const warnings = played.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      plays.push({
        story: played.story,
        told: told(played, on.folder),
        tree,
        warnings,
        roundTrips: Object.values(played.traffic).reduce((sum, one) => sum + one.roundTrips, 0),
      });
    } finally {
      on.close();
    }
  }
  const [slow, quick] = plays as [(typeof plays)[0], (typeof plays)[0]];
  expect(quick.told).to.deep.equal(slow.told);
  expect(quick.tree).to.equal(slow.tree);
  expect(quick.warnings).to.deep.equal(slow.warnings);
  return quick;
}

/** A play of these tasks. */
export const tasks = (text: string, hosts = 'h1') => `
- hosts: ${hosts}
  gather_facts: false
  vars: { d: "{{ playbook_dir }}" }
  tasks:
${text
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
`;
