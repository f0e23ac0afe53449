import { expect } from 'chai';
import { aliasesOf, existingName } from '../../engine/inventory/group-aliases.ts';

describe('existingName', () => {
  const cases: readonly (readonly [asked: string, groups: readonly string[], found: string | undefined])[] = [
    ['kube_control_plane', ['kube_master'], 'kube_master'],
    ['kube_master', ['kube_control_plane'], 'kube_control_plane'],
    ['kube_master', ['kube_control_plane', 'kube_master'], 'kube_master'],
    ['lb', ['ex_lb'], 'ex_lb'],
    ['ex_lb', ['lb'], 'lb'],
    ['etcd', ['lb'], undefined],
  ];
  for (const [asked, groups, found] of cases) {
    it(`finds ${asked} among ${groups.join(', ')} as ${found}`, () =>
      expect(existingName(asked, (name) => groups.includes(name))).to.equal(found));
  }

  it('knows no other name for most groups', () => expect(aliasesOf('etcd')).to.deep.equal([]));
});
