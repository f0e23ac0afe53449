/** What a task asks of synchronize, with what archive stands for spelt out. */
import { ModuleFailure } from '../../target/failure.ts';
import { syncOptions } from './options.ts';
import type { Rule } from './rules.ts';

export interface SyncArgs {
  readonly src: string;
  readonly dest: string;
  readonly mode: 'push' | 'pull';
  readonly archive: boolean;
  readonly recursive?: boolean | undefined;
  readonly links?: boolean | undefined;
  readonly perms?: boolean | undefined;
  readonly times?: boolean | undefined;
  readonly owner?: boolean | undefined;
  readonly group?: boolean | undefined;
  readonly checksum: boolean;
  readonly delete: boolean;
  readonly dirs: boolean;
  readonly copy_links: boolean;
  readonly existing_only: boolean;
  readonly rsync_opts: readonly string[];
  readonly rsync_path?: string | undefined;
  readonly link_dest?: readonly string[] | undefined;
}

export interface Wishes {
  readonly src: string;
  readonly dest: string;
  readonly recursive: boolean;
  readonly dirs: boolean;
  readonly links: boolean;
  readonly copyLinks: boolean;
  readonly perms: boolean;
  readonly times: boolean;
  readonly owner: boolean;
  readonly group: boolean;
  /** Contents are compared, whatever sizes and times say. */
  readonly byContent: boolean;
  readonly delete: boolean;
  readonly deleteExcluded: boolean;
  readonly existingOnly: boolean;
  readonly rules: readonly Rule[];
}

/** @throws ModuleFailure for what is not done, with what to do instead. `delegatedTo` is the task's delegate_to. */
export function wishesOf(args: SyncArgs, host: string, delegatedTo: string | undefined): Wishes {
  const reason = refusal(args, host, delegatedTo);
  if (reason !== undefined) throw new ModuleFailure(reason);
  const part = (name: 'recursive' | 'links' | 'perms' | 'times' | 'owner' | 'group') => args[name] ?? args.archive;
  const { rules, deleteExcluded } = syncOptions(args.rsync_opts);
  const recursive = part('recursive');
  if ((args.delete || deleteExcluded) && !recursive)
    throw new ModuleFailure('delete takes recursive, which archive brings along');
  return {
    src: args.src,
    dest: args.dest,
    recursive,
    dirs: args.dirs,
    links: part('links'),
    copyLinks: args.copy_links,
    perms: part('perms'),
    times: part('times'),
    owner: part('owner'),
    group: part('group'),
    // without the time of the source on it, a file does not tell whether it is the same
    byContent: args.checksum || !part('times'),
    delete: args.delete || deleteExcluded,
    deleteExcluded,
    existingOnly: args.existing_only,
    rules,
  };
}

function refusal(args: SyncArgs, host: string, delegatedTo: string | undefined): string | undefined {
  if (delegatedTo !== undefined)
    return args.mode === 'pull' ? pulledBy(host, delegatedTo) : delegation(host, delegatedTo);
  if (args.mode === 'pull' && args.copy_links)
    return 'copy_links with mode: pull is not done: leave it out, and links come as links; or fetch what they point to';
  if (args.rsync_path?.includes(' '))
    return `rsync_path: "${args.rsync_path}" is not run: say become: true, and become_user where it is not root`;
  if (args.link_dest !== undefined) return 'link_dest is not done: leave it out, and files are copied';
  const named = [args.src, args.dest].find((value) => /^[\w.@-]+:/.test(value));
  return named === undefined
    ? undefined
    : `${named} names a host: ${args.mode === 'pull' ? 'src is on the host of the task, and dest on the controller' : 'src is on the controller, and dest on the host of the task'}`;
}

/** For Ansible the host delegated to is where a pull ends. */
function pulledBy(host: string, delegatedTo: string): string {
  if (delegatedTo === host) return delegation(host, delegatedTo);
  if (isController(delegatedTo)) return `dest is on the controller already: leave out delegate_to: ${delegatedTo}`;
  return `delegate_to: ${delegatedTo} makes dest a directory of that host, and hosts are not connected to each other: pull it to the controller, and push it from there`;
}

/** For Ansible the host delegated to is where src is. */
function delegation(host: string, delegatedTo: string): string {
  if (delegatedTo === host)
    return `delegate_to: ${delegatedTo} makes src a directory of the host itself: say copy with remote_src: true, without delegate_to`;
  if (isController(delegatedTo))
    return `src is on the controller already: leave out delegate_to: ${delegatedTo} (or local_action)`;
  return `delegate_to: ${delegatedTo} makes src a directory of that host, and hosts are not connected to each other: bring it to the controller first, with archive and fetch`;
}

const isController = (name: string) => /^(?:localhost|127\.0\.0\.1|::1)$/.test(name);
