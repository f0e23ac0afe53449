import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { attributeArgs } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { type EditedIni, editIni } from '../module/edit-ini.ts';
import { bytes } from '../module/edit-line.ts';
import {
  applyEdited,
  checkEditable,
  type EditedFile,
  editedDiffs,
  editedResult,
  probeEdited,
  wantedEdited,
} from '../module/edited-file.ts';
import { ModuleFailure } from '../target/failure.ts';

const args = {
  path: { type: 'path', required: true, aliases: ['dest'], description: 'the file' },
  section: { description: 'the section; the part before the first one when left out' },
  section_has_values: {
    type: 'list',
    description: 'of sections of one name, the one with these options is meant',
    options: {
      option: { required: true, description: 'an option of that section' },
      value: { description: 'its value' },
      values: { type: 'list', elements: 'str', description: 'its values' },
    },
  },
  option: { description: 'the option; the section as a whole when left out' },
  value: { description: 'the value' },
  values: { type: 'list', elements: 'str', description: 'values of an option that is there several times' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether it shall be there' },
  exclusive: {
    type: 'bool',
    default: true,
    description: 'other values of the option go; otherwise only the values named are added or removed',
  },
  no_extra_spaces: { type: 'bool', default: false, description: 'no blanks around =' },
  ignore_spaces: {
    type: 'bool',
    default: false,
    description: 'a line that differs in blanks around = only is left alone',
  },
  create: { type: 'bool', default: true, description: 'make the file when it is not there' },
  allow_no_value: { type: 'bool', default: false, description: 'the option may stand without a value' },
  modify_inactive_option: { type: 'bool', default: true, description: 'a commented line of the option may become it' },
  follow: { type: 'bool', default: false, description: 'taken and ignored: links are always followed' },
  backup: { type: 'bool', default: false, description: 'keep a copy of the old file beside it' },
  ...attributeArgs,
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes an option of an INI file have a value, or not be there.',
  args,
  rules: { mutuallyExclusive: [['value', 'values']] },
  returns: { msg: 'what happened', path: 'the file', backup_file: 'the copy of the old file' },
  examples: `- name: Keep at most 1 GB of journal
  ini_file:
    path: /etc/systemd/journald.conf
    section: Journal
    option: SystemMaxUse
    value: 1G
    no_extra_spaces: true
`,

  onlyFiles: true,

  probe: ({ args, target }): Promise<EditedFile> => probeEdited(target, args.path),

  desired({ args, state }) {
    checkEditable(args, state);
    if (args.state === 'absent' && state.text === undefined) return {};
    return wantedEdited(edited(args, state).text, args, state);
  },

  apply: ({ args, state, wanted, target }) => applyEdited(target, args, state, wanted),

  returned: ({ args, state, wanted }) => ({
    msg: wanted.type === undefined ? 'OK' : edited(args, state).msg,
    path: args.path,
    ...(wanted.type !== undefined && editedResult(state, wanted)),
  }),

  preview: ({ state, wanted, target }) => editedDiffs(target, state, wanted),
});

function edited(args: Args, state: EditedFile): EditedIni {
  const spell = (text: string) => (state.encoding === 'utf8' ? text : bytes(text));
  const optional = (text: string | undefined) => (text === undefined ? undefined : spell(text));
  const given = args.values ?? (args.value === undefined ? [] : [args.value]);
  if (args.state === 'present' && args.option !== undefined && given.length === 0 && !args.allow_no_value)
    throw new ModuleFailure("Parameter 'value(s)' must be defined if state=present and allow_no_value=False.");
  const alone = args.state === 'present' && given.length === 0;
  return editIni(state.text ?? '', {
    ...args,
    section: optional(args.section),
    option: optional(args.option),
    values: alone ? [undefined] : [...new Set(given)].map(spell),
    section_has_values: args.section_has_values?.map(({ option, value, values }) => ({
      option: spell(option),
      values: (values ?? (value === undefined ? [] : [value])).map(spell),
    })),
  });
}
