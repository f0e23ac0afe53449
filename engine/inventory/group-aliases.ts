/** Names for one and the same group in the vocabularies of kubespray and kubeasz. A name stands for another only where that group is absent. */
const sameGroup: readonly (readonly string[])[] = [
  ['kube_control_plane', 'kube_master'],
  ['lb', 'ex_lb'],
];

/** The other names of a group; empty for most. */
export function aliasesOf(group: string): readonly string[] {
  return sameGroup.find((names) => names.includes(group))?.filter((name) => name !== group) ?? [];
}

/** The name under which a group exists: its own, else that of an alias that does; undefined when neither is there. */
export function existingName(group: string, exists: (name: string) => boolean): string | undefined {
  return exists(group) ? group : aliasesOf(group).find(exists);
}
