/** The arguments of the user module. */
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';

const elsewhere = 'a matter of other systems: taken and ignored';

export const userArgs = {
  name: { required: true, aliases: ['user'] },
  state: { choices: ['present', 'absent'], default: 'present' },
  uid: { type: 'int' },
  non_unique: { type: 'bool', default: false, description: 'let two users have one uid' },
  comment: { description: 'the GECOS field' },
  group: { description: 'primary group, by name or number' },
  groups: {
    type: 'list',
    elements: 'str',
    description: 'groups to be in beside the primary one, and in no others unless `append`; an empty list means none',
  },
  append: { type: 'bool', default: false, description: 'only add to `groups`' },
  shell: { type: 'path' },
  home: { type: 'path' },
  skeleton: { type: 'path', description: 'what a new home starts from' },
  create_home: {
    type: 'bool',
    default: true,
    aliases: ['createhome'],
    description: 'make the home when it is missing',
  },
  move_home: { type: 'bool', default: false, description: 'move the contents along when `home` changes' },
  password: { secret: true, description: 'the hash as in shadow; it travels over stdin and is never shown' },
  update_password: {
    choices: ['always', 'on_create'],
    default: 'always',
    description: 'whether a user who is there gets `password`',
  },
  password_lock: { type: 'bool' },
  password_expire_max: { type: 'int', description: 'days a password may be used' },
  password_expire_min: { type: 'int', description: 'days between two changes' },
  password_expire_warn: { type: 'int', description: 'days of warning' },
  password_expire_account_disable: { type: 'int', description: 'days after which an expired password locks' },
  expires: { type: 'float', description: 'when the account ends, in seconds since the epoch; negative for never' },
  system: { type: 'bool', default: false, description: 'a number from the range of system users, for a new one' },
  force: { type: 'bool', default: false, description: 'remove a user who is logged in' },
  remove: { type: 'bool', default: false, description: 'remove home and mail along with the user' },
  umask: { type: 'mode', description: 'umask for the new home' },
  uid_min: { type: 'int' },
  uid_max: { type: 'int' },
  generate_ssh_key: { type: 'bool', default: false, description: 'make a key pair when there is none' },
  ssh_key_type: { default: 'rsa' },
  ssh_key_bits: { type: 'int', description: "ssh-keygen's own default unless told" },
  ssh_key_file: { type: 'path', description: 'in the home unless absolute; `.ssh/id_<type>` unless told' },
  ssh_key_comment: { description: '`ansible-generated on <host>` unless told' },
  ssh_key_passphrase: { secret: true, description: 'refused: ssh-keygen would show it in the list of processes' },
  seuser: { description: 'SELinux user' },
  local: { type: 'bool', default: false, description: 'taken and ignored: the tools of shadow edit local files' },
  hidden: { type: 'bool', description: elsewhere },
  login_class: { description: elsewhere },
  profile: { description: elsewhere },
  authorization: { description: elsewhere },
  role: { description: elsewhere },
} as const satisfies ArgsLiteral;

export type UserArgs = ArgsOf<typeof userArgs>;
