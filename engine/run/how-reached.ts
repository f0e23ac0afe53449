/** `ansible_host` and its kin, as tasks see them on a host whose variables do not say: what keywords and flags come to. */
import type { Lexical } from '../plan/plan.ts';
import type { Positioned } from '../playbook/ast.ts';
import { trusted } from '../template/render.ts';
import { missing, type Scope } from '../template/values.ts';
import type { HostState, Run } from './context.ts';

/** `defined` are the names somebody defines: `remote_user: "{{ ansible_user | default('root') }}"` asks only for those. */
interface Place {
  readonly run: Run;
  readonly host: HostState;
  readonly lexical: Lexical;
  readonly defined: Scope;
}

export function howReached(name: string, { run, host, lexical, defined }: Place): unknown | typeof missing {
  const { connection, port, remote_user } = lexical.told?.inherited ?? {};
  const { defaults, inventory } = run.options;
  const keyword = (written: Positioned | undefined) => written && trusted(written.value, written.at, defined);
  switch (name) {
    case 'ansible_host':
    case 'ansible_ssh_host':
      return host.name;
    case 'ansible_connection':
      if (inventory.host(host.name)?.implicit) return 'local';
      return keyword(connection) ?? defaults.connection ?? 'ssh';
    case 'ansible_user':
    case 'ansible_ssh_user':
      return keyword(remote_user) ?? defaults.user ?? missing;
    case 'ansible_port':
    case 'ansible_ssh_port':
      return keyword(port) ?? missing;
    default:
      return missing;
  }
}
