import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import unarchive from '../../engine/modules/unarchive.ts';
import { testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';

testModule(unarchive, 'unarchive', {
  'does nothing when what it creates is there': {
    args: { src: 'a.tar', dest: '/opt', creates: '/opt' },
    want: { changed: false, result: { msg: 'skipped, since /opt exists' } },
  },
  'needs the directory': {
    args: { src: 'a.tar', dest: '/opt/none' },
    fails: "dest '/opt/none' must be an existing dir",
  },
  'needs the archive on the host': {
    args: { src: '/opt/a.tar', dest: '/opt', remote_src: true },
    fails: "Source '/opt/a.tar' does not exist",
  },
  'leaves URLs to get_url': {
    args: { src: 'https://example.org/a.tar', dest: '/opt' },
    fails: 'download it with get_url',
  },
  'says that it is no archive': {
    args: { src: 'a.tar', dest: '/opt' },
    files: { 'files/a.tar': 'x'.repeat(1024) },
    fails: 'it is not a tar archive',
  },
});

const has = (tool: string) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

describe('archives unpacked by a real host', function () {
  this.timeout(60_000);
  let here: Stage;
  const path = (name: string) => join(here.folder, name);
  const sh = (script: string) => execFileSync('sh', ['-ec', script], { cwd: here.folder });

  before(() => {
    here = stage({}, ['h1']);
    mkdirSync(path('tree/bin/deep'), { recursive: true });
    writeFileSync(path('tree/bin/tool'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(path('tree/bin/deep/ein name'), 'x'.repeat(3000));
    writeFileSync(path(`tree/${'long'.repeat(30)}`), 'long');
    sh('ln -s bin/tool tree/link; ln tree/bin/tool tree/hard; mkdir files; touch -d @1600000000 tree/bin/tool');
  });
  after(() => here.close());

  const play = async (args: string, options = {}) => {
    const { outcomes } = await here.play(
      `- hosts: h1\n  gather_facts: false\n  tasks:\n    - name: unpack\n      unarchive: { dest: "{{ playbook_dir }}/out", ${args} }\n`,
      options,
    );
    const { status, result } = outcomes.find(({ task }) => task.name === 'unpack')!;
    return { status, result, msg: String(result['msg']) };
  };
  const fresh = () => sh('rm -rf out; mkdir out');

  const packings: Record<string, [tool: string, script: string]> = {
    'a.tar': ['tar', 'tar -cf files/a.tar -C tree .'],
    'pax.tar': ['tar', 'tar --format=pax -cf files/pax.tar -C tree .'],
    'a.tgz': ['gzip', 'tar -czf files/a.tgz -C tree bin link hard'],
    'a.tar.xz': ['xz', 'tar -cJf files/a.tar.xz -C tree .'],
    'a.tar.bz2': ['bzip2', 'tar -cjf files/a.tar.bz2 -C tree .'],
    'a.tar.zst': ['zstd', 'tar --zstd -cf files/a.tar.zst -C tree .'],
    'a.zip': ['unzip', `python3 -c "import shutil; shutil.make_archive('files/a', 'zip', 'tree')"`],
  };
  for (const [name, [tool, script]] of Object.entries(packings)) {
    for (const remote of [false, true]) {
      it(`${name}${remote ? ' that is on the host' : ''} is unpacked once`, async function () {
        if (!has(tool) || (tool === 'unzip' && !has('python3'))) this.skip();
        sh(script);
        fresh();
        const src = remote ? `src: "{{ playbook_dir }}/files/${name}", remote_src: true` : `src: ${name}`;
        expect(await play(src, { check: true })).to.include({ status: 'changed' });
        expect(readdirSync(path('out'))).to.deep.equal([]);
        const first = await play(`${src}, list_files: true`);
        expect(first.status, first.msg).to.equal('changed');
        expect((first.result['files'] as string[]).some((file) => file.endsWith('bin/tool'))).to.equal(true);
        expect(readFileSync(path('out/bin/tool'), 'utf8')).to.equal('#!/bin/sh\n');
        expect(statSync(path('out/bin/tool')).mode & 0o777).to.equal(0o755);
        expect(readdirSync(path('out')).filter((entry) => entry.startsWith('.kplay'))).to.deep.equal([]);
        const second = await play(src);
        expect(second.status, JSON.stringify(second.result)).to.equal('ok');
        writeFileSync(path('out/bin/tool'), 'changed and longer\n');
        expect((await play(src)).status).to.equal('changed');
        expect(readFileSync(path('out/bin/tool'), 'utf8')).to.equal('#!/bin/sh\n');
      });
    }
  }

  it('only in part, with attributes of their own', async () => {
    fresh();
    const args = 'src: a.tar, include: ["hard", "bin/*"], exclude: ["*/deep"], mode: "0700"';
    const first = await play(args);
    expect(first.status, first.msg).to.equal('changed');
    expect(sh('find out -type f | sort').toString()).to.equal('out/bin/tool\nout/hard\n');
    expect(statSync(path('out/bin/tool')).mode & 0o777).to.equal(0o700);
    expect((await play(args)).status).to.equal('ok');
  });

  it('never lead out of the directory', async () => {
    fresh();
    sh('echo x > evil; mkdir -p sub; tar -cPf files/up.tar -C sub ../evil; tar -cPf files/root.tar "$PWD/evil"');
    for (const name of ['up.tar', 'root.tar'])
      expect((await play(`src: ${name}`)).msg).to.contain('leads out of the destination');
    sh(
      'rm -rf l; mkdir -p l/d; ln -s /tmp l/a; tar -cf files/link.tar -C l a; rm l/a; mkdir l/a; echo x > l/a/evil; tar -rf files/link.tar -C l a/evil',
    );
    expect((await play('src: link.tar')).msg).to.contain('below the link "a"');
    expect(readdirSync(path('out'))).to.deep.equal([]);
  });
});
