/** `ansible_host` and its kin, and `ansible_delegated_vars`, as tasks see them on a host whose variables do not say: what keywords and flags come to. */
import type { Lexical } from '../plan/plan.ts';
import type { Positioned } from '../playbook/ast.ts';
import { renderValue, trusted } from '../template/render.ts';
import { missing, type Scope, ScopeDict } from '../template/values.ts';
import type { HostState, Run } from './context.ts';

/** `defined` are the names somebody defines: `remote_user: "{{ ansible_user | default('root') }}"` asks only for those. */
interface Place {
  readonly run: Run;
  /** The same place on another host. */
  readonly elsewhere: (host: HostState) => Scope;
  readonly host: HostState;
  readonly lexical: Lexical;
  readonly defined: Scope;
}

export function howReached(name: string, place: Place): unknown | typeof missing {
  const { run, host, lexical, defined } = place;
  const { connection, port, remote_user, delegate_to } = lexical.told?.inherited ?? {};
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
    case 'ansible_managed':
      return run.options.managed ?? missing;
    case 'ansible_delegated_vars':
      return delegate_to ? delegatedVariables(delegate_to, place) : missing;
    default:
      return missing;
  }
}

/** What the host says to whom the task is delegated, under its name; `inventory_hostname` is whose task it is, as in Ansible. */
function delegatedVariables({ value, at }: Positioned, { run, host, defined, elsewhere }: Place): unknown {
  const name = renderValue(value, { scope: defined, lookups: run.lookups, filters: run.filters, tests: run.tests }, at);
  if (typeof name !== 'string' || name === '') return missing;
  const theirs = elsewhere(run.host(name));
  const get: Scope['get'] = (asked) => (asked === 'inventory_hostname' ? host.name : theirs.get(asked));
  return { [name]: new ScopeDict({ get, names: () => theirs.names() }) };
}
