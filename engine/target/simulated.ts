/**
 * The target of check mode: it reads the real host, and believes of every change that it has been made. Later readers see
 * what would be; what only the run can know is thrown as {@link UnknownState}. Nothing is ever written.
 */
import { posix } from 'node:path';
import { Unknown } from '../template/values.ts';
import { contentEffects, fileEffects, predicted, statEffects } from './effects.ts';
import { ModuleFailure, UnknownState } from './failure.ts';
import { checksumKind, contentKind, normalPath, type StatKey, statKind } from './files.ts';
import { readable } from './live.ts';
import { bringerOf, bringerOfFile, isFolderOf, type PredictedWorld, predictionOf } from './prediction.ts';
import { accountKind, groupKind } from './queries/accounts.ts';
import { unitKind } from './queries/units.ts';
import { type Effect, effect, type QueryKind } from './query.ts';
import type { FileState, UnitState } from './state.ts';
import type { Attributes, Completed, Target } from './target.ts';

/** The simulated twin of a live target. */
export function simulatedTarget(real: Target, world: PredictedWorld): Target {
  const prediction = predictionOf(world, real.host);

  function believe(what: string, effects: readonly Effect[], inert = false): void {
    if (!inert) world.pending ??= `${what} on ${real.host}`;
    for (const { kind, id, value } of effects) prediction.answers.set(realId(`${kind.name} ${id}`), value);
  }

  async function query<K, V>(kind: QueryKind<K, V>, asked: K): Promise<V> {
    const key = throughLinks(kind, asked);
    const id = `${kind.name} ${kind.id(key)}`;
    if (prediction.answers.has(id)) {
      const answer = prediction.answers.get(id);
      if (answer instanceof Unknown) throw new UnknownState(answer.reason);
      return answer as V;
    }
    const path = pathOf(kind, key);
    if (path !== undefined && underRemoved(path))
      return (kind === (statKind as unknown) ? { exists: false } : undefined) as V;
    if (kind.deep && !kind.volatile && believedBelow(kind.id(key)))
      throw new UnknownState(`${kind.id(key)} is changed by the run before`);
    const value = kind.volatile ? await askedNow(kind, key) : await real.query(kind, key);
    const folder = path && prediction.bringsBelow.find((one) => normalPath(path).startsWith(`${one}/`));
    if (folder && (value === undefined || (value as FileState).exists === false)) {
      throw new UnknownState(`${path} may come with what is unpacked into ${folder}`);
    }
    const bringer = bringerOf(prediction.brings, kind.id(key));
    if (
      bringer &&
      kind === (statKind as unknown) &&
      !(value as FileState).exists &&
      isFolderOf(bringer, (key as StatKey).path)
    ) {
      return predicted('directory', {}) as V;
    }
    if (kind === (statKind as unknown) && (key as StatKey).certain && !(value as FileState).exists) {
      const likely = bringerOfFile(prediction.brings, (key as StatKey).path);
      if (likely) throw new UnknownState(`${path} may come with ${likely}, which is not there yet`);
    }
    if (kind === (unitKind as unknown) && !(value as UnitState).exists) {
      const name = (value as UnitState).name;
      if (await unitFilePredicted(name))
        return { ...(value as UnitState), exists: true, active: 'inactive', fileState: 'disabled' } as V;
      if (bringer) throw new UnknownState(`${name} may come with ${bringer}, which is not there yet`);
    }
    if (bringer && value === undefined && (kind === (accountKind as unknown) || kind === (groupKind as unknown))) {
      throw new UnknownState(`${kind.name} ${kind.id(key)} may come with ${bringer}, which is not there yet`);
    }
    return value;
  }

  /** What answers no question now may do so once the changes are made: an API that the run brings, a namespace in it. */
  async function askedNow<K, V>(kind: QueryKind<K, V>, key: K): Promise<V> {
    if (kind.deep && world.pending)
      throw new UnknownState(`it would be asked after the changes (${world.pending} first) are made`);
    try {
      return await real.query(kind, key);
    } catch (error) {
      if (!world.pending || !(error instanceof ModuleFailure)) throw error;
      throw new UnknownState(`as things stand it would fail (${error.message}), but ${world.pending} comes first`);
    }
  }

  /** The question about a path as it is once the predicted links on the way to it are followed. */
  function throughLinks<K, V>(kind: QueryKind<K, V>, key: K): K {
    const path = pathOf(kind, key);
    if (path === undefined) return key;
    const follow = kind !== (statKind as unknown) || (key as StatKey).follow;
    const real = realPath(normalPath(path), follow);
    if (real === normalPath(path)) return key;
    return (kind === (statKind as unknown) ? { ...(key as StatKey), path: real } : real) as K;
  }

  /** A change in a folder behind a predicted link is one in the folder itself. */
  function realId(id: string): string {
    const [, about, path] = aboutPath.exec(id) ?? [];
    return about === undefined || path === undefined ? id : about + realPath(path, false);
  }

  function realPath(path: string, follow: boolean, turns = 0): string {
    const parts = path.split('/');
    for (let end = 2; end <= (follow ? parts.length : parts.length - 1) && turns < 40; end += 1) {
      const at = parts.slice(0, end).join('/');
      const state = prediction.answers.get(`stat P${at}`) as FileState | undefined;
      if (!state?.exists || state.type !== 'link' || state.linkTarget === undefined) continue;
      return realPath(posix.resolve(posix.dirname(at), state.linkTarget, ...parts.slice(end)), follow, turns + 1);
    }
    return path;
  }

  /** The path is gone, with everything below it. */
  function forgetBelow(path: string): void {
    const root = realPath(normalPath(path), false);
    for (const id of prediction.answers.keys()) {
      const at = aboutPath.exec(id)?.[2];
      if (at !== undefined && (at === root || at.startsWith(`${root}/`))) prediction.answers.delete(id);
    }
    prediction.removed.add(root);
  }

  function believedBelow(root: string): boolean {
    const below = root === '/' ? root : `${root}/`;
    const paths = [...[...prediction.answers.keys()].map((id) => aboutPath.exec(id)?.[2] ?? ''), ...prediction.removed];
    return paths.some((path) => path.startsWith(below));
  }

  function underRemoved(path: string): boolean {
    for (let at = normalPath(path); at !== '/' && at !== '.'; at = posix.dirname(at)) {
      if (prediction.removed.has(at)) return true;
    }
    return false;
  }

  async function unitFilePredicted(name: string): Promise<boolean> {
    const folders = ['/etc/systemd/system', '/run/systemd/system', '/lib/systemd/system', '/usr/lib/systemd/system'];
    return folders.some(
      (folder) => (prediction.answers.get(`stat P${folder}/${name}`) as FileState | undefined)?.exists === true,
    );
  }

  async function wouldBe(path: string, attributes: Attributes): Promise<Attributes> {
    const before = await query(statKind, { path, follow: true }).catch(() => undefined);
    const kept = before?.exists ? before : undefined;
    return {
      mode: octal(attributes.mode) ?? kept?.mode,
      owner: attributes.owner ?? kept?.owner,
      group: attributes.group ?? kept?.group,
    };
  }

  return {
    ...readable(real.host, query),
    async writeFile(path, content, options) {
      believe(`write ${path}`, await contentEffects(path, content, await wouldBe(path, options)));
      if (options.backup)
        believe(
          `backup of ${path}`,
          fileEffects(options.backup, { content: new Unknown(`${options.backup} is written by the run`) }),
        );
    },
    async makeDirectory(path, attributes) {
      for (let at = normalPath(path); at !== '/' && at !== '.'; at = posix.dirname(at)) {
        if ((await query(statKind, { path: at, follow: true })).exists) break;
        believe(
          `mkdir ${path}`,
          statEffects(at, predicted('directory', { ...attributes, mode: octal(attributes.mode) })),
        );
      }
    },
    async setAttributes(given, attributes) {
      const path = realPath(normalPath(given), true);
      const before = await query(statKind, { path, follow: true });
      const after = await wouldBe(path, attributes);
      if (before.exists)
        believe(`set attributes of ${path}`, statEffects(path, { ...before, ...defined(after) } as FileState));
    },
    async makeLink(path, to, kind) {
      const own = predicted('link', { mode: '0777', linkTarget: to });
      const subject = posix.resolve(posix.dirname(path), to);
      const followed = await query(statKind, { path: subject, follow: true });
      believe(
        `link ${path}`,
        kind === 'symbolic'
          ? [effect(statKind, { path, follow: false }, own), effect(statKind, { path, follow: true }, followed)]
          : fileEffects(path, { content: new Unknown(`${path} is linked by the run`) }),
      );
    },
    async remove(path) {
      forgetBelow(path);
      believe(`remove ${path}`, []);
    },
    async mutate(mutation) {
      believe(mutation.summary, mutation.effects, mutation.inert);
      if (mutation.brings) prediction.brings.push(mutation.brings);
      if (mutation.bringsBelow) prediction.bringsBelow.push(normalPath(mutation.bringsBelow));
      return nothingRan;
    },
    async run({ makes, takesAway, chdir = '/' }) {
      if (makes !== undefined) {
        const content = new Unknown(`${makes} is made by a command that is not run in check mode`);
        for (const { kind, id, value } of fileEffects(posix.resolve(chdir, makes), { content })) {
          prediction.answers.set(`${kind.name} ${id}`, value);
        }
      }
      if (takesAway !== undefined) forgetBelow(posix.resolve(chdir, takesAway));
      throw new UnknownState('the command is not run in check mode');
    },
    async observe(command) {
      if (world.pending)
        throw new UnknownState(`it would be asked after the changes (${world.pending} first) are made`);
      return real.observe(command);
    },
    download: (path) => real.download(path),
  };
}

/** Answers about a path, among all that are believed. */
const aboutPath = /^(stat [LP]|checksum |content )(.*)$/s;

const nothingRan: Completed = {
  code: 0,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  truncated: false,
  timedOut: false,
  start: '',
  end: '',
  seconds: 0,
};

function pathOf(kind: unknown, key: unknown): string | undefined {
  if (kind === statKind) return (key as StatKey).path;
  return kind === checksumKind || kind === contentKind ? (key as string) : undefined;
}

const octal = (mode: string | undefined) =>
  mode !== undefined && /^[0-7]+$/.test(mode) ? mode.padStart(4, '0') : undefined;

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>;
}
