/** S3's etcd cluster as the document has it: its JSON, its seventeen flags and its unit beside what the roles render of them. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseYaml } from '../../engine/source/yaml.ts';
import { expectCorrected } from './document.ts';
import { type Mapping, readMapping } from './read-roles.ts';

const faithful = 'spec/fixtures/roles/s3-faithful/etcd0';
const corrected = 'spec/fixtures/roles/s3/etcd0';

/** What the shell or the reader put in for the member etcd0. */
const member: readonly (readonly [string, string])[] = [
  ['${PEER_NAME}', 'etcd0'],
  ['<podname>', 'etcd0'],
  ['${PRIVATE_IP}', '10.0.0.10'],
  ['<etcd0-ip-address>', '10.0.0.10'],
  ['<etcd1-ip-address>', '10.0.0.11'],
  ['<etcd2-ip-address>', '10.0.0.12'],
];

/** What the static pod has instead of a flag of the document: why. Both render the same flags. */
const reasons: Readonly<Record<string, string>> = {
  'listen-client-urls': '127.0.0.1 as well, for etcdctl on the host (S3.E5)',
  'cert-file': 'the same name for each authority: .crt',
  'key-file': 'likewise',
  'trusted-ca-file': 'likewise',
  'peer-cert-file': 'likewise',
  'peer-key-file': 'likewise',
  'peer-trusted-ca-file': 'likewise',
  'initial-cluster-token': "the cluster's name: two clusters of a network never mix",
};

describe('S3 as the document has it', () => {
  for (const [file, why] of Object.entries({
    'ca-config.json': {
      'signing.default.expiry': 'S3.E7: certificates live for a year',
      'signing.profiles.server.expiry': 'likewise',
      'signing.profiles.client.expiry': 'likewise',
      'signing.profiles.peer.expiry': 'likewise',
    },
    'ca-csr.json': { 'key.algo': 'ECDSA, as the document has it for the client', 'key.size': 'likewise' },
    'csr.json': { CN: "a member's; the client's differs by its name alone" },
  } as Readonly<Record<string, Readonly<Record<string, string>>>>))
    it(`cfssl: ${file} of S3.2 is what the role can render, and each other value has its reason`, () => {
      const document = leaves(jsonOf(`${faithful}/${file}.document`));
      expect(leaves(jsonOf(`${faithful}/${file}.golden`))).to.include(document);
      const now = leaves(jsonOf(`${corrected}/${file}.golden`));
      expect(Object.keys(document).filter((place) => now[place] !== document[place])).to.deep.equal(Object.keys(why));
    });

  const document = flagsOf(`${faithful}/etcd-pod.yaml.document`);

  it('has seventeen flags, and one etcd1 too many (S3.E1)', () => {
    expect(Object.keys(document)).to.have.length(17);
    expect(document['initial-cluster']).to.match(/etcd1=\S+,etcd1=\S+$/);
  });

  it('the static pod can have each of them, one argument per item (S3.E3)', () => {
    const list = document['initial-cluster']!.replace(/etcd1=(\S+),etcd1=/, 'etcd1=$1,etcd2=');
    expect(flagsOf(`${faithful}/etcd-pod.yaml.golden`)).to.deep.equal({ ...document, 'initial-cluster': list });
  });

  it('the static pod keeps each of them, or corrects it for a reason', () => {
    const before = flagsOf(`${faithful}/etcd-pod.yaml.golden`);
    const now = flagsOf(`${corrected}/etcd-pod.yaml.golden`);
    expect(now).to.include.all.keys(...Object.keys(before));
    const differing = Object.keys(before).filter((flag) => now[flag] !== before[flag]);
    expect(differing.sort()).to.deep.equal(Object.keys(reasons).sort());
  });

  it('the manifest has its parts where Kubernetes reads them (S3.E2), and asks for health where it is answered (S3.E4)', () => {
    const flat = read(`${faithful}/etcd-pod.yaml.document`);
    expect(() => parseYaml(flat, 'document')).to.throw(/not indented like those above it/);
    expect(flat)
      .to.match(/^labels:$/m)
      .and.match(/^containers:$/m)
      .and.match(/^hostNetwork: true$/m);
    const pod = parseYaml(read(`${corrected}/etcd-pod.yaml.golden`), 'golden').value as Mapping;
    expect(pod).to.have.all.keys('apiVersion', 'kind', 'metadata', 'spec');
    expect(pod['metadata']).to.include.all.keys('labels', 'name', 'namespace');
    const spec = pod['spec'] as { readonly containers: readonly { readonly livenessProbe: unknown }[] };
    expect(spec).to.include.all.keys('containers', 'hostNetwork', 'volumes');
    expect(spec.containers[0]!.livenessProbe).to.have.nested.include({
      'httpGet.host': '127.0.0.1',
      'httpGet.scheme': 'HTTP',
    });
  });

  it('etcd.service: each flag of S3.6 is in the configuration file, but for the reasons of the static pod', () => {
    const unit = flagsOf(`${corrected}/etcd.service.document`);
    expect(Object.keys(unit).sort()).to.deep.equal(Object.keys(document).sort());
    const file = parseYaml(read(`${corrected}/etcd.yml.golden`), 'golden').value as Mapping;
    const client = file['client-transport-security'] as Mapping;
    const peer = Object.entries(file['peer-transport-security'] as Mapping).map(([key, one]) => [`peer-${key}`, one]);
    const now = { ...file, ...client, ...Object.fromEntries(peer) } as Mapping;
    const differing = Object.keys(unit).filter((flag) => String(now[flag]) !== unit[flag]);
    expect(differing.sort()).to.deep.equal(Object.keys(reasons).sort());
  });

  it('etcd.service: each other line of S3.6 is kept, or corrected for a reason', () => {
    const flags = read(`${corrected}/etcd.service.document`).match(/^\s+--.*$/gm) ?? [];
    expectCorrected(`${corrected}/etcd.service.document`, `${corrected}/etcd.service.golden`, {
      'Description=etcd': 'what it is',
      'Documentation=https://github.com/coreos/etcd': 'moved',
      'Conflicts=etcd.service': 'with itself (S3.E8)',
      'Conflicts=etcd2.service': 'no such service any more',
      'EnvironmentFile=/etc/etcd.env': 'nothing reads it: the shell has replaced the names already (S3.E8)',
      'LimitNOFILE=40000': '65536',
      'TimeoutStartSec=0': 'a start that never ends tells nobody',
      'ExecStart=/usr/local/bin/etcd --name ${PEER_NAME} \\': 'a configuration file, compared above',
      ...Object.fromEntries(flags.map((flag) => [flag.trim(), 'likewise'])),
    });
  });
});

describe('the static pods of S3.12', () => {
  const table = readMapping('roles/kube-common/vars/main.yml')['kube_common_flags'] as readonly Mapping[];
  const document = '--master=127.0.0.1:8080 --v=2 --leader-elect=true';
  const more =
    '--cluster-cidr=10.245.0.0/16 --allocate-node-cidrs=true --service-account-private-key-file=/srv/kubernetes/server.key';

  for (const [component, flags, why] of [
    ['kube-scheduler', document, {}],
    [
      'kube-controller-manager',
      `${document} ${more}`,
      {
        'cluster-cidr': 'a variable, checked against all other networks (S0.E9)',
        'service-account-private-key-file': 'the key of a server signs nothing else (S3.E13)',
      },
    ],
  ] as const)
    it(`${component}: each flag is kept, or corrected for a reason, and the port without authentication is refused (S3.E13)`, () => {
      const unit = flagsIn(read(`spec/fixtures/roles/s4/master1/${component}.service.golden`));
      const { master, ...kept } = flagsIn(flags);
      expect(master).to.equal('127.0.0.1:8080');
      expect(unit)
        .to.include.all.keys('kubeconfig', ...Object.keys(kept))
        .and.not.have.property('master');
      expect(table.find(({ flag }) => flag === `${component}/master`)).to.have.property('refuse');
      expect(Object.keys(kept).filter((flag) => unit[flag] !== kept[flag])).to.deep.equal(Object.keys(why));
    });
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function jsonOf(path: string): Mapping {
  return JSON.parse(read(path)) as Mapping;
}

/** Each `--flag value` and `--flag=value` of a text, for the member etcd0; one without a value is true. */
function flagsOf(path: string): Readonly<Record<string, string>> {
  return flagsIn(member.reduce((text, [name, value]) => text.replaceAll(name, value), read(path)));
}

function flagsIn(text: string): Readonly<Record<string, string>> {
  const flags = [...text.matchAll(/--([a-z-]+)(?:[= ](?!\\)(\S+))?/g)];
  return Object.fromEntries(flags.map(([, flag, value]) => [flag!, value ?? 'true']));
}

/** Each value by its place, as `key.algo`; a list is one value. */
function leaves(value: Mapping, above = ''): Readonly<Record<string, string>> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, one]) =>
      typeof one === 'object' && one !== null && !Array.isArray(one)
        ? leaves(one as Mapping, `${above}${key}.`)
        : { [above + key]: JSON.stringify(one) },
    ),
  );
}
