import { applyUser, keyResult, numbersOf } from '../module/accounts/user-apply.ts';
import { userArgs } from '../module/accounts/user-arguments.ts';
import { keyFile, probeUser, wantedOfUser } from '../module/accounts/user-state.ts';
import { defineModule } from '../module/definition.ts';

export default defineModule({
  summary: 'Makes, changes and removes users.',
  description: [
    'Only what differs is changed. A password hash travels over stdin: it is in no process list and no report.',
  ],
  args: userArgs,
  returns: {
    name: 'the user',
    state: 'present or absent',
    uid: 'number of the user',
    group: 'number of the primary group',
    groups: 'the groups asked for, joined by commas',
    comment: 'the GECOS field',
    home: 'home directory',
    shell: 'login shell',
    append: 'as asked',
    move_home: 'as asked',
    create_home: 'as asked',
    system: 'as asked',
    password: 'never the real one',
    ssh_key_file: 'the private key',
    ssh_public_key: 'the public key',
    ssh_fingerprint: 'its fingerprint, as ssh-keygen -l tells it',
  },
  examples: `- name: The user that etcd runs as
  user:
    name: etcd
    system: true
    shell: /usr/sbin/nologin
    home: /var/lib/etcd
    create_home: false`,
  probe: ({ args, target }) => probeUser(args, target),
  desired({ args, state, controller }) {
    if (args.password !== undefined) controller.secret(args.password);
    return wantedOfUser(args, state);
  },
  apply: ({ args, state, wanted, change, target }) => applyUser(args, state, wanted, change, target),
  returned({ args, state }) {
    const base = { name: args.name, state: args.state };
    if (args.state === 'absent') return { ...base, force: args.force, remove: args.remove };
    const { account } = state;
    return {
      ...base,
      ...(account && numbersOf(account)),
      ...(account ? { comment: account.comment, home: account.home, shell: account.shell } : {}),
      ...(args.groups === undefined ? {} : { groups: args.groups.join(',') }),
      append: args.append,
      move_home: args.move_home,
      ...(account ? {} : { create_home: args.create_home, system: args.system }),
      ...(args.password === undefined ? {} : { password: 'NOT_LOGGING_PASSWORD' }),
      ...(args.generate_ssh_key && account && keyResult(keyFile(args, args.home ?? account.home), state.publicKey)),
    };
  },
});
