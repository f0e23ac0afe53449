/** The arguments `attributes` and `seuser` to `selevel`, of every module that leaves a file behind: done once it has. */
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import { type FileLabels, type LabelsKey, labelsKind } from '../target/queries/file-labels.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import type { Target } from '../target/target.ts';
import type { ArgsLiteral } from './arguments.ts';
import type { AnyModule, Diff, Result } from './definition.ts';

/** Arguments about what a file bears beside mode and owner. */
export const labelArgs = {
  attributes: {
    aliases: ['attr'],
    description: 'flags as chattr has them: +i, -i, or all of them: =ai; left alone where the host has no chattr',
  },
  seuser: { description: 'user of the SELinux context, or _default; left alone where SELinux is off' },
  serole: { description: 'role of the context, or _default' },
  setype: { description: 'type of the context, or _default: what the policy says of the path' },
  selevel: { description: 'level of the context, or _default' },
} as const satisfies ArgsLiteral;

const contextParts = ['seuser', 'serole', 'setype', 'selevel'] as const;
const chconOptions = { seuser: '-u', serole: '-r', setype: '-t', selevel: '-l' } as const;

export interface Labels {
  readonly flags?: string;
  readonly context: Readonly<Partial<Record<(typeof contextParts)[number], string>>>;
}

/** Whether a task of this module may ask for flags or a context. */
export const bearsLabels = ({ args }: AnyModule): boolean =>
  'attributes' in args && contextParts.every((name) => name in args);

/** What the task asks for; undefined for nothing. @throws ModuleFailure for flags that are none. */
export function labelsAsked(args: Readonly<Record<string, unknown>>): Labels | undefined {
  if (args['attributes'] === undefined && contextParts.every((name) => args[name] === undefined)) return undefined;
  const given = contextParts.flatMap((name) => (typeof args[name] === 'string' ? [[name, args[name]] as const] : []));
  const { attributes } = args;
  if (attributes === undefined && given.length === 0) return undefined;
  if (attributes !== undefined && !/^(?:[+-][A-Za-z]+|=?[A-Za-z]*)$/.test(String(attributes)))
    throw new ModuleFailure(`attributes: "${attributes}" is no word for chattr, such as +i, -i or =ai`);
  return {
    ...(attributes !== undefined && { flags: String(attributes).replace(/^(?=[A-Za-z]|$)/, '=') }),
    context: Object.fromEntries(given),
  };
}

export interface Labelled {
  readonly result: Result;
  readonly changed: boolean;
  readonly diffs: readonly Diff[];
}

/** Gives the file that `result` tells of the flags and the context asked for; undefined where there is none. */
export async function label(
  asked: Labels,
  module: AnyModule,
  args: Readonly<Record<string, unknown>>,
  result: Result,
  target: Target,
): Promise<Labelled | undefined> {
  const path = [result['path'], result['dest'], args['dest'], args['path']].find((one) => typeof one === 'string');
  if (typeof path !== 'string' || result['state'] === 'absent' || result['failed'] === true) return undefined;
  if (result['state'] === 'directory' && !('recurse' in module.args))
    throw new ModuleFailure(
      `attributes and the SELinux context of what came into the directory ${path} are left alone: use file with recurse for them`,
    );
  const key: LabelsKey = {
    path,
    follow: args['follow'] !== false,
    below: args['recurse'] === true,
    policy: Object.values(asked.context).includes('_default'),
  };
  const before = await labelsOf(key, target);
  const wanted = settled(asked, before);
  const warnings = asked.flags !== undefined &&
    before.flags === undefined && { warnings: [...warned(result), noChattr] };
  const told = contextTold(before, wanted);
  const changed = (before.there || result['changed'] === true) && !isMet(wanted, before);
  if (!changed) return { result: { ...warnings, ...told }, changed: false, diffs: [] };
  await target.mutate({
    summary: `set ${[wanted.flags !== undefined && 'flags', told.secontext && 'context'].filter(Boolean).join(' and ')} of ${path}`,
    script: settingScript(key, wanted),
    touches: ['files'],
    effects: [effect(labelsKind, key, after(wanted, before))],
  });
  return { result: { ...warnings, ...told }, changed, diffs: [diffOf(path, before, after(wanted, before))] };
}

const noChattr = 'this host has no chattr and lsattr: `attributes` is left alone';
const warned = ({ warnings }: Result): readonly unknown[] => (Array.isArray(warnings) ? warnings : []);

const none: FileLabels = { there: false, flags: [], contexts: undefined };

/** What is only predicted bears nothing yet. */
async function labelsOf(key: LabelsKey, target: Target): Promise<FileLabels> {
  return target.query(labelsKind, key).catch((error: unknown) => {
    if (error instanceof UnknownState) return none;
    throw error;
  });
}

/** Only what the host can do anything about, with `_default` replaced. */
function settled({ flags, context }: Labels, { flags: found, contexts, byPolicy }: FileLabels): Labels {
  const policy = partsOf(byPolicy ?? '');
  const parts = Object.entries(context).map(([name, value]) => [
    name,
    value === '_default' ? policy[name as keyof Labels['context']] : value,
  ]);
  return {
    ...(flags !== undefined && found !== undefined && { flags }),
    context: contexts === undefined ? {} : Object.fromEntries(parts.filter(([, value]) => value)),
  };
}

function partsOf(context: string): Labels['context'] {
  const [seuser = '', serole = '', setype = '', ...level] = context.split(':');
  return { seuser, serole, setype, selevel: level.join(':') };
}

const withParts = (context: string, parts: Labels['context']): string =>
  Object.values({ ...partsOf(context), ...parts })
    .join(':')
    .replace(/:+$/, '');

// what chattr cannot set, or the file system decides
const ownFlags = /[EhINVe]/g;

function withFlags(found: string, asked: string): string {
  const [sign, letters] = [asked[0], asked.slice(1)];
  if (sign === '-') return [...found].filter((letter) => !letters.includes(letter)).join('');
  const kept = sign === '+' ? found : (found.match(ownFlags) ?? []).join('');
  return [...new Set(kept + letters)].sort().join('');
}

function after({ flags, context }: Labels, before: FileLabels): FileLabels {
  const found = before.there ? before : { ...before, flags: before.flags && [''], contexts: before.contexts && [''] };
  return {
    ...before,
    there: true,
    flags: found.flags && [...new Set(found.flags.map((one) => (flags === undefined ? one : withFlags(one, flags))))],
    contexts: found.contexts && [...new Set(found.contexts.map((one) => withParts(one, context)))],
  };
}

function isMet(wanted: Labels, before: FileLabels): boolean {
  const { flags, context } = wanted;
  const flagsMet = flags === undefined || (before.flags ?? []).every((one) => withFlags(one, flags) === one);
  const contextMet = (before.contexts ?? []).every((one) => withParts(one, context) === one);
  const asksNothing = flags === undefined && Object.keys(context).length === 0;
  return asksNothing || (before.there && flagsMet && contextMet);
}

const contextTold = ({ contexts }: FileLabels, { context }: Labels): { readonly secontext?: string } =>
  contexts === undefined || Object.keys(context).length === 0
    ? {}
    : { secontext: withParts(contexts[0] ?? '', context) };

function diffOf(path: string, before: FileLabels, now: FileLabels): Diff {
  const lines = ({ flags, contexts }: FileLabels) =>
    [...(flags ?? []).map((one) => `attributes: ${one}\n`), ...(contexts ?? []).map((one) => `context: ${one}\n`)].join(
      '',
    );
  return { beforeHeader: path, afterHeader: path, before: lines(before), after: lines(now) };
}

/** A file that its module took away after all is left at that. */
function settingScript({ path, follow, below }: LabelsKey, { flags, context }: Labels): string {
  const chcon = contextParts.flatMap((name) =>
    context[name] === undefined ? [] : [chconOptions[name], quote(context[name])],
  );
  const each = (body: string) =>
    below ? `find "$p" ! -type l -exec /bin/sh -c ${quote(`for p; do ${body} || exit 1; done`)} sh {} +` : body;
  const lines = [
    `set -e; export LC_ALL=C; p=${quote(path)}${follow ? '; p=$(readlink -f "$p") || exit 0' : ''}`,
    '[ -e "$p" ] || [ -L "$p" ] || exit 0',
    chcon.length > 0 && each(`chcon -h ${chcon.join(' ')} -- "$p"`),
    flags !== undefined && each(flagsCommand(flags)),
  ];
  return lines.filter(Boolean).join('\n');
}

/** "=" takes away what else is set, as far as it can be. */
function flagsCommand(asked: string): string {
  const [sign, letters] = [asked[0], asked.slice(1)];
  if (sign !== '=') return `chattr ${quote(asked)} "$p"`;
  const others = `o=$(lsattr -d "$p" | sed 's/^ *//; s/ .*//' | tr -d -- '-EhINVe${letters}')`;
  return `${others} && { [ -z "$o" ] || chattr "-$o" "$p"; }${letters === '' ? '' : ` && chattr +${letters} "$p"`}`;
}
