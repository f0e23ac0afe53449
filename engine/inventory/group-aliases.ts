/** One group under several names: inventories in the vocabularies of kubespray and kubeasz fit kplay's own playbooks. */

/** The first name of each is kplay's own. A name stands for another only where that group is absent. */
const sameGroup: readonly (readonly [string, ...string[]])[] = [
  ['kube_control_plane', 'kube_master', 'kube-master'],
  ['kube_node', 'kube-node'],
  ['k8s_cluster', 'k8s-cluster'],
  ['lb', 'ex_lb', 'ex-lb'],
  ['registry', 'harbor'],
];

/** What a group consists of where nobody defines it. */
const composed: Readonly<Record<string, readonly string[]>> = { k8s_cluster: ['kube_control_plane', 'kube_node'] };

/** The other names of a group; empty for most. */
export function aliasesOf(group: string): readonly string[] {
  return sameGroup.find((names) => names.includes(group))?.filter((name) => name !== group) ?? [];
}

/** The name under which a group exists: its own, else that of an alias that does; undefined when neither is there. */
export function existingName(group: string, exists: (name: string) => boolean): string | undefined {
  return exists(group) ? group : aliasesOf(group).find(exists);
}

/**
 * Groups of kplay's own names that an inventory lacks but means, each with the groups beneath it: `kube_control_plane` above
 * `kube_master`, `k8s_cluster` above both kinds of hosts. A group that is there is never among them.
 */
export function impliedGroups(exists: (name: string) => boolean): ReadonlyMap<string, readonly string[]> {
  const implied = new Map<string, readonly string[]>();
  for (const [own, ...others] of sameGroup) {
    const other = exists(own) ? undefined : others.find(exists);
    if (other !== undefined) implied.set(own, [other]);
  }
  for (const [name, parts] of Object.entries(composed)) {
    const there = parts.filter((part) => exists(part) || implied.has(part));
    if (!exists(name) && !implied.has(name) && there.length > 0) implied.set(name, there);
  }
  return implied;
}
