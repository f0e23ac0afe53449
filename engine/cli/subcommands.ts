/** The commands beside `kplay PLAYBOOK…`: their words, operands and own options. Each is loaded only when it is asked for. */
import type { Command } from 'commander';
import { wordsOf } from './command-words.ts';
import type { InventoryCommand } from './inventory.ts';
import { type LintCommand, lintFormats } from './lint-command.ts';
import type { CliOptions, Invocation } from './options.ts';
import { shells } from './shells.ts';
import { type StartKind, startKinds } from './start-kinds.ts';
import { type VaultCommand, vaultActions } from './vault-actions.ts';

/** Told what was asked for, once all options are known. */
export type Choose = (make: (options: CliOptions) => Invocation) => void;

export function addSubcommands(program: Command, choose: Choose): void {
  program
    .command('doc')
    .description('print what a module or a role does and the arguments it takes; without a name, all modules')
    .argument('[name...]')
    .action((modules: readonly string[]) => choose((options) => ({ kind: 'doc', modules, options })));
  addVault(program, choose);
  addLint(program, choose);
  addInventory(program, choose);
  addTemplates(program, choose);
  addRun(program, choose);
  addInit(program, choose);
  addCompletion(program, choose);
  program
    .command('schema')
    .description("print the JSON Schema of playbooks and files of tasks, for an editor's YAML server")
    .action(() => choose((options) => ({ kind: 'schema', options })));
}

function addVault(program: Command, choose: Choose): void {
  const vault = program.command('vault').description('encrypt and decrypt files as ansible-vault does');
  for (const action of vaultActions) {
    vault
      .command(action)
      .description(vaultWords[action])
      .argument(action === 'encrypt-string' ? '[text...]' : '<file...>')
      .option('-n, --name <name>', 'encrypt-string: the name of the variable')
      .action((operands: readonly string[], { name }: Pick<VaultCommand, 'name'>) =>
        choose((options) => ({ kind: 'vault', command: { ...options, action, operands, name } })),
      );
  }
}

const vaultWords: Readonly<Record<(typeof vaultActions)[number], string>> = {
  encrypt: 'encrypt files',
  decrypt: 'decrypt files',
  view: 'print the decrypted text of files',
  edit: 'edit the decrypted text of files in $EDITOR',
  'encrypt-string': 'encrypt texts, as values for a YAML file',
  rekey: 'encrypt files anew, by another password',
};

function addLint(program: Command, choose: Choose): void {
  program
    .command('lint')
    .description('check playbooks and everything they come to, on every branch; nothing is run')
    .argument('[playbook...]')
    .option('--format <format>', `${lintFormats.join(', ')} (SARIF 2.1.0, annotations of GitHub Actions)`, 'text')
    .option('--explain [rule]', 'say what a rule is about; without a name, list all rules')
    .action((playbooks: readonly string[], own: Omit<LintCommand, 'playbooks'>) =>
      choose((options) => {
        const format = options.json ? 'json' : own.format;
        return { kind: 'lint', command: { ...own, format, playbooks }, options };
      }),
    );
}

function addInventory(program: Command, choose: Choose): void {
  program
    .command('inventory')
    .description('print what the inventory (-i) comes to, as ansible-inventory does')
    .option('--list', 'all groups, hosts and variables, as JSON')
    .option('--graph', 'the tree of groups and hosts')
    .option('--host <name>', 'the variables of one host, as JSON')
    .option('--playbook-dir <folder>', 'its group_vars and host_vars count as well')
    .action((command: InventoryCommand) => choose((options) => ({ kind: 'inventory', command, options })));
}

function addTemplates(program: Command, choose: Choose): void {
  program
    .command('eval')
    .description('print what an expression comes to, with the variables of -e; --json for a program')
    .argument('<expression>')
    .action((expression: string) => choose((options) => ({ kind: 'eval', expression, options })));
  program
    .command('template')
    .description('print a template rendered with the variables of -e')
    .argument('<file>')
    .action((file: string) => choose((options) => ({ kind: 'template', file, options })));
}

function addRun(program: Command, choose: Choose): void {
  program
    .command('run')
    .description('run one module on the hosts of a pattern, without a playbook, as ansible does')
    .argument('<pattern>')
    .option('-m, --module-name <module>', 'the module', 'command')
    .option('-a, --args <args>', 'its arguments: text as in a playbook, or a mapping in JSON')
    .action((pattern: string, own: { readonly moduleName: string; readonly args?: string }) => {
      const { moduleName: module, args } = own;
      choose((options) => ({
        kind: 'run',
        command: { pattern, module, ...(args !== undefined && { args }) },
        options,
      }));
    });
}

function addInit(program: Command, choose: Choose): void {
  const init = program.command('init').description('write a small start that runs as it stands');
  for (const what of startKinds) {
    init
      .command(what)
      .description(startWords[what])
      .argument('<name>')
      .action((name: string) => choose(() => ({ kind: 'init', what, name })));
  }
}

const startWords: Readonly<Record<StartKind, string>> = {
  role: 'roles/NAME, with a playbook that proves it',
  module: 'modules/NAME.mjs, with a spec',
  project: 'the folder NAME: an inventory, a playbook, a role',
};

function addCompletion(program: Command, choose: Choose): void {
  const completion = program.command('completion').description('print what completes command lines in a shell');
  for (const shell of shells) {
    completion
      .command(shell)
      .description(`completion for ${shell}`)
      .action(() => choose(() => ({ kind: 'completion', shell, program: wordsOf(program) })));
  }
}
