/** Where an image comes from: the arguments of docker_image, and the shell text that fetches one. */
import { randomBytes } from 'node:crypto';
import { statEffects } from '../../target/effects.ts';
import { ModuleFailure } from '../../target/failure.ts';
import { dockerKinds } from '../../target/queries/docker.ts';
import { effect } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import type { Target } from '../../target/target.ts';
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';
import type { Controller } from '../definition.ts';
import { dockerAccessArgs } from './access.ts';
import { plannedImage } from './docker.ts';
import { atRegistry } from './registry.ts';

export const imageArgs = {
  name: { required: true, description: 'the image, with or without its tag' },
  tag: { default: 'latest', description: 'the tag, where the name has none' },
  state: { choices: ['present', 'absent'], default: 'present' },
  source: {
    choices: ['build', 'load', 'pull', 'local'],
    description: 'where it comes from when it is not there; local: it must be there',
  },
  build: {
    type: 'dict',
    options: {
      path: { type: 'path', required: true, description: 'the folder on the host' },
      dockerfile: { description: 'the file to build by, within path; Dockerfile unless told' },
      args: { type: 'dict', default: {}, description: 'build arguments; they are not seen in a list of processes' },
      target: { description: 'the stage to build' },
      platform: {},
      network: {},
      pull: { type: 'bool', default: false, description: 'look for a newer base image' },
      nocache: { type: 'bool', default: false, description: 'build every step anew' },
      rm: { type: 'bool', default: true, description: 'remove intermediate containers' },
      cache_from: { type: 'list', elements: 'str', default: [], description: 'images whose layers may be taken' },
      labels: { type: 'dict', default: {} },
      etc_hosts: { type: 'dict', default: {}, description: 'address by name, while it is built' },
      shm_size: { description: 'bytes, or 64M' },
      container_limits: {
        type: 'dict',
        options: {
          memory: { description: 'bytes, or 64M' },
          memswap: { description: 'memory and swap, -1 for all there is' },
          cpushares: { type: 'int' },
          cpusetcpus: { description: '0-2, 0,1' },
        },
        description: 'of the containers that build it; the newer builder of docker does not know them',
      },
      http_timeout: { type: 'int', description: 'taken and ignored: the timeout of the task bounds it' },
      use_config_proxy: { type: 'bool', description: "taken and ignored: docker's own settings name its proxies" },
    },
  },
  pull: { type: 'dict', options: { platform: {} }, description: 'how to pull' },
  load_path: { type: 'path', description: 'the archive to load' },
  remote_src: { type: 'bool', default: true, description: 'load_path is on the host; otherwise on the controller' },
  archive_path: { type: 'path', description: 'save the image in this file of the host, when it is not there' },
  repository: { description: 'another name[:tag] for the image; the one that is pushed' },
  push: { type: 'bool', default: false, description: 'push it, unless docker knows that the registry has it' },
  force_source: { type: 'bool', default: false, description: 'build, load or pull also when it is there' },
  force_absent: { type: 'bool', default: false, description: 'remove it also when containers or other names use it' },
  force_tag: { type: 'bool', default: false, description: 'taken and ignored: the other name is always made to fit' },
  ...dockerAccessArgs,
} as const satisfies ArgsLiteral;
export type ImageArgs = ArgsOf<typeof imageArgs>;

/** @throws ModuleFailure naming every place that was searched for it. */
export const archiveOf = ({ load_path: path = '' }: ImageArgs, controller: Controller): string =>
  controller.find('files', path);

export interface MadeImage {
  readonly stdout: string;
  readonly id: string | undefined;
}

/** Builds, loads or pulls it. An archive of the controller is sent over, and taken away again. */
export async function makeImage(
  args: ImageArgs,
  reference: string,
  target: Target,
  controller: Controller,
): Promise<MadeImage> {
  const uploaded =
    args.source === 'load' && !args.remote_src ? `/var/tmp/.kplay.${randomBytes(8).toString('hex')}.tar` : undefined;
  if (uploaded !== undefined)
    await target.writeFile(uploaded, await controller.file(archiveOf(args, controller)), { mode: '0600' });
  const { stdout } = await target.mutate({
    summary: `docker ${args.source} ${reference}`,
    script: [
      uploaded === undefined ? '' : `trap 'rm -f ${uploaded}' EXIT`,
      `o=$(${sourceCommand(args, reference, uploaded)} 2>&1 </dev/null) || { printf '%s\\n' "$o" >&2; exit 1; }`,
      `i=$(docker image inspect -f '{{.Id}}' ${quote(reference)} 2>/dev/null </dev/null) ||`,
      `  { printf '%s\\n' ${quote(`there still is no image ${reference}, but docker said:`)} "$o" >&2; exit 1; }`,
      `printf '%s\\n' "$o" "$i"`,
    ].join('\n'),
    effects: [
      effect(dockerKinds.image, reference, { state: 'present', value: plannedImage }),
      ...(uploaded === undefined ? [] : statEffects(uploaded, { exists: false })),
    ],
    touches: ['containers', 'files'],
  });
  const lines = stdout.toString('utf8').trimEnd().split('\n');
  return { stdout: lines.slice(0, -1).join('\n'), id: lines.at(-1) || undefined };
}

function sourceCommand(args: ImageArgs, reference: string, uploaded: string | undefined): string {
  if (args.source === 'load') return `docker load -i ${quote(uploaded ?? args.load_path ?? '')}`;
  if (args.source === 'pull')
    return atRegistry(`docker pull${option('platform', args.pull?.platform)} ${quote(reference)}`, reference);
  const { build } = args;
  if (build === undefined) throw new ModuleFailure('`build` says how');
  const values = Object.entries(build.args);
  const wrong = values.find(([name]) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong) throw new ModuleFailure(`"${wrong[0]}" cannot be the name of a build argument`);
  return [
    // A value in the environment is seen by nobody else.
    ...values.map(([name, value]) => `export ${name}=${quote(String(value))}; `),
    `docker build -t ${quote(reference)}`,
    build.dockerfile === undefined ? '' : ` -f ${quote(`${build.path}/${build.dockerfile}`)}`,
    ...values.map(([name]) => ` --build-arg ${name}`),
    option('target', build.target),
    option('platform', build.platform),
    option('network', build.network),
    ...build.cache_from.map((image) => option('cache-from', image)),
    ...Object.entries(build.labels).map(([name, value]) => option('label', `${name}=${String(value)}`)),
    ...Object.entries(build.etc_hosts).map(([name, address]) => option('add-host', `${name}:${String(address)}`)),
    option('shm-size', build.shm_size),
    option('memory', build.container_limits?.memory),
    option('memory-swap', build.container_limits?.memswap),
    option('cpu-shares', build.container_limits?.cpushares?.toString()),
    option('cpuset-cpus', build.container_limits?.cpusetcpus),
    `${build.pull ? ' --pull' : ''}${build.nocache ? ' --no-cache' : ''}${build.rm ? '' : ' --rm=false'}`,
    ` -- ${quote(build.path)}`,
  ].join('');
}

const option = (name: string, value: string | undefined) => (value === undefined ? '' : ` --${name}=${quote(value)}`);
