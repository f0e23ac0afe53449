import { defineAction } from '../module/definition.ts';
import { factArguments, factReturns, readFacts } from '../module/read-facts.ts';

export default defineAction({
  summary: 'Reads facts about a host.',
  description: ['Nothing is needed on the host but a shell. Facts have the names and shapes that Ansible gives them.'],
  action: 'reads',
  args: factArguments,
  returns: factReturns,
  examples: `- name: Read only what tells the distribution
  setup:
    gather_subset: [distribution, "!min"]`,
  run: ({ args, target }) => readFacts(args, target),
});
