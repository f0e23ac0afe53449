import asyncStatus from '../../engine/modules/async_status.ts';
import { testModule } from '../../engine/testing.ts';

const jid = 'j123456789012.345';
const ended = (line: string) => ({ commands: { '[ -d "$d" ]': { stdout: line, stderr: 'complaint\n' } } });

testModule(asyncStatus, 'async_status', {
  'gives the result of a task of this run': {
    args: { jid },
    jobs: { [jid]: { changed: true, rc: 0, stdout: 'done' } },
    want: { changed: true, result: { rc: 0, stdout: 'done', finished: true, started: true, ansible_job_id: jid } },
  },
  'says that a task of this run goes on': {
    args: { jid },
    jobs: { [jid]: undefined },
    want: { changed: false, result: { finished: false, started: true, results_file: `/jobs/${jid}` } },
  },
  'reads what a command of another run came to': {
    args: { jid, async_dir: '/jobs' },
    world: ended('ended|0|2024-01-01T10:00:00.000Z|10.50|12.00||/jobs/x\nout\n'),
    want: {
      changed: true,
      result: {
        rc: 0,
        stdout: 'out',
        stderr: 'complaint',
        delta: '0:00:01.500000',
        end: '2024-01-01 10:00:01.500000',
        finished: true,
        results_file: '/jobs/x',
      },
    },
  },
  'fails where the command did': {
    args: { jid, async_dir: '/jobs' },
    world: ended('ended|3|2024-01-01T10:00:00.000Z|10.50|12.00||/jobs/x\nout\n'),
    fails: 'non-zero return code',
  },
  'says that a command ran out of its time': {
    args: { jid, async_dir: '/jobs' },
    world: ended('ended|143|2024-01-01T10:00:00.000Z|10.50|12.00|late|/jobs/x\n'),
    fails: 'timed out',
  },
  'says that a command of another run goes on': {
    args: { jid, async_dir: '/jobs' },
    world: ended('running\n'),
    want: { changed: false, result: { finished: false } },
  },
  'fails where there is no such job': {
    args: { jid, async_dir: '/jobs' },
    world: ended('missing\n'),
    fails: 'could not find job: there is no /jobs/j123456789012.345',
  },
  'fails where a job ended without a word': {
    args: { jid, async_dir: '/jobs' },
    world: ended('lost\n'),
    fails: 'ended without a result',
  },
  'removes what a job left': {
    args: { jid, async_dir: '/jobs', mode: 'cleanup' },
    want: { changed: false, log: [`remove /jobs/${jid}`], result: { erased: `/jobs/${jid}` } },
  },
  'takes nothing else for an id': {
    args: { jid: '../etc', async_dir: '/jobs', mode: 'cleanup' },
    fails: 'not the id of a job',
  },
  'takes no folder above for an id': {
    args: { jid: '..', async_dir: '/jobs', mode: 'cleanup' },
    fails: 'not the id of a job',
  },
});
