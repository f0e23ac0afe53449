import { defineAction } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import { expandSubsets, factsKind, subsetKeys } from '../target/queries/facts.ts';

export default defineAction({
  summary: 'Reads facts about a host.',
  description: ['Nothing is needed on the host but a shell. Facts have the names and shapes that Ansible gives them.'],
  action: 'reads',
  args: {
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
  },
  returns: { ansible_facts: 'the facts, each with `ansible_` in front of its name' },
  examples: `- name: Read only what tells the distribution
  setup:
    gather_subset: [distribution, "!min"]`,
  async run({ args, target }) {
    const { fact_path: factPath, gather_timeout: timeout } = args;
    const subsets = subsetKeys(expanded(args.gather_subset), { factPath, timeout });
    const parts = await Promise.all(subsets.map((subset) => target.query(factsKind, subset)));
    const patterns = args.filter.filter((pattern) => pattern !== '').map(glob);
    const facts = parts
      .flatMap((part) => Object.entries(part))
      .filter(
        ([name]) => patterns.length === 0 || patterns.some((one) => one.test(name) || one.test(`ansible_${name}`)),
      );
    return {
      changed: false,
      ansible_facts: Object.fromEntries(facts.map(([name, value]) => [`ansible_${name}`, value])),
    };
  },
});

function expanded(names: readonly string[]): string[] {
  try {
    return expandSubsets(names);
  } catch (error) {
    throw error instanceof RangeError ? new ModuleFailure(error.message) : error;
  }
}

/** A shell pattern as a regular expression for the whole name. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  return new RegExp(`^${source}$`);
}
