import { defineAction } from '../module/definition.ts';
import { isUnknown } from '../module/values.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';

export default defineAction({
  summary: 'Sets variables of the host for the rest of the run.',
  action: 'controller',
  args: { cacheable: { type: 'bool', default: false, description: 'keep them as facts, too' } },
  otherArgs: { type: 'raw', description: 'a variable and its value' },
  returns: { ansible_facts: 'the variables' },
  examples: "- set_fact:\n    etcd_endpoints: \"{{ groups.etcd | map('regex_replace', '$', ':2379') | join(',') }}\"\n",

  async run({ args }) {
    const { cacheable, ...values } = args;
    const names = Object.keys(values);
    if (names.length === 0) throw new ModuleFailure('No key/value pairs provided, at least one is required');
    const odd = names.find((name) => !/^[A-Za-z_]\w*$/.test(name));
    const unknown = odd === undefined ? undefined : (values as Readonly<Record<string, unknown>>)[odd];
    if (isUnknown(unknown)) throw new UnknownState(unknown.reason);
    if (odd !== undefined)
      throw new ModuleFailure(`"${odd}" cannot be the name of a variable: letters, digits and _ make one`);
    return { changed: false, ansible_facts: values, _cacheable: cacheable };
  },
});
