import { expect } from 'chai';
import { inventoryText } from './inventory.ts';
import { labTopology, plan } from './topology.ts';

const paths = { key: '/keys/id', knownHosts: '/keys/known_hosts' };

describe('lab inventory', () => {
  it('names every host with its address, and how to log in', () => {
    const text = inventoryText({ hosts: plan(['a', 'b']), groups: {}, children: {}, kubernetes: false }, paths);
    expect(text).to.equal(`# Written by \`npm run lab -- up\`; gone after \`npm run lab -- down\`.

a ansible_host=10.77.0.11
b ansible_host=10.77.0.12

[all:vars]
ansible_user=root
ansible_ssh_private_key_file=/keys/id
ansible_ssh_known_hosts_file=/keys/known_hosts
ansible_ssh_common_args='-o UserKnownHostsFile=/keys/known_hosts -o StrictHostKeyChecking=yes'
`);
  });

  it("has kubespray's groups and the lab's VIP and binaries, for a cluster", () => {
    const lines = inventoryText(labTopology('ha'), { ...paths, kubernetes: '/bin/v1' }).split('\n\n');
    expect(lines.slice(2, 5)).to.deep.equal([
      '[etcd]\netcd1\netcd2\netcd3',
      '[kube_control_plane]\nmaster1\nmaster2\nmaster3',
      '[lb:children]\nkube_control_plane',
    ]);
    expect(lines[5]!.split('\n')).to.include.members([
      'cluster_vip=10.77.0.100/24',
      'keepalived_interface=host0',
      'etcd_install=package',
      'kube_binary_source=/bin/v1',
      'containerd_cgroup_driver=cgroupfs',
      'containerd_kernel_modules=[]',
    ]);
  });
});
