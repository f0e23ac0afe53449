import { expect } from 'chai';
import { defaultsOf } from '../../engine/plan/module-defaults.ts';

const at = { file: 'site.yml', line: 1, column: 1 };
const valuesOf = (module: string, ...written: readonly Readonly<Record<string, unknown>>[]) =>
  defaultsOf(
    module,
    written.map((value) => ({ value, at })),
  ).map(({ value }) => value);

describe('module_defaults of a group', () => {
  it('count for its modules, below those of the module itself', () => {
    const written = { k8s_info: { context: 'own' }, 'group/k8s': { context: 'group', kubeconfig: '/k' } };
    expect(valuesOf('k8s_info', written)).to.deep.equal([{ context: 'group', kubeconfig: '/k' }, { context: 'own' }]);
    expect(valuesOf('k8s', written)).to.deep.equal([{ context: 'group', kubeconfig: '/k' }]);
    expect(valuesOf('docker_image', written)).to.deep.equal([]);
  });

  it('are known by their full names', () => {
    expect(valuesOf('k8s', { 'group/kubernetes.core.k8s': { a: 1 } })).to.deep.equal([{ a: 1 }]);
    expect(valuesOf('docker_image', { 'group/community.docker.docker': { a: 1 } })).to.deep.equal([{ a: 1 }]);
  });

  it('hold the modules that Ansible has in them', () => {
    expect(valuesOf('k8s_drain', { 'group/k8s': { a: 1 } })).to.deep.equal([{ a: 1 }]);
    expect(valuesOf('k8s_drain', { 'group/kubernetes.core.k8s': { a: 1 } })).to.deep.equal([{ a: 1 }]);
    expect(valuesOf('helm', { 'group/k8s': { a: 1 } })).to.deep.equal([]);
    for (const name of ['group/helm', 'group/kubernetes.core.helm'])
      expect(valuesOf('helm', { [name]: { a: 1 } })).to.deep.equal([{ a: 1 }]);
    for (const module of ['docker_container', 'docker_image', 'docker_network'])
      expect(valuesOf(module, { 'group/docker': { a: 1 } })).to.deep.equal([{ a: 1 }]);
  });

  it('replace each other whole', () => {
    expect(valuesOf('k8s', { 'group/k8s': { a: 1 } }, { 'group/k8s': { b: 1 } })).to.deep.equal([{ b: 1 }]);
  });
});
