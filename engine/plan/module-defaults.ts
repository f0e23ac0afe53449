/** `module_defaults`: which of them are for a module, whole as they are written. */
import { bareModuleName } from '../playbook/arguments.ts';
import type { Positioned, RawValue } from '../playbook/ast.ts';
import { isMapping } from '../playbook/node.ts';

/** Ansible's groups of modules, as far as there are such modules here. */
const groups: Readonly<Record<string, RegExp>> = {
  'group/k8s': /^k8s(_info|_drain)?$/,
  'group/kubernetes.core.k8s': /^k8s(_info|_drain)?$/,
  'group/helm': /^helm$/,
  'group/kubernetes.core.helm': /^helm$/,
  'group/docker': /^docker_(container|image|network)$/,
  'group/community.docker.docker': /^docker_(container|image|network)$/,
};

/**
 * The defaults that count for a module, the weakest first: those of its groups, then its own. Of several under one name only the
 * innermost counts: they replace each other whole.
 */
export function defaultsOf(
  module: string,
  written: readonly Positioned<Readonly<Record<string, RawValue>>>[],
): readonly Positioned[] {
  if (written.length === 0) return written;
  const ofGroups = new Map<string, Positioned>();
  let own: Positioned | undefined;
  for (const { value, at } of written) {
    if (!isMapping(value)) continue;
    for (const [name, defaults] of Object.entries(value)) {
      if (groups[name]?.test(module)) ofGroups.set(name, { value: defaults, at });
      if (bareModuleName(name) === module) own = { value: defaults, at };
    }
  }
  return [...ofGroups.values(), ...(own ? [own] : [])];
}
