/** `kplay run PATTERN -m MODULE -a ARGS`: one task without a playbook, as `ansible` runs it. */
import { resolve } from 'node:path';
import { parseYaml } from '../source/yaml.ts';
import { dumpYaml } from '../source/yaml-dump.ts';
import type { CliOptions } from './options.ts';
import { play } from './play.ts';

export interface RunCommand {
  readonly pattern: string;
  readonly module: string;
  /** Text as behind a module's name in a playbook, or a mapping in JSON or YAML. */
  readonly args?: string;
}

/** The playbook's name in messages; nobody has such a file. */
const name = '(kplay run)';

/** Runs it as a playbook of one play, and shows what the module answers. */
export function run({ pattern, module, args = '' }: RunCommand, options: CliOptions): Promise<number> {
  const action = /^\s*\{(?![{%])/.test(args)
    ? { ...(parseYaml(args, '--args').value as object), module }
    : `${module} ${args}`.trim();
  const playbook = [{ name: 'Ad hoc', hosts: pattern, gather_facts: false, tasks: [{ name: module, action }] }];
  const written = { [resolve(name)]: dumpYaml(playbook, { width: -1 }) };
  return play({ ...options, playbooks: [name], verbose: Math.max(options.verbose, 1) }, written);
}
