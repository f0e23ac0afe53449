import { settleArguments } from '../module/coerce.ts';
import { type Controller, defineAction } from '../module/definition.ts';
import { literalOf } from '../module/literal.ts';
import { ModuleFailure } from '../target/failure.ts';

export default defineAction({
  summary: 'Checks values against the argument spec of a role.',
  action: 'controller',
  args: {
    argument_spec: { type: 'dict', required: true, description: 'the options, as in meta/argument_specs.yml' },
    provided_arguments: {
      type: 'dict',
      description: "values, before those of the task's variables; names the spec does not have are not looked at",
    },
    validate_args_context: {
      type: 'dict',
      default: {},
      description: 'what is checked: name, type and path of the role',
    },
  },
  returns: { argument_errors: 'everything that is wrong', argument_spec_data: 'the spec' },

  async run({ args, controller }) {
    const literal = literalOf(args.argument_spec);
    const names = new Set(Object.entries(literal).flatMap(([name, { aliases = [] }]) => [name, ...aliases]));
    const provided = { ...variables(names, controller), ...args.provided_arguments };
    const given = Object.fromEntries(Object.entries(provided).filter(([name]) => names.has(name)));
    const context = String(args.validate_args_context['name'] ?? 'the role');
    const { problems } = settleArguments({ args: literal }, given, context);
    if (problems.length === 0) return { changed: false, msg: 'The arg spec validation passed' };
    const errors = problems.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`));
    throw new ModuleFailure(`Validation of arguments failed:\n${errors.join('\n')}`, {
      argument_errors: errors,
      argument_spec_data: args.argument_spec,
      validate_args_context: args.validate_args_context,
    });
  },
});

function variables(names: ReadonlySet<string>, controller: Controller): Readonly<Record<string, unknown>> {
  const defined = [...names].filter((name) => controller.evaluate(`${name} is defined`) !== false);
  return Object.fromEntries(defined.map((name) => [name, controller.evaluate(name)]));
}
