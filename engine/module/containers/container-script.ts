/** The shell text by which containers are made, replaced and stopped. */
import { quote } from '../../target/quote.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { containerOptions, optionsLabel, trailingWords } from './container-options.ts';
import { askedFor, type ContainerState } from './container-state.ts';
import { at, imageReference } from './docker.ts';

/** One call of docker that must not fail; what it prints (names, ids) is nobody's. */
export const docker = (...words: readonly string[]): string =>
  `docker ${words.map(quote).join(' ')} >/dev/null || exit $?`;

/** Nothing where it does not run. */
export function stopping(
  { name, force_kill: force, kill_signal: signal, stop_timeout: seconds }: ContainerArgs,
  { running }: Pick<ContainerState, 'running'>,
): string {
  if (!running) return ':';
  return force
    ? docker('kill', ...(signal === undefined ? [] : [`--signal=${signal}`]), name)
    : docker('stop', ...(seconds === undefined ? [] : ['-t', `${seconds}`]), name);
}

/** Makes the container under this name. The environment comes on stdin: no list of processes shows it. */
export function creation(args: ContainerArgs, name: string): string {
  const { networks = [], network_mode: mode } = args;
  // docker makes a container in one network; it is put into the others afterwards.
  const first = mode === undefined ? networks[0] : networks.find((one) => one.name === mode);
  const create = docker(
    'create',
    `--name=${name}`,
    `--label=${optionsLabel}=${askedFor(args).join()}`,
    '--env-file=/dev/stdin',
    ...Object.values(containerOptions).flatMap((option) => option.flags?.(args) ?? []),
    ...(first?.ipv4_address ? [`--ip=${first.ipv4_address}`] : []),
    ...(first?.aliases ?? []).map((alias) => `--network-alias=${alias}`),
    imageReference(args.image ?? ''),
    ...trailingWords(args),
  );
  const joins = networks
    .filter((one) => one !== first)
    .map(({ name: network, ipv4_address: address, aliases }) =>
      docker(
        ...['network', 'connect', ...(address ? [`--ip=${address}`] : [])],
        ...[...aliases.map((alias) => `--alias=${alias}`), network, name],
      ),
    );
  return [create, ...joins].join('\n');
}

/** Takes it away, with the volumes that have no name where they are not to be kept. */
export const removal = ({ keep_volumes: keep }: ContainerArgs, name: string): string =>
  docker('rm', '-f', ...(keep ? [] : ['-v']), name);

/** Waits until docker says that it is healthy. */
export function awaitingHealth({ name, healthy_wait_timeout: seconds }: ContainerArgs): string {
  const look = `docker inspect -f '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.State.Status}}' ${quote(name)}`;
  const fail = (why: string) => `{ echo ${quote(`container ${name} ${why}`)} >&2; exit 1; }`;
  return [
    `n=0; while s=$(${look}) || exit $?; [ "$s" != 'healthy running' ]; do`,
    `  case $s in none*) ${fail('has no healthcheck to say that it is healthy')};;`,
    `    *exited|*dead) ${fail('has ended')};; esac`,
    `  [ $n -lt ${Math.ceil(seconds)} ] || ${fail(`was not healthy after ${seconds} s`)}`,
    '  n=$((n+1)); sleep 1',
    'done',
  ].join('\n');
}

/** The new container is made beside the old one, which comes back when the new one does not start. */
export function replacement(args: ContainerArgs, state: ContainerState, runs: boolean): string {
  const [fresh, old] = [`${args.name}.new`, `${args.name}.old`];
  const [name, aside] = [quote(args.name), quote(old)];
  // one that removes itself is gone when it has stopped
  if (at(state.container, 'HostConfig', 'AutoRemove') === true)
    return [
      `docker rm -f ${quote(fresh)} >/dev/null 2>&1`,
      creation(args, fresh),
      removal(args, args.name),
      docker('rename', fresh, args.name),
      runs ? docker('start', args.name) : ':',
    ].join('\n');
  return [
    `docker rm -f ${quote(fresh)} ${aside} >/dev/null 2>&1`,
    creation(args, fresh),
    stopping(args, state),
    docker('rename', args.name, old),
    `docker rename ${quote(fresh)} ${name} && ${runs ? `docker start ${name} >/dev/null` : ':'} || {`,
    `  docker rm -f ${name} >/dev/null; docker rename ${aside} ${name}`,
    `  ${state.running ? `docker start ${name} >/dev/null` : ':'}; exit 1`,
    '}',
    removal(args, old),
  ].join('\n');
}
