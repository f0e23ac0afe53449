import { defineAction } from '../module/definition.ts';
import { commandArgs, commandReturns, needed, runCommand } from '../module/user-command.ts';

export default defineAction({
  summary: 'Runs a text in a shell of the host.',
  description: [
    'Always counts as changed, unless creates or removes says that there is nothing to do.',
    'Under check it is not run: its result is unknown, and so is what depends on it.',
  ],
  action: 'changes',
  oneCommand: true,
  freeForm: 'cmd',
  args: {
    cmd: { aliases: ['_raw_params', 'free_form'], required: true, description: 'the text for the shell' },
    executable: { type: 'path', description: 'the shell, by its path; /bin/sh unless told' },
    ...commandArgs,
  },
  returns: commandReturns,
  examples: '- name: Count pods\n  shell: kubectl get pods -A --no-headers | wc -l\n  changed_when: false\n',

  run({ args, target }) {
    const { cmd, executable } = args;
    return runCommand(target, args, cmd, { script: needed(cmd), ...(executable !== undefined && { executable }) });
  },
});
