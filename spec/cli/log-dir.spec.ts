/** The log of a run per host: --log-dir, and KPLAY_LOG_DIR. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

describe('--log-dir', () => {
  let project: Project;
  const log = (file: string) => readFileSync(project.path(file), 'utf8');
  before(() => {
    project = makeProject({
      password: 'hunter2secret\n',
      'plain.yml': `- name: Web
  hosts: web
  gather_facts: false
  tasks:
    - name: speak
      command: echo hunter2secret and more
    - name: whisper
      command: echo quiet
      no_log: true
    - name: fail on one
      command: sh -c "echo out; echo err >&2; exit 3"
      when: inventory_hostname == "h2"
`,
    });
  });
  after(() => project.remove());

  it('writes a file per host that names the cause of a failure, for its owner alone', async () => {
    const said = await project.run([
      'plain.yml',
      '-i',
      'hosts',
      '--become-password-file',
      'password',
      '--log-dir',
      'logs/today',
    ]);
    expect(said.code, tail(said)).to.equal(2);
    expect(readdirSync(project.path('logs/today')).sort()).to.deep.equal(['h1.log', 'h2.log']);
    expect(statSync(project.path('logs/today/h1.log')).mode & 0o777).to.equal(0o600);
    expect(log('logs/today/h2.log')).to.match(
      /failed +[\d.]+ s \[fail on one\] plain\.yml:10\n {4}msg: non-zero return code\n {4}stdout: out\n {4}stderr: err\n/,
    );
    expect(log('logs/today/h1.log')).to.match(/skipped +[\d.]+ s \[fail on one\][\s\S]*END after .* failed=0/);
    expect(said.stdout).to.match(/h2 failed at "fail on one": non-zero return code: err/);
  });

  it('masks secrets as everywhere', () => {
    for (const file of ['logs/today/h1.log', 'logs/today/h2.log'])
      expect(log(file))
        .to.contain('stdout: ******** and more')
        .and.not.to.contain('hunter2')
        .and.not.to.contain('quiet');
  });

  it('adds a run to what earlier ones wrote, by the variable as by the flag', async () => {
    await project.run(['plain.yml', '-i', 'hosts', '--check'], { env: { KPLAY_LOG_DIR: 'logs/today' } });
    expect(log('logs/today/h1.log').match(/ RUN kplay .* plain\.yml/g)).to.have.length(2);
    expect(log('logs/today/h1.log')).to.contain('(nothing is changed)').and.to.contain('would run: ');
  });

  it('writes nothing where nothing is run', async () => {
    await project.run(['plain.yml', '-i', 'hosts', '--log-dir', 'logs/none', '--list-tasks']);
    expect(existsSync(project.path('logs/none'))).to.equal(false);
  });

  it('says before the run that the folder cannot be made', async () => {
    const said = await project.run(['plain.yml', '-i', 'hosts', '--log-dir', 'hosts/logs']);
    expect(said.code).to.equal(1);
    expect(said.stderr).to.match(/the folder for logs cannot be made: .*hosts\/logs/);
    expect(said.stdout).to.equal('');
  });
});
