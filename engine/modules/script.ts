import { defineAction } from '../module/definition.ts';
import { shellWords } from '../module/shell-words.ts';
import { commandReturns, needed, runCommand } from '../module/user-command.ts';
import { isUnknown } from '../module/values.ts';
import { contentBytes } from '../target/effects.ts';
import { known, ModuleFailure } from '../target/failure.ts';

export default defineAction({
  summary: 'Runs a script of the controller on the host.',
  description: [
    'The script is looked for as files are. It travels with the task, runs from a file only its user can read, and is removed.',
    'Always counts as changed, unless creates or removes says that there is nothing to do. Under check it is not run.',
  ],
  action: 'changes',
  oneCommand: true,
  freeForm: 'cmd',
  args: {
    cmd: {
      required: true,
      aliases: ['_raw_params', 'free_form'],
      description: 'the script, and behind it what it is given, for a shell of the host to read',
    },
    executable: { description: 'what runs the script; its first line says so unless told' },
    chdir: { type: 'path', description: 'the directory to run it in' },
    creates: { type: 'path', description: 'when something is there, the script is not run' },
    removes: { type: 'path', description: 'when nothing is there, the script is not run' },
    decrypt: { type: 'bool', default: true, description: 'decrypt a vault file on the way' },
  },
  returns: commandReturns,
  examples: `- name: Prepare the disks
  script: prepare-disks.sh --fast
  args:
    creates: /var/lib/disks-prepared
`,

  async run({ args, target, controller }) {
    const cmd = needed(args.cmd.trim());
    const [first = ''] = /^(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/s.exec(cmd) ?? [];
    const [name] = shellWords(first);
    if (name === undefined) throw new ModuleFailure(`no script is named in: ${cmd}`);
    const file = await controller.file(controller.find('files', name), { decrypt: args.decrypt });
    const content = known(await contentBytes(file), isUnknown);
    const given = { ...args, stdin: content.toString('base64'), stdin_add_newline: true, strip_empty_ends: false };
    // The shell that starts the script also removes it, whatever becomes of it.
    const script = `t=$(umask 077; mktemp "\${TMPDIR:-/tmp}/kplay.XXXXXXXX") || exit 1
trap 'rm -f -- "$t"' EXIT
base64 -d > "$t" && chmod 700 "$t" || exit 1
${args.executable === undefined ? '' : `${args.executable} `}"$t"${cmd.slice(first.length)} </dev/null`;
    return runCommand(target, given, cmd, { script });
  },
});
