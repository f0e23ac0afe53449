import { expect } from 'chai';
import { labTopology, plan } from './topology.ts';

describe('lab topology', () => {
  it('gives hosts addresses in their order, from 10.77.0.11', () => {
    expect(plan(['a', 'b-2'])).to.deep.equal([
      { name: 'a', address: '10.77.0.11' },
      { name: 'b-2', address: '10.77.0.12' },
    ]);
  });

  for (const [what, names, message] of [
    ['no host at all', [], /1 to 80 hosts/],
    ['more hosts than fit below the VIP', Array.from({ length: 81 }, (_, index) => `h${index}`), /1 to 80 hosts/],
    ['a name given twice', ['a', 'b', 'a'], /named twice: a b a/],
    ['a name too long for an interface', ['abcdefghijklm'], /"abcdefghijklm" is no lab host name/],
    ['a name that is no host name', ['A_1'], /"A_1" is no lab host name/],
  ] as const) {
    it(`refuses ${what}`, () => expect(() => plan(names)).to.throw(message));
  }

  it('has three etcd hosts and three control planes, which are the load balancers too, for ha', () => {
    const { hosts, groups, children } = labTopology('ha');
    expect(hosts.map(({ name }) => name)).to.deep.equal(['etcd1', 'etcd2', 'etcd3', 'master1', 'master2', 'master3']);
    expect(groups).to.deep.equal({
      etcd: ['etcd1', 'etcd2', 'etcd3'],
      kube_control_plane: ['master1', 'master2', 'master3'],
    });
    expect(children).to.deep.equal({ lb: ['kube_control_plane'] });
  });

  it('has as many alike hosts as asked for, without Kubernetes, for bench', () => {
    const { hosts, groups, kubernetes } = labTopology('bench', 2);
    expect(hosts.map(({ name }) => name)).to.deep.equal(['h1', 'h2']);
    expect({ groups, kubernetes }).to.deep.equal({ groups: {}, kubernetes: false });
  });
});
