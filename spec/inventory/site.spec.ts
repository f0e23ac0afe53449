import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { playbookLayers } from '../../engine/inventory/inventory.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { selectHosts } from '../../engine/inventory/select-hosts.ts';
import type { Files } from '../../engine/source/files.ts';

const site = 'spec/fixtures/inventory/site';

/** The real disk, where a missing file is undefined. */
const files: Files = {
  read: (path) => (isThere(path) && !statSync(path).isDirectory() ? readFileSync(path, 'utf8') : undefined),
  list: (path) => (isThere(path) && statSync(path).isDirectory() ? readdirSync(path) : undefined),
  isDirectory: (path) => isThere(path) && statSync(path).isDirectory(),
};

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

describe('The inventory of a site on disk', () => {
  for (const source of [site, `${site}/hosts.ini`]) {
    it(`gives every host its variables (${source})`, () => {
      const inventory = loadInventory([source], files);
      const vars = Object.assign({}, ...inventory.hostLayers('etcd02').map((layer) => layer.values)) as Record<
        string,
        unknown
      >;
      expect(vars).to.deep.equal({
        ansible_user: 'root',
        apiserver_vip: '192.0.2.10',
        etcd_version: '3.5.9',
        etcd_data_dir: '/srv/etcd',
        etcd_quota_mb: 8192,
      });
      expect(inventory.host('node2')!.vars.values).to.deep.equal({
        ansible_host: '192.0.2.42',
        labels: { tier: 'front' },
      });
    });
  }

  it('answers the patterns of a cluster playbook', () => {
    const inventory = loadInventory([site], files);
    expect(selectHosts(inventory, 'kube_control_plane[0]')).to.deep.equal(['cp1']);
    expect(selectHosts(inventory, 'k8s_cluster:!kube_control_plane')).to.deep.equal(['node1', 'node2']);
    expect(selectHosts(inventory, 'ex_lb')).to.deep.equal(['lb1', 'lb2']);
  });

  it('reads the vars files beside a playbook apart from those of the inventory', () => {
    const inventory = loadInventory(['etcd02,'], files);
    const layers = playbookLayers(inventory, 'etcd02', site);
    expect(layers.map((layer) => layer.file)).to.deep.equal([
      `${site}/group_vars/all.yml`,
      `${site}/host_vars/etcd02.yml`,
    ]);
  });
});
