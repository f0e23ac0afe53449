import { defineAction } from '../module/definition.ts';
import { factArguments, factReturns, readFacts } from '../module/read-facts.ts';

export default defineAction({
  summary: 'Reads facts about a host, as plays do that gather facts.',
  description: ['The same as setup: there is but one way to read facts here.'],
  action: 'reads',
  args: {
    ...factArguments,
    parallel: { type: 'bool', description: 'facts are always read at once: this has no effect' },
  },
  returns: factReturns,
  examples: `- name: Read the facts once sshd is there
  gather_facts:
    gather_subset: [network]`,
  run: ({ args, target }) => readFacts(args, target),
});
