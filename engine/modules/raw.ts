import { defineAction } from '../module/definition.ts';
import { commandReturns, needed, runCommand } from '../module/user-command.ts';

export default defineAction({
  summary: 'Runs a text in a shell of the host, and nothing besides.',
  description: [
    'Always counts as changed. kplay needs no Python on a host, so raw can do no more than shell: it is here for playbooks that have it.',
  ],
  action: 'changes',
  oneCommand: true,
  freeForm: 'free_form',
  args: {
    free_form: { required: true, aliases: ['_raw_params', 'cmd'], description: 'the text for the shell' },
    executable: { type: 'path', description: 'the shell, by its path; /bin/sh unless told' },
  },
  returns: commandReturns,
  examples: '- raw: apt-get install -y python3\n',

  run({ args, target }) {
    const { free_form: text, executable } = args;
    const plain = { stdin_add_newline: false, strip_empty_ends: false };
    return runCommand(target, plain, text, { script: needed(text), ...(executable !== undefined && { executable }) });
  },
});
