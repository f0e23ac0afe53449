/** S0 as the document has it, line by line: what the roles render in the document's own form, what they render instead, and why. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { expectCorrected } from './document.ts';

const fixtures = 'spec/fixtures/roles';
const host = 'k8s-master-1';

const keepalived = {
  'notification_email {': 'nobody is written to',
  'router_id LVS_DEVEL01': "the host's own name",
  'vrrp_script check_k8s {': 'the name that all playbooks have for it',
  'script "/etc/keepalived/chk_k8s_master.sh"': 'likewise',
  check_k8s: 'likewise',
  'vrrp_instance VI_1 {': 'likewise',
  'interval 3': '1 s',
  'authentication {': 'in a file for root alone',
  'auth_type PASS': 'likewise',
  'auth_pass 1111': 'likewise, generated',
  '172.20.0.224/24': 'with its interface',
} as const;

/** What differs in all units. */
const unit = {
  'Documentation=https://github.com/GoogleCloudPlatform/kubernetes': 'moved',
  'Restart=on-failure': 'always: whoever ends it comes back',
  'RestartSec=5': 'the same, with its unit',
} as const;

const certificates = 'one certificate for each purpose (S0.E11)';
const table = 'refused by the table of versions';
const flags = (reasons: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(reasons).map(([flag, reason]) => [`--${flag} \\`, reason]));

const units: Readonly<Record<string, { readonly form: object; readonly fate: object }>> = {
  'kube-apiserver': {
    form: {
      'Description=Kubernetes API Server': 'spelling',
      'After=network.target': 'the network must be up; etcd may be of this host',
      'User=root': 'so it is where nothing is said',
      ...flags({ 'enable-bootstrap-token-auth': 'each flag has a value' }),
    },
    fate: flags({
      'admission-control=NamespaceLifecycle,LimitRanger,ServiceAccount,PersistentVolumeLabel,DefaultStorageClass,ResourceQuota,DefaultTolerationSeconds,NodeRestriction':
        'enable-admission-plugins, for what is not on anyway',
      'apiserver-count=3': 'the lease reconciler counts by itself',
      'audit-log-maxbackup=3': '10',
      'audit-log-path=/var/lib/audit.log': 'a folder of its own, and a policy: without one it stays empty (S0.E12)',
      'client-ca-file=/etc/kubernetes/ssl/ca.pem': certificates,
      'enable-swagger-ui=true': table,
      'etcd-cafile=/etc/kubernetes/ssl/ca.pem': "etcd's own authority",
      'etcd-certfile=/etc/kubernetes/ssl/kubernetes.pem': certificates,
      'etcd-keyfile=/etc/kubernetes/ssl/kubernetes-key.pem': certificates,
      'kubelet-https=true': table,
      'insecure-bind-address=0.0.0.0': 'an API without authentication (S0.E8)',
      'runtime-config=rbac.authorization.k8s.io/v1': 'on by itself since 1.8',
      'service-account-key-file=/etc/kubernetes/ssl/ca-key.pem': 'keys of their own (S0.E10)',
      'service-node-port-range=30000-32000': '30000-32767 (S0.E15)',
      'tls-cert-file=/etc/kubernetes/ssl/kubernetes.pem': certificates,
      'tls-private-key-file=/etc/kubernetes/ssl/kubernetes-key.pem': certificates,
      'token-auth-file=/etc/kubernetes/token.csv': 'bootstrap tokens (S0.E13)',
    }),
  },
  'kube-controller-manager': {
    form: { 'Description=Kubernetes Controller Manager': 'spelling' },
    fate: flags({
      'address=127.0.0.1': 'bind-address; plain HTTP is closed by port=0',
      'master=http://172.20.0.224:9080': 'a kubeconfig with a client certificate (S0.E8)',
      'cluster-cidr=10.254.0.0/16': 'that is the Service network (S0.E9)',
      'cluster-signing-cert-file=/etc/kubernetes/ssl/ca.pem': 'another folder',
      'cluster-signing-key-file=/etc/kubernetes/ssl/ca-key.pem': 'likewise',
      'service-account-private-key-file=/etc/kubernetes/ssl/ca-key.pem': 'a key of its own (S0.E10)',
      'root-ca-file=/etc/kubernetes/ssl/ca.pem': 'another folder',
    }),
  },
  'kube-scheduler': {
    form: { 'Description=Kubernetes Scheduler': 'spelling' },
    fate: flags({
      'address=127.0.0.1': 'bind-address; plain HTTP is closed by port=0',
      'master=http://172.20.0.224:9080': 'a kubeconfig with a client certificate (S0.E8)',
    }),
  },
};

describe('S0 as the document has it', () => {
  it('haproxy: each line of S0.6 is kept, or corrected for a reason', () => {
    expectCorrected(`${fixtures}/s0/${host}/haproxy.cfg.document`, `${fixtures}/s0/${host}/haproxy.cfg.golden`, {
      daemon: 'systemd runs it',
      'pidfile /var/run/haproxy.pid': 'likewise',
      'stats socket /var/lib/haproxy/stats': 'for root alone, outside of the chroot (S0.E7)',
      'log 127.0.0.1 local0 err': 'to the journal: no syslog has to be opened',
      'log 127.0.0.1 local1 warning': 'likewise',
      'mode http': 'TLS is passed through (S0.E6)',
      'timeout connect 5000ms': '1 s: a server of the same network answers sooner, or not at all',
      'timeout client 10000ms': '4 h: watches, exec and logs are idle for longer (S0.E5)',
      'timeout server 50000ms': 'likewise',
      'listen k8s_server_6443': 'frontend and backend apart',
      'bind 172.20.0.224:9443': 'on every host, whoever holds the address (S0.E4)',
      'option tcp-check': 'GET /readyz over TLS: a server that hangs accepts connections as well (S0.E6)',
      'balance roundrobin': 'leastconn: connections are of very different length',
      ...Object.fromEntries(
        [1, 2, 3].map((number) => [
          `server k8s-master-${number} 172.20.0.${112 + number}:6443 check`,
          'the check is the same for all, in default-server',
        ]),
      ),
      'listen k8s_server_8080': 'an API without authentication (S0.E8)',
      'bind 172.20.0.224:9080': 'likewise',
      ...Object.fromEntries(
        [1, 2, 3].map((number) => [`server k8s-master-${number} 172.20.0.${112 + number}:8080 check`, 'likewise']),
      ),
      'listen stats': 'a socket for root alone (S0.E7)',
      'bind *:8086': 'likewise',
      'stats refresh 30s': 'likewise',
      'stats uri /stats': 'likewise',
      'stats realm HAProxy\\ Stats': 'likewise',
      'stats auth admin:admin': 'likewise',
    });
  });

  it('keepalived: each line of S0.2 is kept, or corrected for a reason', () => {
    expectCorrected(
      `${fixtures}/s0/${host}/keepalived.conf.document`,
      `${fixtures}/s0/${host}/keepalived.conf.golden`,
      {
        ...keepalived,
        'notify_master "/etc/keepalived/k8s_master.sh"': 'haproxy runs on every master (S0.E4)',
        'notify_backup "/etc/keepalived/k8s_backup.sh"': 'likewise',
      },
    );
  });

  const notified = `${fixtures}/s0-notify/${host}`;

  it('keepalived with notify scripts keeps them, for a fault and a stop as well', () => {
    expectCorrected(`${fixtures}/s0/${host}/keepalived.conf.document`, `${notified}/keepalived.conf.golden`, {
      ...keepalived,
      'notify_master "/etc/keepalived/k8s_master.sh"': 'as root, where checks run as somebody else',
      'notify_backup "/etc/keepalived/k8s_backup.sh"': 'likewise',
    });
    expect(read(`${notified}/keepalived.conf.golden`))
      .to.match(/notify_fault .*k8s_backup\.sh/)
      .and.match(/notify_stop /);
  });

  it('the check of S0.3 finds port 6443, and neither 16443 nor a file that asks for the address goes unseen', () => {
    expectCorrected(`${fixtures}/s0/${host}/check-load-balancer.document`, `${notified}/check-load-balancer.golden`, {
      'count=`ss -tnl | grep 6443 | wc -l`': 'the exact port, from the kernel: 16443 matched as well (S0.E3)',
      'if [ $count = 0 ]; then': 'likewise',
      else: 'likewise',
      'exit 0': 'within the list of ports',
      fi: 'likewise',
    });
    // 6443 as the kernel writes it
    expect(read(`${notified}/check-load-balancer.golden`))
      .to.include('*:192B\\ 0A')
      .and.include('/etc/keepalived/down');
  });

  for (const [script, line] of [
    ['k8s_master.sh', 'systemctl start haproxy'],
    ['k8s_backup.sh', 'systemctl stop haproxy'],
  ] as const)
    it(`${script} of S0.3 does the same`, () => {
      const file = `${fixtures}/s0-notify/k8s-master-2/${script}`;
      expectCorrected(`${file}.document`, `${file}.golden`, { [line]: 'exec: what it says is its own' });
      expect(read(`${file}.golden`)).to.include(`exec ${line}\n`);
    });

  for (const [component, { form, fate }] of Object.entries(units)) {
    const document = `${fixtures}/s0/${host}/${component}.service.document`;
    it(`the unit of ${component} can have each flag of the document, for the versions that take it`, () => {
      expectCorrected(document, `${fixtures}/s0-faithful/${host}/${component}.service.golden`, { ...unit, ...form });
    });
    it(`the unit of ${component} keeps each line of the document, or corrects it for a reason`, () => {
      expectCorrected(document, `${fixtures}/s0/${host}/${component}.service.golden`, { ...unit, ...form, ...fate });
    });
  }
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
