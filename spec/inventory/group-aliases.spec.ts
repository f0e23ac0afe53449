import { expect } from 'chai';
import { aliasesOf, existingName, impliedGroups } from '../../engine/inventory/group-aliases.ts';

describe('existingName', () => {
  const cases: readonly (readonly [asked: string, groups: readonly string[], found: string | undefined])[] = [
    ['kube_control_plane', ['kube_master'], 'kube_master'],
    ['kube_master', ['kube_control_plane'], 'kube_control_plane'],
    ['kube_master', ['kube_control_plane', 'kube_master'], 'kube_master'],
    ['lb', ['ex_lb'], 'ex_lb'],
    ['ex_lb', ['lb'], 'lb'],
    ['kube_control_plane', ['kube-master'], 'kube-master'],
    ['etcd', ['lb'], undefined],
  ];
  for (const [asked, groups, found] of cases) {
    it(`finds ${asked} among ${groups.join(', ')} as ${found}`, () =>
      expect(existingName(asked, (name) => groups.includes(name))).to.equal(found));
  }

  it('knows no other name for most groups', () => expect(aliasesOf('etcd')).to.deep.equal([]));
});

describe('impliedGroups', () => {
  const cases: readonly (readonly [groups: readonly string[], implied: Readonly<Record<string, readonly string[]>>])[] =
    [
      [[], {}],
      [['web'], {}],
      [
        ['etcd', 'kube_master', 'kube_node', 'ex_lb', 'harbor'],
        {
          kube_control_plane: ['kube_master'],
          lb: ['ex_lb'],
          registry: ['harbor'],
          k8s_cluster: ['kube_control_plane', 'kube_node'],
        },
      ],
      [
        ['kube-master', 'kube-node', 'k8s-cluster'],
        { kube_control_plane: ['kube-master'], kube_node: ['kube-node'], k8s_cluster: ['k8s-cluster'] },
      ],
      [['kube_control_plane'], { k8s_cluster: ['kube_control_plane'] }],
      [['kube_control_plane', 'kube_master', 'kube_node', 'k8s_cluster', 'lb', 'ex_lb'], {}],
    ];
  for (const [groups, implied] of cases) {
    it(`of ${groups.join(', ') || 'no group'} are ${Object.keys(implied).join(', ') || 'none'}`, () =>
      expect(Object.fromEntries(impliedGroups((name) => groups.includes(name)))).to.deep.equal(implied));
  }
});
