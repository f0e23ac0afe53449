import { defineAction } from '../module/definition.ts';
import { withoutBraces } from '../module/expression.ts';
import { isTrue, isUnknown } from '../module/values.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';

export default defineAction({
  summary: 'Fails unless every one of its conditions holds.',
  action: 'controller',
  args: {
    that: { type: 'raw', required: true, description: 'one condition, or a list of them, without braces' },
    fail_msg: { type: 'raw', aliases: ['msg'], description: 'what to say when one does not hold' },
    success_msg: { type: 'raw', description: 'what to say when all hold' },
    quiet: { type: 'bool', default: false, description: 'say nothing about each condition' },
  },
  expressions: ['that'],
  returns: {
    assertion: 'the first condition that does not hold',
    evaluated_to: 'its value',
    msg: 'the message',
  },
  examples: '- assert:\n    that: groups.etcd | length is odd\n    fail_msg: etcd needs an odd number of members\n',

  async run({ args, controller }) {
    const conditions = Array.isArray(args.that) ? args.that : [args.that];
    const reasons: string[] = [];
    for (const condition of conditions) {
      const value = typeof condition === 'string' ? controller.evaluate(withoutBraces(condition)) : condition;
      if (isUnknown(value)) reasons.push(`"${String(condition)}" is not known yet: ${value.reason}`);
      else if (!isTrue(value)) throw failure(condition, value, args.fail_msg ?? 'Assertion failed');
    }
    const [reason] = reasons;
    if (reason !== undefined) throw new UnknownState(reason);
    return { changed: false, msg: args.success_msg ?? 'All assertions passed' };
  },
});

function failure(condition: unknown, value: unknown, msg: unknown): ModuleFailure {
  const text = Array.isArray(msg) ? msg.map(String).join('\n') : String(msg);
  return new ModuleFailure(text, { assertion: condition, evaluated_to: isPlain(value) ? value : false });
}

const isPlain = (value: unknown) => value === null || typeof value !== 'object';
