/** Template files that tasks name, as far as their names are written out. */
import type { Documents } from './documents.ts';
import { roleFileCandidates } from './find-file.ts';
import type { PlannedTask } from './plan.ts';
import { possibleTexts } from './possible.ts';
import type { TemplateText } from './texts.ts';

/** The texts of the files a `template` task renders; those read by other rules of syntax are left out. */
export function templateFilesOf(
  task: PlannedTask,
  {
    documents,
    playbookDir,
    cwd,
  }: { readonly documents: Documents; readonly playbookDir: string; readonly cwd: string },
): readonly TemplateText[] {
  const { values } = task.args;
  const ownSyntax = Object.keys(values).some((name) => name.endsWith('_string'));
  if (task.module !== 'template' || ownSyntax) return [];
  return (possibleTexts(values['src'], task.loop) ?? []).flatMap((name) => {
    const candidates = roleFileCandidates('templates', name, { lexical: task.lexical, playbookDir, cwd });
    const path = candidates.find((candidate) => documents.text(candidate) !== undefined);
    const source = path === undefined ? undefined : documents.text(path);
    if (path === undefined || source === undefined || source.startsWith('#jinja2:')) return [];
    const file = documents.shown(path);
    return [{ source, kind: 'template', locate: (offset: number) => locationIn(file, source, offset) } as const];
  });
}

function locationIn(file: string, source: string, offset: number) {
  const before = source.slice(0, offset).split('\n');
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}
