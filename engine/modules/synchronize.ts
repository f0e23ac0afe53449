import { posix } from 'node:path';
import type { ArgsLiteral } from '../module/arguments.ts';
import { difference } from '../module/change.ts';
import { defineModule } from '../module/definition.ts';
import { endsOf } from '../module/sync/ends.ts';
import { refuseOtherNames, type Transfer, transferOf } from '../module/sync/items.ts';
import { type Ownership, type Place, placeNow, placeWanted } from '../module/sync/place.ts';
import { filesAt, inWaves, ownershipOf } from '../module/sync/reading.ts';
import { type Step, send } from '../module/sync/send.ts';
import type { Source } from '../module/sync/source.ts';
import { surplus } from '../module/sync/surplus.ts';
import { itemized, stepDiffs } from '../module/sync/told.ts';
import { type Wishes, wishesOf } from '../module/sync/wishes.ts';
import { treeKind } from '../module/tree.ts';
import { ModuleFailure } from '../target/failure.ts';
import { identityKind } from '../target/queries/identity.ts';
import type { FileState } from '../target/state.ts';

interface SyncState {
  /** What is at each place of the transfer, by path. */
  readonly places: Readonly<Record<string, Place>>;
  /** What the rest is made of; never asked for. */
  readonly found: Found;
}

interface Found {
  readonly wishes: Wishes;
  readonly transfer: Transfer;
  readonly files: readonly FileState[];
  readonly ownership: Ownership;
  readonly from: Source;
  /** Nothing is there, and no directory to make it in. */
  readonly nowhere: boolean;
}

const ofArchive = (what: string) => ({ type: 'bool', description: `${what}; as archive unless told` }) as const;
const ofRsync = 'taken and ignored: files come over the connection that is there already';

const args = {
  src: {
    required: true,
    description:
      'file or directory of the controller, looked for in files/ of the role and beside the playbook, or with pull of the host; "dir" is sent under its name, "dir/" is what is in it',
  },
  dest: {
    required: true,
    description:
      'where it goes on the host, or with pull on the controller: below the folder of the playbook where it is relative',
  },
  mode: {
    choices: ['push', 'pull'],
    default: 'push',
    description: 'push sends to the host, pull brings to the controller',
  },
  archive: {
    type: 'bool',
    default: true,
    description: 'recursive, links, perms, times, owner and group, each unless it is told',
  },
  recursive: ofArchive('what is in directories as well'),
  links: ofArchive('links as links; otherwise they are passed over'),
  perms: ofArchive('permissions; otherwise only new files get any, less the umask'),
  times: ofArchive('times of files and directories; otherwise contents are compared, as with checksum'),
  owner: ofArchive('owners, by name, by number where the host has no such name; only as root'),
  group: ofArchive('groups in the same way; as another user than root only those that one is in'),
  checksum: {
    type: 'bool',
    default: false,
    description: 'compare contents by SHA-256, also where size and time are the same',
  },
  delete: {
    type: 'bool',
    default: false,
    description: 'remove what is not in src, after everything else; takes recursive',
  },
  dirs: {
    type: 'bool',
    default: false,
    description: 'without recursive: directories themselves, and not what is in them',
  },
  copy_links: {
    type: 'bool',
    default: false,
    description: 'send what links point to, not the links; refused with pull',
  },
  existing_only: { type: 'bool', default: false, description: 'make nothing that is not there yet' },
  rsync_opts: {
    type: 'list',
    elements: 'str',
    default: [],
    description:
      '--exclude=PATTERN and --include=PATTERN in their order, --delete-excluded; what says nothing of the files is ignored, all else refused by name',
  },
  compress: { type: 'bool', default: true, description: ofRsync },
  partial: { type: 'bool', default: false, description: 'taken and ignored: a file is there whole or not at all' },
  delay_updates: { type: 'bool', default: true, description: 'taken and ignored: each file is replaced by one rename' },
  dest_port: { type: 'int', description: ofRsync },
  private_key: { description: ofRsync },
  ssh_args: { description: ofRsync },
  use_ssh_args: { type: 'bool', default: false, description: ofRsync },
  ssh_connection_multiplexing: { type: 'bool', default: false, description: ofRsync },
  set_remote_user: { type: 'bool', default: true, description: ofRsync },
  verify_host: {
    type: 'bool',
    default: false,
    description: 'taken and ignored: host keys are looked at as for every task',
  },
  rsync_timeout: { type: 'int', default: 0, description: 'taken and ignored: the timeout of the task bounds it' },
  rsync_path: { description: 'taken and ignored, a host needs no rsync; one with sudo is refused: say become' },
  link_dest: { type: 'list', elements: 'str', description: 'refused' },
} as const satisfies ArgsLiteral;

export default defineModule({
  summary:
    'Makes a directory of the host the same as one of the controller, or the other way round, without rsync on either.',
  description: [
    'It goes over the connection of the task, whichever that is, as the user that become says. Sizes and times are compared, ' +
      'and files that differ are sent whole; where the time alone differs, SHA-256 says whether the content does.',
    'Hard links, ACLs, extended attributes, times of links, sockets, pipes and devices are left out. Rules in .rsync-filter ' +
      'files are not read: one in src is an error.',
    'With mode: pull a tree of the host comes to the controller, where it is written as the user who runs kplay.',
    'delegate_to, by which Ansible makes the side of the controller a directory of another host, is refused.',
  ],
  args,
  returns: {
    msg: 'a line for each change, as rsync --itemize-changes has it',
    stdout_lines: 'the same as a list',
    rc: '0',
  },
  examples: `- name: Bring the site, and nothing else
  synchronize:
    src: site/
    dest: /srv/www
    delete: true
    rsync_opts:
      - --exclude=.git
`,

  async probe({ args, target, controller }): Promise<SyncState> {
    const asked = wishesOf(args, controller.host, controller.delegatedTo);
    const { from, to, locate } = await endsOf(args, target, controller);
    const wishes = { ...asked, ...(await locate(asked)) };
    const dest = to.stat(wishes.dest, { follow: true });
    const above = to.exists(aboveOf(wishes.dest));
    const identity = to.query(identityKind, '');
    void Promise.allSettled([dest, above, identity]); // where the source is wrong, that is told
    const sent = await transferOf(wishes, dest, from);
    const [known, there, ownership, root] = await Promise.all([
      filesAt(to, wishes.dest, sent.items),
      wishes.delete && sent.root !== undefined ? to.query(treeKind, sent.root) : [],
      ownershipOf(to, sent.items, wishes, identity),
      dest,
    ]);
    if (sent.into && root.exists && root.type !== 'directory')
      throw new ModuleFailure(`${wishes.dest} is a ${root.type}, not a directory`);
    const removed = surplus(sent, there);
    refuseOtherNames([...sent.items, ...removed]);
    const files = [...known, ...(await filesAt(to, wishes.dest, removed))];
    const transfer = { ...sent, items: [...sent.items, ...removed] };
    const asking = { wishes, from };
    const places = await inWaves(
      transfer.items,
      async (item, index) => [item.path, await placeNow(to, item, files[index]!, asking)] as const,
    );
    const nowhere = !root.exists && !(await above);
    return { places: Object.fromEntries(places), found: { wishes, transfer, files, ownership, nowhere, from } };
  },

  async desired({ args, state }) {
    const { wishes, transfer, files, ownership, nowhere, from } = state.found;
    const places = await inWaves(transfer.items, async (item, index) => {
      const before = state.places[item.path]!;
      const after = await placeWanted(item, files[index]!, before, { wishes, ownership, from });
      if (before.type === 'directory' && !['directory', 'absent'].includes(after.type) && !wishes.delete)
        throw new ModuleFailure(
          `${item.path} is a directory${args.mode === 'pull' ? '' : ' on the host'}, not a ${after.type}: delete: true removes it`,
        );
      return [item.path, after] as const;
    });
    if (nowhere && places.some(([, after]) => after.type !== 'absent'))
      throw new ModuleFailure(`the directory ${aboveOf(wishes.dest)} does not exist`);
    return { places: Object.fromEntries(places) };
  },

  async apply({ args, state, wanted, target, controller }) {
    const { from, to } = await endsOf(args, target, controller, target.download);
    await send(changedSteps(state, wanted), steps(state, wanted), { target: to, from, wishes: state.found.wishes });
  },

  returned({ args, state, wanted }) {
    const lines = changedSteps(state, wanted).map((step) => itemized(step, args.mode === 'pull'));
    const { warnings } = state.found.transfer;
    const msg = lines.map((line) => `${line}\n`).join('');
    return { msg, stdout_lines: lines, rc: 0, ...(warnings.length > 0 && { warnings }) };
  },

  async preview({ args, state, wanted, target, controller }) {
    const { from, to } = await endsOf(args, target, controller);
    const diffs = await inWaves(changedSteps(state, wanted), (step) => stepDiffs(step, to, from));
    return diffs.flat();
  },
});

const aboveOf = (path: string) => posix.dirname(path.replace(/(?<=.)\/+$/, ''));

function steps(state: SyncState, wanted: Partial<SyncState>): readonly Step[] {
  return state.found.transfer.items.map((item) => {
    const before = state.places[item.path]!;
    return { item, before, after: wanted.places?.[item.path] ?? before };
  });
}

function changedSteps(state: SyncState, wanted: Partial<SyncState>): readonly Step[] {
  return steps(state, wanted).filter(({ before, after }) => Object.keys(difference(before, after)).length > 0);
}
