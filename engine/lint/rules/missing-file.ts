import { basename } from 'node:path';
import type { Problem } from '../../errors.ts';
import { roleFileCandidates } from '../../plan/find-file.ts';
import type { PlannedTask } from '../../plan/plan.ts';
import { bringsItsTerms, possibleTexts } from '../../plan/possible.ts';
import { type LintedPlay, type Rule, type Subject, tasksOf } from '../rule.ts';

export const missingFile: Rule = {
  id: 'missing-file',
  level: 'error',
  summary: 'Files of the controller that tasks name are there.',
  explanation: `What template, copy, script, unarchive and include_vars name is looked for where a run looks: in the folder of its kind
(templates, files, vars) of the role, beside the task and beside the playbook, and in the working folder. Only names that are written out count; absolute
ones and those of conditional loops do not, nor those of files that another task of the playbooks fetches or makes, nor those of tasks that ignore errors.

    - template: { src: nginx.cfg.j2, dest: /etc/nginx/nginx.conf }       # templates/ has only nginx.conf.j2`,
  check,
};

/** Where a module looks, and what of its arguments names the file. */
const readers: Readonly<Record<string, readonly [folder: string, argument: string]>> = {
  template: ['templates', 'src'],
  copy: ['files', 'src'],
  script: ['files', 'cmd'],
  unarchive: ['files', 'src'],
  include_vars: ['vars', 'file'],
};

function* check(subject: Subject): Generator<Problem> {
  const made = [...tasksOf(subject)].flatMap(([task]) => madeBy(task));
  for (const [task, play] of tasksOf(subject)) {
    const [folder, argument] = readers[task.module] ?? [];
    if (folder === undefined || argument === undefined || isElsewhere(task)) continue;
    for (const name of namesIn(task, argument)) {
      const searched = candidates(subject, play, task, folder, name);
      if (searched.some((path) => isThere(subject, path)) || made.some((text) => isPerhaps(text, name))) continue;
      yield {
        message: `There is no file "${name}".`,
        at: task.args.locate(argument in task.args.values ? [argument] : []),
        hint: `searched for ${searched.map((path) => subject.documents.shown(path)).join(', ')}`,
      };
    }
  }
}

/** On the host, at a URL, or nobody minds. */
function isElsewhere({ args, inherited }: PlannedTask): boolean {
  const { remote_src: remote, copy } = args.values;
  const onHost = (remote !== undefined && remote !== false) || (copy !== undefined && copy !== true);
  return onHost || args.template !== undefined || inherited.ignore_errors?.value !== undefined;
}

/** A script is the first word of its command line. What a loop brings is left out where it chooses, or a condition does. */
function namesIn({ module, args, loop, when }: PlannedTask, argument: string): readonly string[] {
  if (loop && (when.length > 0 || !bringsItsTerms(loop))) return [];
  const written = args.values[argument] ?? args.freeForm;
  const names = (possibleTexts(written, loop) ?? []).map((name) => name.trim());
  const files =
    module === 'script'
      ? names.map((line) => /^(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(line)?.slice(1).find(Boolean) ?? '')
      : names;
  // whatever lies outside the project is the business of the controller that runs it
  return files.filter((name) => name !== '' && !name.includes('://') && !/^[~/]/.test(name));
}

const candidates = (subject: Subject, { play }: LintedPlay, task: PlannedTask, folder: string, name: string) =>
  roleFileCandidates(folder, name, {
    lexical: task.lexical,
    playbookDir: play.playbookDir,
    cwd: subject.cwd,
  });

function isThere({ documents: { files, text } }: Subject, path: string): boolean {
  if (files.isDirectory(path) || text(path) !== undefined) return true;
  const name = basename(path);
  return files.list(path.slice(0, path.length - name.length))?.includes(name) ?? false;
}

/** What a task may leave on the controller. */
function madeBy({ module, args }: PlannedTask): readonly string[] {
  const { dest, path, creates, name, cmd } = args.values;
  const line = module === 'command' || module === 'shell' ? (cmd ?? args.freeForm) : undefined;
  const words = typeof line === 'string' ? line.split(/[\s=>"']+/) : [];
  return [dest, path, creates, name, ...words].filter((one) => typeof one === 'string');
}

/** The text of another task speaks of this file, or of a folder it is in. */
function isPerhaps(text: string, name: string): boolean {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const [first = name] = parts;
  const words = text.split('/');
  return text.endsWith(basename(name)) || (parts.length > 1 && words.includes(first));
}
