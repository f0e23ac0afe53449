import { defineAction } from '../module/definition.ts';
import { compactJson, isUnknown } from '../module/values.ts';
import { ModuleFailure } from '../target/failure.ts';

export default defineAction({
  summary: 'Fails with a message.',
  action: 'controller',
  args: { msg: { type: 'raw', default: 'Failed as requested from task', description: 'why' } },
  returns: { msg: 'the message' },

  async run({ args }) {
    if (isUnknown(args.msg)) throw new ModuleFailure(`(not known yet: ${args.msg.reason})`);
    throw new ModuleFailure(typeof args.msg === 'string' ? args.msg : compactJson(args.msg));
  },
});
