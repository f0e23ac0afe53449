/** kubeadm behind haproxy and keepalived in containers: the order of work, what is refused, and the document's two configurations. */
import { expect } from 'chai';
import { expectCorrected } from './document.ts';
import { readMapping, tasksOf } from './read-roles.ts';
import { expectListing, itRefuses } from './small-playbooks.ts';

const s2 = 'spec/fixtures/roles/s2';
const m = ['m1', 'm2', 'm3'];
const good = { groups: { kube_control_plane: m, lb: m, kube_node: ['w1'] }, vars: { cluster_vip: '192.0.2.100/24' } };

describe('kubeadm-ha-docker-lb.yml', function () {
  this.timeout('60s');

  it('lists what S2 does, and the joins it leaves out', () => expectListing('kubeadm-ha-docker-lb', `${s2}/hosts`));

  itRefuses('kubeadm-ha-docker-lb', good, [
    {
      what: "an endpoint that is one master's own (S2.E2)",
      vars: { kubeadm_endpoint: '192.0.2.11:6443' },
      reason: /a single kube-apiserver's own would make all\s+clients depend on one host/,
    },
    {
      what: 'one port for haproxy and kube-apiserver',
      vars: { cluster_api_lb_port: 6443 },
      reason: /cluster_api_port and cluster_api_lb_port are the same/,
    },
    {
      what: "docker's own network for Services (S2.E6)",
      vars: { cluster_service_cidr: '172.17.0.0/16' },
      reason: /172\.17\.0\.0\/16 and 172\.17\.0\.0\/16 overlap/,
    },
    {
      what: "the document's own networks, which docker gives away as well (S2.E6)",
      vars: { cluster_pod_cidr: '172.18.0.0/16', cluster_service_cidr: '172.19.0.0/16' },
      reason:
        /(?=[\s\S]*172\.18\.0\.0\/16 and 172\.18\.0\.0\/16 overlap)[\s\S]*172\.19\.0\.0\/16 and 172\.19\.0\.0\/16 overlap/,
    },
    {
      what: 'pods with host bits (S2.E6)',
      vars: { cluster_pod_cidr: '10.18.0.1/16' },
      reason: /10\.18\.0\.1\/16 has bits set behind its prefix/,
    },
    {
      what: 'a virtual address without prefix (S2.E15)',
      vars: { cluster_vip: '192.0.2.100' },
      reason: /192\.0\.2\.100 is not an IPv4 address with its prefix length/,
    },
    {
      what: 'images without a version (S2.E14)',
      vars: { haproxy_image: 'haproxy', keepalived_image: 'osixia/keepalived:latest' },
      reason: /keepalived_image osixia\/keepalived:latest names neither a version nor a digest/,
    },
    {
      what: 'an image of haproxy without a version (S2.E14)',
      vars: { haproxy_image: 'docker.io/library/haproxy:latest' },
      reason: /haproxy_image \S+:latest names neither a version nor a digest/,
    },
    {
      what: 'archives that are missing',
      vars: { cluster_image_archives: '/nonexistent' },
      reason: /cluster_image_archives=\/nonexistent has no pause_3\.2\.tar, which holds registry\.k8s\.io\/pause:3\.2/,
    },
    {
      what: 'a name that no node can have',
      vars: { cluster_node_name: 'Node_1' },
      reason: /Node_1 cannot be the name of a node/,
    },
    {
      what: 'notify scripts where haproxy is a container',
      vars: { keepalived_notify_haproxy: true },
      reason: /starts and stops haproxy as a service/,
    },
    {
      what: 'process events in a container',
      vars: { keepalived_check_impl: 'process' },
      reason: /keepalived_check_impl=process needs keepalived_runtime=systemd/,
    },
    {
      what: "a page that shows Calico's manifest (S2.E5)",
      vars: { calico_manifest: 'https://github.com/x/y/blob/main/calico.yaml' },
      reason: /must be a raw or release address/,
    },
  ]);

  // docker run … of S2.3 and S2.5, option by option.
  it('haproxy and keepalived run as the document has it, from a pinned image and with no right too many', () => {
    for (const role of ['haproxy', 'keepalived']) {
      const [run] = tasksOf(role).filter(({ module }) => module === 'docker_container');
      expect(run!.args, role).to.include({ network_mode: 'host', restart_policy: 'always', stop_signal: 'SIGTERM' });
      expect(run!.args['cap_drop'], role).to.deep.equal(['ALL']);
      // the folder: a file that is mounted by itself never changes
      expect(run!.args['volumes'], role).to.include(`/etc/${role}:/etc/${role}:ro`);
    }
    const { keepalived_capabilities: rights } = readMapping('roles/keepalived/vars/main.yml');
    expect(rights).to.include.members(['NET_ADMIN', 'NET_BROADCAST', 'NET_RAW']);
    expect(readMapping('roles/keepalived/defaults/main.yml')['keepalived_image']).to.match(
      /osixia\/keepalived:2\.0\.20$/,
    );
  });

  it('haproxy: each line of S2.2 is kept, or corrected for a reason', () => {
    expectCorrected(`${s2}/m01/haproxy.cfg.document`, `${s2}/m01/haproxy.cfg.golden`, {
      'log 127.0.0.1 local2': 'to docker, which keeps it in bounds: no syslog has to be opened',
      'pidfile /var/run/haproxy.pid': 'the container is the process',
      'mode http': 'TLS is passed through (S2.E9)',
      'option httplog': 'there is no HTTP to log (S2.E9)',
      'option http-server-close': 'likewise',
      'option forwardfor except 127.0.0.0/8': 'likewise',
      'timeout http-request 10s': 'likewise',
      'timeout http-keep-alive 10s': 'likewise',
      'acl url_static path_beg -i /static /images /javascript /stylesheets': 'likewise',
      'acl url_static path_end -i .jpg .gif .png .css .js': 'likewise',
      'option redispatch': 'after the first failure: another server may be there at once',
      'timeout queue 1m': '30 s',
      'timeout connect 10s': '1 s: a server of the same network answers sooner, or not at all',
      'timeout check 10s': '2 s, as often as it is asked',
      'timeout client 1m': '4 h: watches, exec and logs are idle for longer (S2.E9)',
      'timeout server 1m': 'likewise',
      'maxconn 3000': 'the limit of the process is enough',
      'frontend kubernetes-apiserver': 'the name that all playbooks have for it',
      'backend kubernetes-apiserver': 'likewise',
      'default_backend kubernetes-apiserver': 'likewise',
      'balance roundrobin': 'leastconn; the stickiness that S2.1 wants is haproxy_balance: source (S2.E3)',
      'server m01 192.168.100.191:6443 check': '/readyz over verified TLS, in default-server for all',
      'server m02 192.168.100.192:6443 check': 'likewise',
      'server m03 192.168.100.193:6443 check': 'likewise',
    });
  });

  it('keepalived: each line of S2.4 is kept, or corrected for a reason', () => {
    expectCorrected(`${s2}/m01/keepalived.conf.document`, `${s2}/m01/keepalived.conf.golden`, {
      'script_user root': 'the check needs no rights',
      'vrrp_script chk_haproxy {': 'the name that all playbooks have for it',
      chk_haproxy: 'likewise',
      'vrrp_instance VI_1 {': 'likewise',
      'script "/bin/bash -c \'if [[ $(netstat -nlp | grep 9443) ]]; then exit 0; else exit 1; fi\'"':
        'a file of its own that needs nothing but sh, and takes 19443 for no 9443',
      'interval 2': '1 s',
      'weight 11': 'FAULT: with nopreempt a weight moves nothing (S2.E11, S4.E1)',
      'state MASTER': 'BACKUP: nopreempt needs it (S2.E10)',
      '192.168.100.190': 'with its prefix length (S2.E15)',
      'authentication {': 'in a file for root alone',
      'auth_type PASS': 'likewise',
      'auth_pass password': 'likewise, generated (S2.E13)',
      'notify "/container/service/keepalived/assets/notify.sh"': 'a script of the image, which does nothing',
    });
  });
});
