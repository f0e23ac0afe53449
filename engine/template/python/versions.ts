/** Comparing versions, in the schemes of Ansible's `version` test. */
import { TemplateError } from '../errors.ts';
import { order } from './compare.ts';

export type VersionScheme = 'loose' | 'strict' | 'semver' | 'pep440';

/** Negative, zero or positive. Throws for a version the scheme cannot read. */
export function compareVersions(left: string, right: string, scheme: VersionScheme): number {
  switch (scheme) {
    case 'semver':
      return compareSemver(semver(left), semver(right));
    case 'pep440':
      return order(pep440(left), pep440(right));
    case 'strict':
      return order(strict(left), strict(right));
    default:
      return compareLoose(left, right);
  }
}

/** Runs of digits as numbers, runs of letters as words. */
function loose(version: string): readonly (string | number)[] {
  return (version.match(/\d+|[a-z]+|[^\d.a-z]+/g) ?? []).map((part) => (/^\d/.test(part) ? Number(part) : part));
}

function compareLoose(left: string, right: string): number {
  try {
    return order(loose(left), loose(right));
  } catch {
    throw new TemplateError(`versions "${left}" and "${right}" cannot be compared: a number meets a word`);
  }
}

function strict(version: string): readonly unknown[] {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version);
  if (!match) throw new TemplateError(`"${version}" is no strict version`);
  const [, major, minor, patch = '0', stage = 'c', number = '0'] = match;
  return [Number(major), Number(minor), Number(patch), stage, Number(number)];
}

interface Semver {
  readonly core: readonly number[];
  readonly prerelease: readonly string[];
}

function semver(version: string): Semver {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(version);
  if (!match) throw new TemplateError(`"${version}" is no semantic version`);
  return { core: match.slice(1, 4).map(Number), prerelease: match[4]?.split('.') ?? [] };
}

function compareSemver(left: Semver, right: Semver): number {
  const core = order(left.core, right.core);
  if (core !== 0) return core;
  if (left.prerelease.length === 0 || right.prerelease.length === 0)
    return right.prerelease.length - left.prerelease.length;
  for (let index = 0; index < Math.min(left.prerelease.length, right.prerelease.length); index++) {
    const [a, b] = [left.prerelease[index]!, right.prerelease[index]!];
    if (a === b) continue;
    const [numericA, numericB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (numericA && numericB) return Number(a) - Number(b);
    if (numericA !== numericB) return numericA ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return left.prerelease.length - right.prerelease.length;
}

/** Epoch, release, then stage: dev < a < b < rc < final < post. */
function pep440(version: string): readonly unknown[] {
  const pattern =
    /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview)[-_.]?(\d*))?(?:(?:[-_.]?(?:post|rev|r)[-_.]?(\d*))|-(\d+))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+[a-z0-9.]+)?$/i;
  const match = pattern.exec(version.trim());
  if (!match) throw new TemplateError(`"${version}" is no version by PEP 440`);
  const [, epoch = '0', release = '', stage, stageNumber, post, implicitPost, dev, devNumber] = match;
  const parts = release
    .replace(/(?:\.0+)+$/, '')
    .split('.')
    .map(Number);
  const stages: Readonly<Record<string, number>> = { a: 1, alpha: 1, b: 2, beta: 2, c: 3, rc: 3, pre: 3, preview: 3 };
  const postNumber = post ?? implicitPost;
  const rank =
    stage === undefined ? (dev !== undefined && postNumber === undefined ? 0 : 4) : stages[stage.toLowerCase()]!;
  return [
    Number(epoch),
    parts,
    rank,
    Number(stageNumber || 0),
    postNumber === undefined ? -1 : Number(postNumber || 0),
    dev === undefined ? Number.POSITIVE_INFINITY : Number(devNumber || 0),
  ];
}
