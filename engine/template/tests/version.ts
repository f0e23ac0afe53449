/** The test `version`, which compares two of them. */
import { TemplateError } from '../errors.ts';
import { anything, must, type Native, native, string } from '../evaluate/native.ts';
import { toText } from '../python/text.ts';
import { isTrue } from '../python/truth.ts';
import { compareVersions, type VersionScheme } from '../python/versions.ts';

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '>': (value) => value > 0,
  gt: (value) => value > 0,
  '>=': (value) => value >= 0,
  ge: (value) => value >= 0,
  '<': (value) => value < 0,
  lt: (value) => value < 0,
  '<=': (value) => value <= 0,
  le: (value) => value <= 0,
  '==': (value) => value === 0,
  '=': (value) => value === 0,
  eq: (value) => value === 0,
  '!=': (value) => value !== 0,
  '<>': (value) => value !== 0,
  ne: (value) => value !== 0,
};

function schemeOf(strict: boolean | undefined, name: string | null | undefined): VersionScheme {
  const wanted = name ?? (strict ? 'strict' : 'loose');
  if (wanted === 'semantic') return 'semver';
  if (wanted === 'loose' || wanted === 'strict' || wanted === 'semver' || wanted === 'pep440') return wanted;
  throw new TemplateError('version_type is loose, strict, semver, semantic or pep440');
}

const version = native(
  anything,
  { version: must(anything), operator: string, strict: anything, version_type: anything },
  (value, { version: other, operator = 'eq', strict, version_type: type }) => {
    if (!Object.hasOwn(operators, operator))
      throw new TemplateError(`"${operator}" is no operator: it is one of ${Object.keys(operators).join(' ')}`);
    const [left, right] = [toText(value), toText(other)];
    if (left === '' || right === '') throw new TemplateError('a version is empty');
    return operators[operator]!(
      compareVersions(
        left,
        right,
        schemeOf(strict === undefined ? undefined : isTrue(strict), type as string | undefined),
      ),
    );
  },
);

export const versionTests: Readonly<Record<string, Native>> = { version, version_compare: version };
