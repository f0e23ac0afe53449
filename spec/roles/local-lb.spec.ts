/** The local load balancer against the configurations of S4.8 and S4.9: what became of each of their lines, and why. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectCorrected } from './document.ts';

const fixtures = 'spec/fixtures/roles';

describe('the local load balancer, and the document', () => {
  it('haproxy: each line of S4.8 is kept, or corrected for a reason', () => {
    expectCorrected(
      join(fixtures, 's4-local/haproxy.cfg.document'),
      join(fixtures, 's4-local/master1/haproxy.cfg.golden'),
      {
        'log /dev/log local1 warning': 'to the journal: the unit has no /dev/log of its own',
        'chroot /var/lib/haproxy': 'the unit has no rights to give up',
        'user haproxy': 'a user of its own, made by systemd',
        'group haproxy': 'likewise',
        daemon: 'systemd runs it',
        'nbproc 1': 'gone from haproxy 2.5 on (S4.E7)',
        'timeout connect 5s': '1 s: a server of the same network answers sooner, or not at all',
        'timeout client 10m': '4 h: watches, exec and logs are idle for longer (S0.E5)',
        'timeout server 10m': 'likewise',
        'listen kube_master': 'frontend and backend apart, as in the role haproxy',
        'bind 127.0.0.1:6443': 'a port of its own, unless kube-apiserver leaves 127.0.0.1 alone (S4.E4)',
        'balance roundrobin': 'leastconn: connections are of very different length',
        ...Object.fromEntries(
          ['192.168.13.117', '192.168.13.118', '192.168.13.119'].map((address) => [
            `server ${address} ${address}:6443 check inter 10s fall 2 rise 2 weight 1`,
            'addresses of the inventory; /readyz over TLS every 2 s instead of a connection every 10 s (S4.E7)',
          ]),
        ),
      },
    );
  });

  it('nginx: each line of S4.9 is kept, or corrected for a reason', () => {
    expectCorrected(
      join(fixtures, 's4-local/nginx.conf.document'),
      join(fixtures, 's4-local-nginx/node1/nginx.conf.golden'),
      {
        'user root;': 'without rights (S4.E7)',
        'error_log /var/log/nginx/error.log warn;': 'to the journal',
        'worker_connections 3000;': 'two for each connection: 2000 in all, as with haproxy',
        'upstream backend {': 'the name that haproxy has for it',
        'listen 127.0.0.1:6443;': 'a port of its own (S4.E4), and keepalives towards clients',
        'proxy_pass backend;': 'the name that haproxy has for it',
      },
    );
  });

  it('has no unit with rights', () => {
    for (const path of ['s4-local', 's4-local-nginx']) {
      const unit = readFileSync(join(fixtures, path, 'node1/local-lb.service.golden'), 'utf8');
      for (const line of [
        'DynamicUser=yes',
        'CapabilityBoundingSet=',
        'ProtectSystem=strict',
        'Before=kubelet.service',
      ])
        if (!unit.split('\n').includes(line)) throw new Error(`${path}: ${line} is missing`);
    }
  });
});
