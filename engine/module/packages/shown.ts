/** How a change of package versions is shown. */
import { type Versions, wouldBeInstalled } from '../../target/packages/names.ts';
import type { Diff, FieldChange } from '../definition.ts';

/** One line a package, for `--diff`. */
export function versionsDiff(change: FieldChange<Versions>): Diff {
  const names = Object.keys(change.after).filter((name) => change.before[name] !== change.after[name]);
  const text = (versions: Versions): string => names.map((name) => `${name}: ${shown(versions[name])}\n`).join('');
  return { beforeHeader: 'packages', afterHeader: 'packages', before: text(change.before), after: text(change.after) };
}

function shown(version: string | null | undefined): string {
  if (version === wouldBeInstalled) return 'installed';
  return version ?? 'not installed';
}

/** What goes away, one line each. */
export function listDiff(header: string, names: readonly string[]): Diff {
  return { beforeHeader: header, afterHeader: header, before: names.map((name) => `${name}\n`).join(''), after: '' };
}
