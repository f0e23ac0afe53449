import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fail } from '../errors.ts';
import { isPlain } from '../module/convert.ts';
import type { PlannedPlay } from '../plan/plan.ts';
import type { VarsBlock } from '../playbook/ast.ts';
import { parseYaml } from '../source/yaml.ts';
import { renderValue } from '../template/render.ts';
import type { HostState, PlayRun, Run } from './context.ts';
import { hostEnvironment } from './environment.ts';
import type { LocalFiles } from './local-files.ts';

const none: readonly VarsBlock[] = [];

/** A play's `vars_files` as a host sees them: names may be templates, a list means the first file that exists. */
export function varsFilesOf(
  run: Run,
  planned: PlannedPlay,
  playing: () => PlayRun,
): (host: string) => readonly VarsBlock[] {
  const byHost = new Map<string, readonly VarsBlock[]>();
  const byFile = new Map<string, VarsBlock>();
  if (planned.play.varsFiles.length === 0) return () => none;
  return (host) => {
    const known = byHost.get(host);
    if (known) return known;
    byHost.set(host, none); // the names are rendered without the files themselves
    try {
      byHost.set(host, read(run.host(host)));
    } catch (error) {
      byHost.delete(host);
      // a name may need facts, and those are gathered with what is known before
      if (run.host(host).variables.facts.size > 0 || !(error instanceof Error) || error.name !== 'UndefinedError')
        throw error;
    }
    return byHost.get(host) ?? none;
  };

  function read(host: HostState): readonly VarsBlock[] {
    return planned.play.varsFiles.map(({ value, at }) => {
      const named = renderValue(value, hostEnvironment(run, host, playing()), at);
      const names = (Array.isArray(named) ? named : [named]).map(String);
      const candidates = names.flatMap((name) =>
        isAbsolute(name) ? [name] : [join(planned.playbookDir, name), join(planned.playbookDir, 'vars', name)],
      );
      const file =
        candidates.find((path) => existsSync(path)) ??
        fail(`none of these vars_files exists: ${candidates.join(', ')}`, at);
      const block = byFile.get(file) ?? varsBlock(file, run.files);
      byFile.set(file, block);
      return block;
    });
  }
}

function varsBlock(file: string, files: LocalFiles): VarsBlock {
  const document = parseYaml(files.text(file), file);
  const values = document.value ?? {};
  if (!isPlain(values)) return fail(`${file} must hold a mapping of variables`, document.locate([]));
  return { values, file, locate: (name) => document.locate([name]) };
}
