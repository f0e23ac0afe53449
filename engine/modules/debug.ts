import { type Controller, defineAction } from '../module/definition.ts';
import { withoutBraces } from '../module/expression.ts';
import { UndefinedError } from '../module/values.ts';

export default defineAction({
  summary: 'Shows a message or the value of an expression.',
  action: 'controller',
  args: {
    msg: { type: 'raw', default: 'Hello world!', description: 'what to show' },
    var: { type: 'raw', description: 'an expression whose value is shown, without braces' },
    verbosity: { type: 'int', default: 0, description: 'shown only when so many -v are given' },
  },
  expressions: ['var'],
  rules: { mutuallyExclusive: [['msg', 'var']] },
  returns: { msg: 'the message' },
  examples: '- debug:\n    var: groups.etcd\n',

  async run({ args, controller }) {
    if (args.verbosity > controller.verbosity) {
      return { changed: false, skipped: true, skipped_reason: 'Verbosity threshold not met.' };
    }
    if (args.var === undefined) return { changed: false, msg: args.msg };
    if (typeof args.var !== 'string') return { changed: false, value: args.var };
    const expression = withoutBraces(args.var);
    const value = shownValue(expression, controller);
    const named = args.var.includes('{{') && typeof value === 'string' && isName(value);
    return { changed: false, ...(named ? { [value]: shownValue(value, controller) } : { [expression]: value }) };
  },
});

/** Braces stand for the name of a variable, as in Ansible. Nothing but a name: the text may come from a host. */
const isName = (text: string): boolean => /^[A-Za-z_]\w*(\.\w+|\[(\d+|'[\w.-]*'|"[\w.-]*")\])*$/.test(text);

/** Showing a variable is how one finds out that it is not defined. */
function shownValue(expression: string, controller: Controller): unknown {
  try {
    return controller.evaluate(expression);
  } catch (error) {
    if (error instanceof UndefinedError) return 'VARIABLE IS NOT DEFINED!';
    throw error;
  }
}
