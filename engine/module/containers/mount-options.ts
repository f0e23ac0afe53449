/** The option `mounts` of a container: volumes, folders of the host and tmpfs, each with its own settings. */
import { ModuleFailure } from '../../target/failure.ts';
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';
import { at } from './docker.ts';
import { type ContainerOption, each } from './option-kinds.ts';
import { bytesOf, sortedTexts } from './option-values.ts';

const mountArgs = {
  target: { required: true, description: 'the path in the container' },
  source: { description: 'a path of the host, or the name of a volume' },
  type: { choices: ['bind', 'volume', 'tmpfs'], default: 'volume' },
  read_only: { type: 'bool' },
  propagation: { choices: ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'], description: 'of bind' },
  no_copy: { type: 'bool', description: 'of a volume: it does not begin with what the image has there' },
  volume_driver: { description: 'of a volume' },
  volume_options: { type: 'dict', description: 'of its driver' },
  tmpfs_size: { description: 'bytes, or 64M' },
  tmpfs_mode: { type: 'mode', description: "as '1777'" },
} as const satisfies ArgsLiteral;
type MountArgs = ArgsOf<typeof mountArgs>;

export const mountsArg = {
  type: 'list',
  elements: 'dict',
  options: mountArgs,
  description: 'volumes, folders of the host and tmpfs, each with its settings',
} as const satisfies ArgsLiteral[string];

export const mountsOption: ContainerOption = {
  wanted: ({ mounts }) => mounts && sortedTexts(mounts.map((one) => wordsOf(one).join())),
  actual(container) {
    const found = at(container, 'HostConfig', 'Mounts');
    return sortedTexts((Array.isArray(found) ? found : []).map((one) => wordsOf(told(one)).join()));
  },
  flags: ({ mounts }) =>
    each(
      'mount',
      mounts?.map((one) => wordsOf(one).map(csv).join()),
    ),
};

/** In the words of `docker create --mount`, in one order. */
function wordsOf(mount: MountArgs): readonly string[] {
  const { type, source, target, read_only: readOnly, propagation, no_copy: noCopy } = mount;
  if (type === 'bind' && !source?.startsWith('/'))
    throw new ModuleFailure(`mounts: the source of ${target} is no absolute path of the host`);
  const options = Object.entries(mount.volume_options ?? {}).sort();
  return [
    `type=${type}`,
    source ? `source=${source}` : '',
    `target=${target}`,
    readOnly ? 'readonly' : '',
    propagation && propagation !== 'rprivate' ? `bind-propagation=${propagation}` : '',
    noCopy ? 'volume-nocopy' : '',
    mount.volume_driver ? `volume-driver=${mount.volume_driver}` : '',
    ...options.map(([name, value]) => `volume-opt=${name}=${value}`),
    mount.tmpfs_size ? `tmpfs-size=${bytesOf('tmpfs_size', mount.tmpfs_size)}` : '',
    mount.tmpfs_mode ? `tmpfs-mode=${mount.tmpfs_mode.replace(/^0o?/, '')}` : '',
  ].filter((one) => one !== '');
}

/** docker reads the words as one line of CSV. */
const csv = (word: string): string => (/[",]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);

/** What docker tells of a mount, as a task would say it. */
function told(found: unknown): MountArgs {
  const textAt = (...path: readonly string[]) => {
    const value = at(found, ...path);
    return value === undefined || value === '' || value === 0 ? undefined : String(value);
  };
  const mode = at(found, 'TmpfsOptions', 'Mode');
  return {
    type: at(found, 'Type') as MountArgs['type'],
    source: textAt('Source'),
    target: textAt('Target') ?? '',
    read_only: at(found, 'ReadOnly') === true,
    propagation: textAt('BindOptions', 'Propagation') as MountArgs['propagation'],
    no_copy: at(found, 'VolumeOptions', 'NoCopy') === true,
    volume_driver: textAt('VolumeOptions', 'DriverConfig', 'Name'),
    volume_options: (at(found, 'VolumeOptions', 'DriverConfig', 'Options') ?? {}) as Readonly<Record<string, unknown>>,
    tmpfs_size: textAt('TmpfsOptions', 'SizeBytes'),
    tmpfs_mode: typeof mode === 'number' ? mode.toString(8) : undefined,
  };
}
