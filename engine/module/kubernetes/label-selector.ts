/** Selectors of labels, as the API reads them: `app=shop`, `tier!=db`, `env in (a,b)`, `env notin (a)`, `app`, `!app`. */
import { ModuleFailure } from '../../target/failure.ts';

type Labels = Readonly<Record<string, unknown>>;

/** True where the labels meet all of the selectors. @throws ModuleFailure for one that is none. */
export function matches(selectors: readonly string[], labels: Labels): boolean {
  return selectors.flatMap(requirementsIn).every((one) => met(one, labels));
}

/** The API takes an empty selector for everything. @throws ModuleFailure for one. */
export function refuseEmpty(selectors: readonly string[]): void {
  if (selectors.some((selector) => selector.trim() === ''))
    throw new ModuleFailure('label_selectors: "" is no selector; delete_all deletes all of a kind');
}

/** Parted at commas, but not at those within parentheses. */
const requirementsIn = (selector: string): readonly string[] => selector.split(/,(?![^(]*\))/).map((one) => one.trim());

function met(requirement: string, labels: Labels): boolean {
  const [, not, name, how, values = ''] =
    /^(!?)\s*([\w./-]+)\s*(?:(==?|!=|\bin\b|\bnotin\b)\s*(\([^()]*\)|[\w.-]*))?$/.exec(requirement) ?? [];
  if (name === undefined || (not !== '' && how !== undefined))
    throw new ModuleFailure(`label_selectors: "${requirement}" is no selector`);
  const has = Object.hasOwn(labels, name);
  if (how === undefined) return has === (not === '');
  const named = values
    .replace(/^\(|\)$/g, '')
    .split(',')
    .map((value) => value.trim());
  const isOne = has && named.includes(String(labels[name]));
  return how === '!=' || how === 'notin' ? !isOne : isOne;
}
