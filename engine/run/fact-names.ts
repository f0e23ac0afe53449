/** Names that begin like facts, and are connection or magic variables: mentioning them asks for no fact. */
const others =
  /^ansible_(host|port|user|password|connection|timeout|forks|verbosity|version|limit|facts|loop|loop_var|index_var|managed|failed_task|failed_result|inventory_sources|config_file|delegated_vars|group_priority|shell_.*|exec_.*|ssh_(host|port|user|pass|password|private_key_file|private_key_passphrase|known_hosts_file|common_args|extra_args|args|timeout|executable|host_key_checking|pipelining|retries)|private_key_.*|host_key_checking|become.*|sudo_.*|su_.*|play_.*|check_mode|diff_mode|run_tags|skip_tags|role_.*|parent_role_.*|search_path|python_interpreter|dependent_role_names)$/;

export function mayBeFact(name: string): boolean {
  return !others.test(name);
}
