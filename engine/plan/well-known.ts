/** Names that nobody has to define. */

const names = new Set([
  // Variables of the engine.
  ...['inventory_hostname', 'inventory_hostname_short', 'group_names', 'groups', 'hostvars', 'inventory_dir'],
  ...[
    'inventory_file',
    'playbook_dir',
    'play_hosts',
    'role_path',
    'role_name',
    'role_names',
    'omit',
    'vars',
    'environment',
  ],
  ...['template_host', 'template_path', 'template_fullpath', 'template_run_date', 'template_uid', 'template_destpath'],
  // What templates bring themselves.
  ...[
    'lookup',
    'query',
    'q',
    'now',
    'undef',
    'range',
    'dict',
    'lipsum',
    'cycler',
    'joiner',
    'namespace',
    'loop',
    'self',
  ],
  ...['super', 'caller', 'varargs', 'kwargs', 'true', 'false', 'none', 'True', 'False', 'None', 'context'],
]);

/** Variables of the engine, facts, and what the template language itself provides. */
export function isWellKnown(name: string): boolean {
  return names.has(name) || name.startsWith('ansible_') || /^(?:facter|ohai|getent)_/.test(name);
}

/** Facts some modules add beside `ansible_…`; others that say they return facts may add any. */
export const factsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['setup', []],
  ['gather_facts', []],
  ['hostname', []],
  ['service_facts', ['services']],
  ['package_facts', ['packages']],
  ['mount_facts', ['mount_points']],
]);
