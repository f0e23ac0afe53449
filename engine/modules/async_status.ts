import { defineAction, type Result } from '../module/definition.ts';
import { commandResult } from '../module/user-command.ts';
import { ModuleFailure } from '../target/failure.ts';
import { jobPath, jobWithoutResult, lookAtJob, usualFolder } from '../target/jobs.ts';
import type { Target } from '../target/target.ts';

export default defineAction({
  summary: 'Says how a task stands that was started with poll 0.',
  description: [
    'What the task came to is this result as well: it fails as the task did, and has changed what the task has changed.',
    'A job of another run is known by its folder on the host: as the user that started it.',
  ],
  action: 'reads',
  waits: true,
  args: {
    jid: { required: true, description: 'the ansible_job_id that the task was registered with' },
    mode: {
      choices: ['status', 'cleanup'],
      default: 'status',
      description: 'cleanup removes what the job left in its folder on the host',
    },
    async_dir: {
      type: 'path',
      default: usualFolder,
      description: 'the folder of jobs on the host, where ansible_async_dir says another than the usual one',
    },
  },
  returns: {
    ansible_job_id: 'the id',
    started: 'true',
    finished: 'whether it is over',
    results_file: 'its folder on the host',
    erased: 'the folder that was removed (cleanup)',
  },
  examples: `- name: Wait for the upgrade
  async_status:
    jid: "{{ upgrade.ansible_job_id }}"
  register: upgraded
  until: upgraded is finished
  retries: 60
  delay: 10
`,

  async run({ args, target, controller }) {
    const { jid, mode } = args;
    if (!/^\w[\w.-]*$/.test(jid)) throw new ModuleFailure(`"${jid}" is not the id of a job`);
    const known = controller.job(jid);
    const path = known?.path ?? jobPath(args.async_dir, jid);
    const said = { ansible_job_id: jid, started: true };
    if (mode === 'cleanup') {
      await target.remove(path);
      return { ...said, changed: false, finished: true, erased: path };
    }
    const result = known ? await known.look() : await onHost(target, path);
    const finished = result !== undefined;
    return { results_file: path, ...(result ?? { changed: false, stdout: '', stderr: '' }), ...said, finished };
  },
});

/** What a command came to that this run knows nothing about. */
async function onHost(target: Target, path: string): Promise<Result | undefined> {
  const state = await lookAtJob(target, path);
  if (state.kind === 'running') return undefined;
  if (state.kind === 'missing') throw new ModuleFailure(`could not find job: there is no ${path} on the host`);
  if (state.kind === 'lost') throw jobWithoutResult();
  const { cmd: _, ...result } = commandResult('', state.completed, true);
  return { ...result, results_file: state.path };
}
