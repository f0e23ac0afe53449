import { homedir, userInfo } from 'node:os';
import type { HostKeyChecking } from '../connection/connection.ts';
import type { ConnectionDefaults } from '../run/connection-settings.ts';
import type { CliOptions } from './options.ts';
import { askSecret, readPasswordFile, type Terminal } from './secret-input.ts';

/** What flags, prompts and the controller's user say about connecting. */
export async function connectionDefaults(
  options: CliOptions,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<ConnectionDefaults> {
  const password = options.connectionPasswordFile
    ? readPasswordFile(options.connectionPasswordFile)
    : options.askPass
      ? await askSecret('SSH password', terminal, options.input)
      : undefined;
  const becomePassword = options.becomePasswordFile
    ? readPasswordFile(options.becomePasswordFile)
    : options.askBecomePass
      ? await askSecret('BECOME password', terminal, options.input)
      : undefined;
  return {
    user: options.user,
    privateKeyFile: options.privateKey,
    connection: options.connection,
    password,
    become: options.become,
    becomeUser: options.becomeUser,
    becomeMethod: options.becomeMethod,
    becomePassword,
    sshCommonArgs: options.sshCommonArgs,
    sshExtraArgs: options.sshExtraArgs,
    hostKeyChecking: (options.hostKeyChecking ?? 'strict') as HostKeyChecking,
    connectTimeoutMs: options.timeout * 1000,
    home: homedir(),
    localUser: userInfo().username,
    agent: process.env['SSH_AUTH_SOCK'],
    environment: process.env,
    onAcceptedHostKey: ({ host, fingerprint, file }) =>
      process.stderr.write(`kplay: remembered the host key of ${host} (${fingerprint}) in ${file}\n`),
  };
}
