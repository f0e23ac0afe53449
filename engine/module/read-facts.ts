/** Facts as tasks ask for them. */
import { ModuleFailure } from '../target/failure.ts';
import { expandSubsets, factsKind, subsetKeys } from '../target/queries/facts.ts';
import type { Target } from '../target/target.ts';
import type { ArgsLiteral, ArgsOf } from './arguments.ts';
import { matcher } from './found-file.ts';

export const factArguments = {
  gather_subset: {
    type: 'list',
    elements: 'str',
    default: ['all'],
    description: 'subsets to read; `!network` leaves one out, `!all` all but the least, `!min` even that',
  },
  gather_timeout: {
    type: 'int',
    default: 10,
    description: 'seconds for what may hang: file systems that do not answer',
  },
  filter: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'patterns of fact names, with or without `ansible_`; `*`, `?` and `[…]` as in a shell',
  },
  fact_path: { type: 'path', default: '/etc/ansible/facts.d', description: 'where the local facts are' },
} as const satisfies ArgsLiteral;

export const factReturns = { ansible_facts: 'the facts, each with `ansible_` in front of its name' };

/** Throws ModuleFailure for a subset there is not, and for a pattern that is none. */
export async function readFacts(args: ArgsOf<typeof factArguments>, target: Target) {
  const { fact_path: factPath, gather_timeout: timeout } = args;
  const subsets = subsetKeys(expanded(args.gather_subset), { factPath, timeout });
  const parts = await Promise.all(subsets.map((subset) => target.query(factsKind, subset)));
  const patterns = args.filter.filter((pattern) => pattern !== '');
  const fits = matcher(patterns, false);
  const facts = parts
    .flatMap((part) => Object.entries(part))
    .filter(([name]) => patterns.length === 0 || fits(name) || fits(`ansible_${name}`));
  return {
    changed: false,
    ansible_facts: Object.fromEntries(facts.map(([name, value]) => [`ansible_${name}`, value])),
  };
}

function expanded(names: readonly string[]): string[] {
  try {
    return expandSubsets(names);
  } catch (error) {
    throw error instanceof RangeError ? new ModuleFailure(error.message) : error;
  }
}
