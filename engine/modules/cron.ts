import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import {
  type Crontab,
  crontabLines,
  crontabText,
  jobNames,
  variableNames,
  withJob,
  withoutJob,
  withoutVariable,
  withVariable,
} from '../module/edit-crontab.ts';
import { ModuleFailure } from '../target/failure.ts';
import { crontabCommand, crontabKind } from '../target/queries/crontabs.ts';
import { effect } from '../target/query.ts';

interface CronState {
  /** The crontab, `null` where there is none. */
  readonly text: string | null;
}

const args = {
  name: { required: true, description: 'of the job, in a comment above it; of the variable with env' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether it shall be there' },
  job: { aliases: ['value'], description: 'the command, or the value of the variable' },
  user: { description: 'whose crontab, or as whom a job of cron_file runs; the user of the task unless told' },
  cron_file: {
    type: 'path',
    description: 'a file of /etc/cron.d, or an absolute path, instead of a crontab of a user',
  },
  minute: { default: '*', description: '0-59, *, */2 …' },
  hour: { default: '*', description: '0-23, *, */2 …' },
  day: { default: '*', aliases: ['dom'], description: 'day of the month: 1-31, *, */2 …' },
  month: { default: '*', description: '1-12, *, */2 …' },
  weekday: { default: '*', aliases: ['dow'], description: '0-6 from Sunday on, or *' },
  special_time: {
    choices: ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'],
    description: 'instead of the five fields of time',
  },
  disabled: { type: 'bool', default: false, description: 'the job is there as a comment' },
  env: { type: 'bool', default: false, description: 'it is a variable, not a job' },
  insertafter: { description: 'a variable to put a new one behind' },
  insertbefore: { description: 'a variable to put a new one before' },
  backup: { type: 'bool', default: false, description: 'keep the old crontab in a file in /tmp' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes a job or a variable of a crontab be there or not.',
  description: ['A file of cron_file in which nothing is left is removed.'],
  args,
  rules: { mutuallyExclusive: [['insertafter', 'insertbefore']], requiredIf: [['state', 'present', ['job']]] },
  returns: {
    jobs: 'names of the jobs that are there now',
    envs: 'names of the variables that are there now',
    cron_file: 'as asked',
    state: 'as asked',
    backup_file: 'the copy of the old crontab',
  },
  examples: `- name: Back etcd up every night
  cron:
    name: etcd backup
    hour: "3"
    minute: "17"
    user: root
    cron_file: etcd-backup
    job: /usr/local/bin/etcd-backup
`,

  async probe({ args, target }): Promise<CronState> {
    const path = pathOf(args);
    if (path === undefined) return { text: (await target.query(crontabKind, args.user ?? '')) ?? null };
    return { text: (await target.readFile(path))?.toString() ?? null };
  },

  desired({ args, state }) {
    check(args);
    const before = crontabLines(state.text);
    const after = edited(args, before);
    // What says the same stays as it is, down to a missing line end.
    if (after.length === before.length && after.every((line, index) => line === before[index])) return {};
    const text = crontabText(after);
    return { text: /^\s*$/.test(text) ? null : text };
  },

  async apply({ args, state, wanted, target }) {
    const text = wanted.text ?? null;
    const backup = args.backup && state.text !== null ? `/tmp/crontab.${randomBytes(4).toString('hex')}` : undefined;
    if (backup !== undefined) await target.writeFile(backup, Buffer.from(state.text ?? ''), { mode: '0600' });
    const path = pathOf(args);
    if (path !== undefined) {
      if (text === null) await target.remove(path);
      else await target.writeFile(path, Buffer.from(text), { mode: '0644' });
    } else {
      const user = args.user ?? '';
      await target.mutate({
        summary: `crontab of ${user || 'the user'}`,
        script: `${crontabCommand(user)}\n"$@" ${text === null ? '-r' : '-'}`,
        ...(text !== null && { stdin: text }),
        effects: [effect(crontabKind, user, text ?? undefined)],
        touches: ['files'],
      });
    }
    return { ...(backup !== undefined && { backup_file: backup }) };
  },

  returned({ args, state, wanted }) {
    const lines = crontabLines(wanted.text === undefined ? state.text : wanted.text);
    const file = args.cron_file === undefined ? {} : { cron_file: args.cron_file };
    return { jobs: jobNames(lines), envs: variableNames(lines), state: args.state, ...file };
  },

  preview({ args, state, wanted }) {
    const header = pathOf(args) ?? `crontab of ${args.user ?? 'the user'}`;
    return [{ beforeHeader: header, afterHeader: header, before: state.text ?? '', after: wanted.text ?? '' }];
  },
});

const pathOf = ({ cron_file: file }: Args) => (file === undefined ? undefined : posix.resolve('/etc/cron.d', file));

const time = ({ minute, hour, day, month, weekday }: Args) => [minute, hour, day, month, weekday];

function check(args: Args): void {
  if (args.special_time !== undefined && time(args).some((field) => field !== '*'))
    throw new ModuleFailure('You must specify time and date fields or special time.');
  if (/[\r\n]/.test(`${args.name}${(args.job ?? '').trimEnd()}`))
    throw new ModuleFailure('a job and its name are one line each');
  if ((args.insertafter ?? args.insertbefore) !== undefined && !args.env)
    throw new ModuleFailure('Insertafter and insertbefore parameters are valid only with env=yes');
  if (args.cron_file !== undefined && !args.env && args.user === undefined && args.state === 'present')
    throw new ModuleFailure('To use cron_file=... parameter you must specify user=... as well');
}

function edited(args: Args, lines: Crontab): Crontab {
  const job = (args.job ?? '').trimEnd();
  if (args.state === 'absent') return (args.env ? withoutVariable : withoutJob)(lines, args.name);
  if (!args.env) return withJob(lines, args.name, jobLine(args, job));
  const after = withVariable(lines, args.name, job, args);
  if (!after) throw new ModuleFailure(`Variable named '${args.insertafter ?? args.insertbefore}' not found.`);
  return after;
}

function jobLine(args: Args, job: string): string {
  const when = args.special_time === undefined ? time(args).join(' ') : `@${args.special_time}`;
  const who = args.cron_file === undefined ? '' : `${args.user} `;
  return `${args.disabled ? '#' : ''}${when} ${who}${job}`;
}
