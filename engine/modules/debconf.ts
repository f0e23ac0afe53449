import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { toBoolean } from '../module/convert.ts';
import { defineModule } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import { debconfKind, debconfPasswordKind } from '../target/queries/debconf.ts';
import { effect } from '../target/query.ts';

interface AnswerState {
  /** The answer to the question, null where there is none. */
  readonly value: string | null;
  /** All answers of the package; never asked for. */
  readonly all: Readonly<Record<string, string>>;
}

const args = {
  name: { required: true, aliases: ['pkg'], description: 'the package that asks' },
  question: { aliases: ['selection', 'setting'], description: 'the question; all answers are returned without one' },
  vtype: {
    choices: ['boolean', 'error', 'multiselect', 'note', 'password', 'seen', 'select', 'string', 'text', 'title'],
    description: 'what kind of question it is',
  },
  value: { type: 'raw', aliases: ['answer'], description: 'the answer' },
  unseen: { type: 'bool', default: false, description: 'it may be asked all the same' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Answers a question of a Debian package before it is asked.',
  description: ['A password is read where debconf keeps it for root alone, and never shown.'],
  args,
  rules: { requiredTogether: [['question', 'vtype', 'value']] },
  returns: { current: 'the answers now', previous: 'the answer before, by question', msg: 'as asked' },
  examples: `- name: Reply to postfix
  debconf:
    name: postfix
    question: postfix/main_mailer_type
    vtype: select
    value: Satellite system
`,

  async probe({ args, target, controller }): Promise<AnswerState> {
    for (const word of [args.name, args.question])
      if (word !== undefined && !/^[A-Za-z0-9][\w.+:/-]*$/.test(word))
        throw new ModuleFailure(`"${word}" cannot be the name of a package or a question`);
    const all = await target.query(debconfKind, args.name);
    if (args.vtype === 'password' && args.question !== undefined) {
      const value = await target.query(debconfPasswordKind, args.question);
      for (const secret of [value, answerOf(args)]) if (secret) controller.secret(secret);
      return { value: value ?? null, all };
    }
    return { value: (args.question !== undefined && all[args.question]) || null, all };
  },

  desired({ args, state }) {
    if (args.question === undefined) return {};
    const value = answerOf(args);
    const items = (text: string | null) =>
      (text ?? '')
        .split(',')
        .map((item) => item.trim())
        .sort()
        .join();
    const same = args.vtype === 'multiselect' && items(state.value) === items(value);
    // An answer that is empty is as good as none: debconf shows the two alike.
    return same || (value === '' && state.value === null) ? {} : { value };
  },

  async apply({ args, state, wanted, target }) {
    const value = wanted.value ?? '';
    await target.mutate({
      summary: `debconf-set-selections ${args.name} ${args.question}`,
      script: `export LC_ALL=C\ndebconf-set-selections${args.unseen ? ' --unseen' : ''}`,
      stdin: `${args.name} ${args.question} ${args.vtype} ${value}\n`,
      effects: [
        args.vtype === 'password'
          ? effect(debconfPasswordKind, args.question!, value || undefined)
          : effect(debconfKind, args.name, { ...state.all, [args.question!]: value }),
      ],
      touches: ['files'],
    });
  },

  returned({ args, state, wanted }) {
    const { question, vtype } = args;
    if (question === undefined) return { current: state.all, msg: '' };
    if (vtype === 'password')
      return { current: state.all, previous: {}, msg: `${args.name} ${question} ${vtype} ${hidden}` };
    const value = wanted.value ?? state.value ?? '';
    return {
      current: { ...state.all, [question]: value },
      previous: state.value === null ? {} : { [question]: state.value },
      msg: `${args.name} ${question} ${vtype} ${value}`,
    };
  },

  preview: ({ args, state, wanted }) => [
    {
      beforeHeader: args.name,
      afterHeader: args.name,
      before: state.value === null ? '' : `${args.question}: ${shown(args, state.value)}\n`,
      after: `${args.question}: ${shown(args, wanted.value)}\n`,
    },
  ],
});

const hidden = '(a password)';
const shown = ({ vtype }: Args, value: string | null | undefined) => (vtype === 'password' ? hidden : value);

/** As debconf keeps it: one line, booleans in small letters, lists with commas. */
function answerOf({ value, vtype }: Args): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  if (/[\r\n]/.test(text)) throw new ModuleFailure('an answer is one line');
  if (vtype !== 'boolean') return text;
  const truth = toBoolean(value);
  if (truth === undefined) throw new ModuleFailure(`"${text}" is neither true nor false`);
  return String(truth);
}
