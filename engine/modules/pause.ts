import { setTimeout as pause } from 'node:timers/promises';
import { defineAction } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';

export default defineAction({
  summary: 'Waits for some time.',
  description: [
    'Without a time it would ask for Enter. Nobody is asked here: a playbook runs from beginning to end, and this says so and goes on.',
    'To ask for a value before the play begins, use vars_prompt.',
  ],
  action: 'controller',
  waits: true,
  args: {
    minutes: { type: 'float', description: 'how long to wait, in minutes' },
    seconds: { type: 'float', description: 'how long to wait, in seconds' },
    prompt: { description: 'a text; it is part of the result' },
    echo: { type: 'bool', default: true, description: 'taken and ignored: nothing is typed' },
  },
  rules: { mutuallyExclusive: [['minutes', 'seconds']] },
  returns: {
    start: 'when the wait began',
    stop: 'when it ended',
    delta: 'how long it took, in seconds',
    stdout: 'the same in words',
    user_input: 'empty: nobody was asked',
    echo: 'as asked',
  },
  examples: '- name: Let the cluster settle\n  pause:\n    seconds: 30\n',

  async run({ args }) {
    const seconds = args.seconds ?? (args.minutes === undefined ? undefined : args.minutes * 60);
    if (seconds !== undefined && !(seconds >= 0)) throw new ModuleFailure('the time to wait cannot be negative');
    const start = new Date();
    await pause((seconds ?? 0) * 1000);
    const stop = new Date();
    const minutes = args.minutes !== undefined;
    const delta = (stop.getTime() - start.getTime()) / 1000;
    const spent = minutes ? delta / 60 : delta;
    return {
      changed: false,
      start: stamp(start),
      stop: stamp(stop),
      delta: Math.floor(delta),
      rc: 0,
      stdout: `Paused for ${Math.round(spent * 100) / 100} ${minutes ? 'minutes' : 'seconds'}`,
      stderr: '',
      user_input: '',
      echo: args.echo,
      ...(args.prompt !== undefined && { prompt: args.prompt }),
      ...(seconds === undefined && { warnings: ['nobody is asked during a run: going on without waiting for input'] }),
    };
  },
});

/** `2024-01-01 10:00:00.123000` */
function stamp(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '000');
}
