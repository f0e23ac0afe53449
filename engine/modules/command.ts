import { defineAction } from '../module/definition.ts';
import { expandable, expands, shellWords } from '../module/shell-words.ts';
import { asUnstarted } from '../module/unstarted-command.ts';
import { commandArgs, commandReturns, needed, runCommand } from '../module/user-command.ts';
import { isTest } from '../target/queries/test.ts';

export default defineAction({
  summary: 'Runs a command without a shell: no pipes, no redirections, no wildcards.',
  description: [
    'Always counts as changed, unless creates or removes says that there is nothing to do.',
    'Under check it is not run: its result is unknown, and so is what depends on it.',
  ],
  action: 'changes',
  oneCommand: true,
  freeForm: 'cmd',
  args: {
    cmd: { aliases: ['_raw_params', 'free_form'], description: 'the command in one line' },
    argv: { type: 'list', elements: 'str', description: 'the command as a list: nothing needs quoting' },
    expand_argument_vars: {
      type: 'bool',
      default: true,
      description: 'expand $NAME and ~ by the environment of the host',
    },
    ...commandArgs,
  },
  rules: { requiredOneOf: [['cmd', 'argv']], mutuallyExclusive: [['cmd', 'argv']] },
  returns: commandReturns,
  examples:
    '- name: Start a cluster\n  command:\n    cmd: kubeadm init --config /etc/kubernetes/kubeadm.yaml\n    creates: /etc/kubernetes/admin.conf\n',

  looks: (args) => isTest({ argv: wordsOf(args) }),

  async run({ args, target }) {
    const words = needed(wordsOf(args));
    const asScript = args.expand_argument_vars && words.some(expands);
    const command = asScript ? { script: words.map(expandable).join(' ') } : { argv: words };
    return asUnstarted(await runCommand(target, args, words, command), words[0]!);
  },
});

function wordsOf(args: { readonly argv?: readonly string[] | undefined; readonly cmd?: string | undefined }) {
  return args.argv ?? shellWords(args.cmd ?? '');
}
