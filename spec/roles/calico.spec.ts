/** Calico's manifest as the role patches it, whether the setting is in a comment or not. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { loadYamlValue } from '../../engine/source/yaml.ts';
import { type Stage, stage } from '../run/harness.ts';

const fixtures = 'spec/fixtures/roles/calico';
const manifest = readFileSync(join(fixtures, 'calico.yaml'), 'utf8');
const patched = loadYamlValue(readFileSync(join(fixtures, 'patched.golden'), 'utf8'));
const sha256 = createHash('sha256').update(manifest).digest('hex');

const comment = '            # - name: CALICO_IPV4POOL_CIDR\n            #   value: "192.168.0.0/16"\n';
const setting = comment.replaceAll('# ', '');

describe('the role calico', function () {
  this.timeout('30s');
  let on: Stage;
  beforeEach(() => {
    on = stage({}, ['h1']);
    for (const role of ['cluster', 'kube-common', 'calico'])
      cpSync(resolve('roles', role), join(on.folder, 'roles', role), { recursive: true });
  });
  afterEach(() => on.close());

  const play = async (vars: Readonly<Record<string, unknown>>) => {
    const common = { cluster_pod_cidr: '10.244.0.0/16', cluster_state_dir: `${on.folder}/state` };
    const { outcomes } = await on.play(
      `- hosts: h1
  gather_facts: false
  vars: ${JSON.stringify({ ...common, calico_env: { CALICO_IPV4POOL_IPIP: 'Never' }, ...vars })}
  tasks:
    - import_role: { name: calico, tasks_from: validate }
    - import_role: { name: calico, tasks_from: manifest }
    - copy: { content: "{{ calico_objects | to_nice_yaml(indent=2) }}", dest: ${on.folder}/objects }
`,
      { inventory: '[all]\nh1\nlocalhost\n[all:vars]\nansible_connection=exec\nansible_exec_command=/bin/sh\n' },
    );
    return outcomes.flatMap(({ status, result }) => (status === 'failed' ? [String(result['msg'])] : []));
  };
  const objects = () => loadYamlValue(readFileSync(join(on.folder, 'objects'), 'utf8'));

  for (const [title, text] of Object.entries({
    'in a comment': manifest,
    'set to something else': manifest.replace(comment, setting),
  })) {
    it(`sets the addresses of pods where the manifest has them ${title} (S2.E7)`, async () => {
      on.write({ 'calico.yaml': text });
      expect(await play({ calico_manifest: `${on.folder}/calico.yaml` })).to.deep.equal([]);
      expect(objects()).to.deep.equal(patched);
    });
  }

  it('fetches the manifest from an address, by its checksum (S2.E5)', async () => {
    const server = createServer((_, response) => void response.end(manifest)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifests/calico.yaml`;
      expect(await play({ calico_manifest: url, calico_manifest_sha256: sha256 })).to.deep.equal([]);
      expect(objects()).to.deep.equal(patched);
      const [why] = await play({ calico_manifest: url, calico_manifest_sha256: sha256.replace(/./g, '0') });
      expect(why).to.match(/checksum/);
    } finally {
      server.close();
    }
  });

  const blob = 'https://github.com/someone/notes/blob/master/calico-3.18.yaml';
  const refused: Readonly<Record<string, readonly [vars: Readonly<Record<string, unknown>>, why: RegExp]>> = {
    'no manifest': [{}, /calico_manifest is empty/],
    'an address without a checksum': [{ calico_manifest: 'https://example.com/calico.yaml' }, /S2\.E5/],
    'a page that shows the manifest': [{ calico_manifest: blob, calico_manifest_sha256: sha256 }, /S2\.E5/],
  };
  for (const [title, [vars, why]] of Object.entries(refused)) {
    it(`refuses ${title}`, async () => expect((await play(vars)).join()).to.match(why));
  }

  it('refuses a manifest of something else', async () => {
    on.write({ 'other.yaml': 'kind: ConfigMap\nmetadata: { name: x }\n' });
    expect((await play({ calico_manifest: `${on.folder}/other.yaml` })).join()).to.match(/no DaemonSet calico-node/);
  });
});
