/** What check mode believes, by host: shared by every user and every connection that tasks reach it by. */
import { normalPath } from './files.ts';

/** What check mode believes about one host. Shared by all the users tasks become there. */
export interface Prediction {
  readonly answers: Map<string, unknown>;
  readonly removed: Set<string>;
  /** Packages and the like that would bring things along unsaid. */
  readonly brings: string[];
  /** Folders below which anything may come to be. */
  readonly bringsBelow: string[];
  /** Commands that would have run, by name: what fails after them may not fail in the run. */
  readonly unrun: string[];
}

/** Everything predicted in one run; once anything is pending anywhere, looking at live services says nothing any more. */
export interface PredictedWorld {
  readonly hosts: Map<string, Prediction>;
  pending: string | undefined;
}

export function predictedWorld(): PredictedWorld {
  return { hosts: new Map(), pending: undefined };
}

export function predictionOf(world: PredictedWorld, host: string): Prediction {
  const known = world.hosts.get(host);
  if (known) return known;
  const fresh: Prediction = { answers: new Map(), removed: new Set(), brings: [], bringsBelow: [], unrun: [] };
  world.hosts.set(host, fresh);
  return fresh;
}

/** The package that most likely brings something of this name; the latest one when none says. */
export function bringerOf(brings: readonly string[], id: string): string | undefined {
  return brings.find((one) => packagesOf(one).some((name) => id.includes(name.split('-')[0]!))) ?? brings.at(-1);
}

/** A package's own folder is there once it is installed, so that a file in it can be predicted. */
export function isFolderOf(bringer: string, path: string): boolean {
  return packagesOf(bringer).some((name) =>
    [`/etc/${name}`, `/var/lib/${name}`, `/usr/share/${name}`].includes(normalPath(path)),
  );
}

/** The package still to come that may well bring this file: a program called like it, or what lies in a folder that is. */
export function bringerOfFile(brings: readonly string[], path: string): string | undefined {
  const at = normalPath(path);
  const isProgram = /^\/(?:usr\/)?s?bin\/[^/]*$/.test(at);
  const names = at.split('/').slice(1);
  if (!isProgram && !['etc', 'var', 'run', 'usr', 'lib'].includes(names[0] ?? '')) return undefined;
  const fits = (name: string) => (isProgram ? names.at(-1)!.startsWith(name.split('-')[0]!) : names.includes(name));
  return brings.find((one) => packagesOf(one).some(fits));
}

const packagesOf = (bringer: string) =>
  bringer.split(/[\s,]+/).filter((word) => word !== '' && !/^packages?$/.test(word));
