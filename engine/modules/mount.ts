import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { entryNamed, type FstabEntry, withEntry, withoutEntry } from '../module/edit-fstab.ts';
import { backupName } from '../module/placed-file.ts';
import { statEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { type Mount, mountKind } from '../target/queries/mounts.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import type { Target } from '../target/target.ts';

interface MountState {
  /** What fstab says of the mount point. */
  readonly entry: FstabEntry | null;
  readonly mounted: boolean;
  /** Something is there to mount on. */
  readonly point: boolean;
  /** `remounted` asks for what is never so beforehand. */
  readonly remounted: boolean;
  /** fstab as it is; never asked for. */
  readonly text: string;
  /** What is mounted; never asked for. */
  readonly mount: Mount | undefined;
}

const args = {
  path: { type: 'path', required: true, aliases: ['name'], description: 'the mount point; none for swap' },
  state: {
    required: true,
    choices: ['absent', 'absent_from_fstab', 'mounted', 'present', 'unmounted', 'remounted', 'ephemeral'],
    description:
      'mounted: now and at boot; present: at boot; ephemeral: now; unmounted: not now; absent_from_fstab: not at boot; absent: neither, and the mount point is removed; remounted: once more, with the options of fstab',
  },
  src: { type: 'path', description: 'what to mount: a device, UUID=…, host:/path' },
  fstype: { description: 'the kind of file system' },
  opts: { description: 'options, parted by commas; defaults unless told' },
  opts_no_log: { type: 'bool', default: false, description: 'the options are kept out of results' },
  dump: { default: '0', description: 'fifth field of fstab' },
  passno: { default: '0', description: 'sixth field of fstab: the order of checks at boot' },
  fstab: { type: 'path', default: '/etc/fstab', description: 'the file' },
  boot: { type: 'bool', default: true, description: 'mounted at boot; otherwise the option noauto is added' },
  backup: { type: 'bool', default: false, description: 'keep a copy of the old fstab beside it' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Mounts file systems, now and at boot.',
  description: [
    'When the entry of something that is mounted changes, it is mounted anew. Swap is only named in fstab.',
  ],
  args,
  rules: {
    requiredIf: [
      ['state', 'mounted', ['src', 'fstype']],
      ['state', 'present', ['src', 'fstype']],
      ['state', 'ephemeral', ['src', 'fstype']],
    ],
  },
  returns: {
    name: 'the mount point',
    src: 'what is mounted',
    fstype: 'its kind',
    opts: 'its options',
    fstab: 'the file',
    backup_file: 'the copy of the old fstab',
  },
  examples: `- name: Mount the disk of etcd
  mount:
    path: /var/lib/etcd
    src: LABEL=etcd
    fstype: ext4
    opts: noatime
    state: mounted
`,

  async probe({ args, target }): Promise<MountState> {
    const [content, mount, file] = await Promise.all([
      target.readFile(args.fstab),
      isSwap(args) ? undefined : target.query(mountKind, args.path),
      isSwap(args) ? undefined : target.stat(args.path, { follow: true }),
    ]);
    const text = content?.toString() ?? '';
    const found = entryNamed(text, { point: args.path, src: args.src });
    const entry = found ? { ...found, point: args.path } : null;
    return { entry, mounted: mount !== undefined, point: file?.exists ?? true, remounted: false, text, mount };
  },

  desired({ args, state }) {
    const now = isSwap(args) ? {} : { mounted: true, point: true };
    switch (args.state) {
      case 'present':
        return { entry: entryOf(args) };
      case 'mounted':
        return { entry: entryOf(args), ...now };
      case 'ephemeral':
        if (state.mount && isOther(args, state.mount))
          throw new ModuleFailure(`${args.path} is mounted already, from ${state.mount.source}`);
        return now;
      case 'unmounted':
        return { mounted: false };
      case 'absent_from_fstab':
        return { entry: null };
      case 'absent':
        return { entry: null, ...(!isSwap(args) && { mounted: false, point: false }) };
      default:
        if (!state.mounted) throw new ModuleFailure(`${args.path} is not mounted`);
        return { remounted: true };
    }
  },

  async apply({ args, state, change, target }) {
    const backup = args.backup && change.entry && state.text !== '' ? backupName(args.fstab) : undefined;
    if (change.mounted?.after === false) await unmount(args, target);
    if (change.entry) {
      const { after } = change.entry;
      const text = after ? withEntry(state.text, after) : withoutEntry(state.text, { point: args.path, src: args.src });
      await target.writeFile(args.fstab, Buffer.from(text), { mode: state.text === '' ? '0644' : undefined, backup });
    }
    if (change.point?.after === true) await target.makeDirectory(args.path, {});
    if (change.point?.after === false) await removePoint(args, target);
    if (change.mounted?.after) await mount(args, target);
    else if (change.remounted) await remount(args, undefined, target);
    else if (change.entry?.after && state.mounted && args.state === 'mounted')
      await remount(args, change.entry.before, target);
    return { ...(backup !== undefined && { backup_file: backup }) };
  },

  returned({ args }) {
    const { path, src, fstype, dump, passno, fstab, boot } = args;
    const opts = args.opts_no_log ? {} : { opts: optionsOf(args) };
    const asked = { name: path, src, fstype, ...opts, dump, passno, fstab, boot };
    return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  },

  preview({ args, state, change }) {
    const line = (entry: FstabEntry | null) =>
      entry ? `${entry.src} ${entry.point} ${entry.fstype} ${args.opts_no_log ? '…' : entry.opts}\n` : '';
    const fstab = change.entry && { before: line(change.entry.before), after: line(change.entry.after) };
    const mounted = change.mounted && { before: word(state.mounted), after: word(!state.mounted) };
    return [
      ...(fstab ? [{ beforeHeader: args.fstab, afterHeader: args.fstab, ...fstab }] : []),
      ...(mounted ? [{ beforeHeader: args.path, afterHeader: args.path, ...mounted }] : []),
    ];
  },
});

const word = (mounted: boolean) => (mounted ? 'mounted\n' : 'not mounted\n');
const isSwap = ({ path, fstype }: Args) => fstype === 'swap' || path === 'none' || path === 'swap';

function optionsOf({ opts = 'defaults', boot, state }: Args): string {
  const added = !boot && state !== 'ephemeral' && !opts.split(',').includes('noauto');
  return added ? `${opts},noauto` : opts;
}

function entryOf(args: Args): FstabEntry {
  const { src = '', path: point, fstype = '', dump, passno } = args;
  return { src, point, fstype, opts: optionsOf(args), dump, passno };
}

/** True for a source that is surely another one; a device has many names, and a bind mount shows its file system's. */
function isOther({ src = '', opts = '' }: Args, { source }: Mount): boolean {
  if (src === source || src.includes('=') || src.startsWith('/dev/')) return false;
  return !opts.split(',').some((option) => option === 'bind' || option === 'rbind' || option === 'loop');
}

/** How mount(8) finds the entry in another file than its own. */
const table = ({ fstab }: Args) => (fstab === '/etc/fstab' ? '' : `--fstab ${quote(fstab)} `);

async function mount(args: Args, target: Target): Promise<void> {
  const { path, src = '', fstype = '' } = args;
  const given = `-t ${quote(fstype)} -o ${quote(optionsOf(args))} ${quote(src)} `;
  await target.mutate({
    summary: `mount ${path}`,
    script: `mount ${args.state === 'ephemeral' ? given : table(args)}${quote(path)}`,
    effects: [effect(mountKind, path, { source: src, fstype, options: optionsOf(args).split(',') })],
    bringsBelow: path,
    touches: ['kernel', 'files', 'facts'],
  });
}

async function unmount({ path }: Args, target: Target): Promise<void> {
  await target.mutate({
    summary: `umount ${path}`,
    script: `umount ${quote(path)}`,
    effects: [effect(mountKind, path, undefined)],
    touches: ['kernel', 'files', 'facts'],
  });
}

/** With the options alone where that is enough; another source or kind takes unmounting first. */
async function remount(args: Args, before: FstabEntry | null | undefined, target: Target): Promise<void> {
  const { path, src = before?.src ?? '', fstype = before?.fstype ?? '' } = args;
  const options = args.opts === undefined || args.opts === 'defaults' ? '' : `,${args.opts}`;
  const again = `mount -o ${quote(`remount${options}`)} ${table(args)}${quote(path)}`;
  const anew = `umount ${quote(path)} && mount ${table(args)}${quote(path)}`;
  const same = !before || (before.src === src && before.fstype === fstype);
  const isKnown = args.src !== undefined && args.fstype !== undefined;
  await target.mutate({
    summary: `remount ${path}`,
    script: remountScript(),
    effects: isKnown ? [effect(mountKind, path, { source: src, fstype, options: optionsOf(args).split(',') })] : [],
    ...(!same && { bringsBelow: path }),
    touches: ['kernel', 'files', 'facts'],
  });

  function remountScript(): string {
    // What fstab does not name would not come back once it is unmounted, and the root cannot be.
    if (path === '/' || args.state === 'remounted') return again;
    return same ? `${again} || { ${anew}; }` : anew;
  }
}

/** Only an empty directory: what is in it may be what the file system hid. */
async function removePoint({ path }: Args, target: Target): Promise<void> {
  await target.mutate({
    summary: `rmdir ${path}`,
    script: `rmdir -- ${quote(path)}`,
    effects: statEffects(path, { exists: false }),
    touches: ['files'],
  });
}
