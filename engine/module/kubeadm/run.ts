/** Runs kubeadm: its configuration never lies on a disk, its output is the task's, and what it prints of secrets is kept back. */
import { ModuleFailure } from '../../target/failure.ts';
import { kubeadmVersionKind, kubePath } from '../../target/queries/kubeadm.ts';
import type { Effect } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import type { ReadableTarget, Target } from '../../target/target.ts';
import type { Controller, Result } from '../definition.ts';
import { type Document, documentText } from './documents.ts';

export interface KubeadmCall {
  /** Verb and flags, without any secret: `['init', '--upload-certs']`. */
  readonly words: readonly string[];
  /** Documents for --config; or a file of the host. */
  readonly config?: readonly Document[] | undefined;
  readonly configFile?: string | undefined;
  readonly effects: readonly Effect[];
  /** What to tell a user when it fails. */
  readonly advice: string;
}

/** @throws ModuleFailure with the phase that failed, what kubeadm said of it, and how to go on. */
export async function runKubeadm(
  target: Target,
  controller: Controller,
  { words, config, configFile, effects, advice }: KubeadmCall,
): Promise<Result> {
  const flag = config ? ['--config="$config"'] : configFile === undefined ? [] : [`--config=${quote(configFile)}`];
  const completed = await target.mutate({
    summary: `kubeadm ${words.join(' ')}`,
    script: [
      kubePath,
      'export LC_ALL=C',
      ...(config ? [onTmpfs, 'cat > "$config" || exit 1'] : []),
      // A failure is told apart by the last line: what kubeadm said up to it belongs to the result.
      `kubeadm ${[...words.map(quote), ...flag].join(' ')} 2>&1 < /dev/null; printf '\\nkubeadm ended with %s' "$?"`,
    ].join('\n'),
    ...(config && { stdin: documentText(config) }),
    effects,
  });
  const [, said = '', code = '0'] = /^([\s\S]*?)\n?\nkubeadm ended with (\d+)$/.exec(completed.stdout.toString()) ?? [];
  for (const secret of secretsIn(said)) controller.secret(secret);
  const result = { rc: Number(code), stdout: said, stdout_lines: said.split('\n') };
  if (code === '0') return result;
  throw new ModuleFailure(`kubeadm ${words[0]} failed: ${reasonIn(said)}\n${advice}`, result);
}

/** A file for root alone that no disk ever holds, and that ends with the script. */
const onTmpfs = ['config=$(mktemp /run/kubeadm.XXXXXXXX) || exit 1', `trap 'rm -f "$config"' EXIT`].join('\n');

/** Bootstrap tokens and certificate keys: kubeadm prints those that it made. */
function secretsIn(output: string): readonly string[] {
  const [tokens, keys] = [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, /(?<!sha256:)\b[0-9a-f]{64}\b/g];
  return [...new Set([...(output.match(tokens) ?? []), ...(output.match(keys) ?? [])])];
}

/** `error execution phase X: …` and what follows, without the advice of kubeadm's that does not fit here. */
function reasonIn(output: string): string {
  const lines = output.trim().split('\n');
  const first = lines.findIndex((line) => /^(error|\[?ERROR|unable|cannot|couldn't|invalid|unknown)/i.test(line));
  return (first < 0 ? lines.slice(-10) : lines.slice(first))
    .filter((line) => !/^(To see the stack trace|\[preflight\] If you know)/.test(line))
    .join('\n');
}

/** The flags that say how a run goes. */
export function phaseFlags(
  args: { readonly skip_phases: readonly string[]; readonly ignore_preflight_errors: readonly string[] },
  alsoIgnored: readonly string[] = [],
): readonly string[] {
  const ignored = [...args.ignore_preflight_errors, ...alsoIgnored];
  return [
    ...(args.skip_phases.length > 0 ? [`--skip-phases=${args.skip_phases.join(',')}`] : []),
    ...(ignored.length > 0 ? [`--ignore-preflight-errors=${ignored.join(',')}`] : []),
  ];
}

/** The flag for a folder of patches; it has lost its prefix in 1.22. */
export async function patchesFlag(target: ReadableTarget, patches: string | undefined): Promise<readonly string[]> {
  if (patches === undefined) return [];
  const version = await kubeadmVersion(target);
  if (version === undefined) return [`--patches=${patches}`];
  const minor = Number(version.split('.')[1]);
  if (minor < 19)
    throw new ModuleFailure(`kubeadm ${version} knows no patches: they came with 1.19. Leave the argument patches out`);
  return [`${minor < 22 ? '--experimental-patches' : '--patches'}=${patches}`];
}

/** The version of the host's kubeadm; undefined where it is not there yet. */
export const kubeadmVersion = (target: ReadableTarget): Promise<string | undefined> =>
  target.query(kubeadmVersionKind, '');
