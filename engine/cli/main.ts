/** The whole command, but for its version: arguments, streams, exit codes. */
import { homedir } from 'node:os';
import { exitCodes, isKplayError } from '../errors.ts';
import { colorWanted } from '../report/color-wanted.ts';
import { printProblems } from '../report/problems.ts';
import { disk } from './disk.ts';
import { type CliOptions, parseArguments } from './options.ts';
import { packageVersion } from './package.ts';
import { readSettings } from './settings.ts';

async function main(): Promise<number> {
  const invocation = parseArguments(process.argv.slice(2), packageVersion(), configured);
  if (invocation.kind === 'text') {
    process[invocation.stream].write(invocation.text);
    return invocation.exitCode;
  }
  if (invocation.kind === 'vault') {
    const { vaultCommand } = await import('./vault.ts');
    return vaultCommand(invocation.command);
  }
  if (invocation.kind === 'lint') {
    const { lintCommand } = await import('./lint.ts');
    return lintCommand(invocation.command, invocation.options);
  }
  if (invocation.kind === 'inventory') {
    const { inventoryCommand } = await import('./inventory.ts');
    return inventoryCommand(invocation.command, invocation.options);
  }
  if (invocation.kind === 'eval' || invocation.kind === 'template') {
    const { evaluate, renderFile } = await import('./evaluate.ts');
    const { options } = invocation;
    return invocation.kind === 'eval' ? evaluate(invocation.expression, options) : renderFile(invocation.file, options);
  }
  if (invocation.kind === 'schema') {
    const { printSchema } = await import('./schema.ts');
    return printSchema(invocation.options);
  }
  if (invocation.kind === 'run') {
    const { run } = await import('./run.ts');
    return run(invocation.command, invocation.options);
  }
  if (invocation.kind === 'init') {
    const { init } = await import('./init.ts');
    return init(invocation.what, invocation.name);
  }
  if (invocation.kind === 'completion') {
    const { printCompletion } = await import('./completion.ts');
    return printCompletion(invocation.shell, invocation.program);
  }
  if (invocation.kind === 'doc') {
    const { printDocumentation } = await import('./doc.ts');
    return printDocumentation(invocation.modules, invocation.options);
  }
  const { play } = await import('./play.ts');
  return play(invocation.options);
}

/** What `ansible.cfg` and the environment say; what of it is passed over is told. */
function configured(verbose: number): Partial<CliOptions> {
  const surroundings = { cwd: process.cwd(), home: homedir(), environment: process.env };
  const { options, file, warnings, unread } = readSettings(surroundings);
  const passedOver = verbose > 0 && unread.length > 0 ? [`these settings are not read: ${unread.join(', ')}`] : [];
  for (const warning of [...warnings, ...passedOver]) process.stderr.write(`warning: ${warning}\n`);
  return { ...options, ...(file !== undefined && { configFile: file }) };
}

// A reader that goes away (`| head`) must not end a run half way: what is printed from then on is dropped.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

main()
  .catch((error: unknown) => {
    const color = colorWanted({ flag: flagged(), environment: process.env, isTTY: process.stderr.isTTY });
    if (isKplayError(error)) {
      printProblems(error.problems, disk.read, { err: process.stderr, color });
      return error.exitCode;
    }
    process.stderr.write(
      `kplay: a bug in kplay, please report it.\n${error instanceof Error ? error.stack : String(error)}\n`,
    );
    return exitCodes.bug;
  })
  .then((code) => {
    process.exitCode = code;
    // whatever still holds the event loop (a lost connection's timers) has no say any more
    process.stdout.write('', () => process.exit(code));
  });

function flagged(): 'auto' | 'always' | 'never' {
  if (process.argv.includes('--color=never')) return 'never';
  return process.argv.includes('--color=always') ? 'always' : 'auto';
}
