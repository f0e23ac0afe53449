/** `kplay lint PLAYBOOK…` */
import { dirname, resolve } from 'node:path';
import { exitCodes, KplayError, type Problem } from '../errors.ts';
import { loadInventory } from '../inventory/load.ts';
import { lint } from '../lint/lint.ts';
import type { Finding } from '../lint/rule.ts';
import { explanation, rules } from '../lint/rules.ts';
import { moduleCatalog } from '../module/load.ts';
import { colorWanted } from '../report/color-wanted.ts';
import { findingsAsAnnotations, findingsAsJson, findingsAsSarif, findingsAsText } from '../report/findings.ts';
import { didYouMean } from '../source/suggest.ts';
import { vaultWith } from '../source/vault.ts';
import { disk, opened } from './disk.ts';
import { readExtraVars } from './extra-vars.ts';
import { type LintCommand, lintFormats } from './lint-command.ts';
import { notYet } from './not-yet.ts';
import type { CliOptions } from './options.ts';
import { packageVersion } from './package.ts';
import { moduleFolders, packageFolders, roleFolders } from './paths.ts';
import { inventorySources } from './play.ts';
import { vaultSecrets } from './vault-secrets.ts';

/** Prints what is found; 1 when that is anything, 0 when there is nothing to say. */
export async function lintCommand(command: LintCommand, options: CliOptions): Promise<number> {
  if (command.explain !== undefined) return explain(command.explain);
  if (!lintFormats.includes(command.format))
    throw usage(`there is no format "${command.format}".${didYouMean(command.format, lintFormats)}`);
  if (command.playbooks.length === 0) throw usage('no playbook was named', 'kplay lint PLAYBOOK…');
  const found = await findings(command.playbooks, options);
  const color = colorWanted({ flag: options.color, environment: process.env, isTTY: process.stdout.isTTY });
  const formats = {
    text: () => findingsAsText(found, disk.read, color),
    json: () => findingsAsJson(found),
    sarif: () => findingsAsSarif(found, rules, packageVersion()),
    github: () => findingsAsAnnotations(found),
  };
  process.stdout.write(formats[command.format]());
  return found.length === 0 ? exitCodes.ok : exitCodes.error;
}

async function findings(playbooks: readonly string[], options: CliOptions): Promise<readonly Finding[]> {
  const cwd = process.cwd();
  const vault = vaultWith(await vaultSecrets(options));
  const files = opened(disk, vault);
  const roots = roleFolders(playbooks, cwd, options.rolesPath);
  const playbookDir = dirname(resolve(cwd, playbooks[0]!));
  return lint(
    playbooks,
    {
      files,
      inventory: loadInventory(inventorySources(options, cwd), files, { playbookDir }),
      rolesPath: roots,
      modules: moduleCatalog(moduleFolders(playbooks, roots, options.modulePath, cwd), packageFolders(playbooks, cwd)),
      cwd,
      extraVars: readExtraVars(options.extraVars, vault),
    },
    notYet,
  );
}

function explain(name: string | true): number {
  if (name === true) {
    for (const { id, summary } of rules) process.stdout.write(`${id.padEnd(28)} ${summary}\n`);
    return exitCodes.ok;
  }
  const rule = rules.find(({ id }) => id === name);
  if (!rule) {
    const meant = didYouMean(
      name,
      rules.map(({ id }) => id),
    );
    throw usage(`there is no rule "${name}".${meant}`, 'kplay lint --explain lists them');
  }
  process.stdout.write(explanation(rule));
  return exitCodes.ok;
}

function usage(message: string, hint?: string): KplayError {
  const problem: Problem = { message, hint };
  return new KplayError([problem], { exitCode: exitCodes.usage });
}
