/** What the README shows is what is there: its files are run, and its words are compared with the program's. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { settings } from '../engine/cli/settings.ts';
import { exitCodes } from '../engine/errors.ts';
import { kplay, total } from './kplay.ts';

const fixtures = resolve('spec/fixtures/readme');
const readme = readFileSync('README.md', 'utf8');
/** Fenced blocks that name a file behind their language. */
const shown = new Map([...readme.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, file, text]) => [file!, text!]));

describe('the README', () => {
  let project: string;
  let greeting: string;
  const run = (...args: readonly string[]) =>
    kplay(['site.yml', '-i', 'hosts', '-e', `greeting_folder=${greeting}`, ...args], { cwd: project });

  before(async () => {
    // a project of one's own, into which kplay was installed
    project = mkdtempSync(join(tmpdir(), 'kplay-readme-'));
    greeting = join(project, 'out/greeting');
    cpSync(fixtures, project, { recursive: true });
    await mkdir(join(project, 'node_modules'));
    symlinkSync(process.cwd(), join(project, 'node_modules/kplay'));
    await mkdir(join(project, 'out'));
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  it('shows the very files that are run here', () => {
    const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(fixtures, path)).isFile())
      .sort();
    expect([...shown.keys()].sort()).to.deep.equal(files);
    for (const file of files) expect(shown.get(file), file).to.equal(readFileSync(join(fixtures, file), 'utf8'));
  });

  it('has a playbook whose plan writes nothing', async () => {
    const said = await run('--check', '--diff');
    expect(said.code, said.stderr).to.equal(0);
    expect(total(said, 'changed')).to.equal(4);
    expect(said.stdout)
      .to.contain('+Hello World, this is here.')
      .and.to.contain('would run: the command is not run in check mode');
    expect(readdirSync(join(project, 'out'))).to.deep.equal([]);
  });

  it('has a playbook that does what it says, once', async () => {
    const first = await run();
    expect([first.code, total(first, 'changed')], first.stdout + first.stderr).to.deep.equal([0, 4]);
    expect(readFileSync(join(greeting, 'greeting'), 'utf8')).to.equal('Hello World, this is here.\n');
    expect(readFileSync(join(greeting, 'settings'), 'utf8')).to.equal('VOLUME=11\n');
    const second = await run();
    expect([second.code, total(second, 'changed')], second.stdout).to.deep.equal([0, 0]);
  });

  it('has a playbook that runs over an exec connection as well', async () => {
    const said = await run('-e', 'ansible_connection=exec ansible_exec_command=/bin/sh greeting_name=You');
    expect([said.code, total(said, 'changed')], said.stdout + said.stderr).to.deep.equal([0, 2]);
    expect(readFileSync(join(greeting, 'greeting'), 'utf8')).to.equal('Hello You, this is here.\n');
  });

  it('has a module that is documented from its arguments', async () => {
    const said = await kplay(['doc', 'env_setting'], { cwd: project });
    expect(said.stdout).to.match(/Makes a file hold a line KEY=value\.[\s\S]*path \(path, required\)/);
  });

  it('has a module whose own test passes in a project of its own', () => {
    const mocha = pathToFileURL(resolve('node_modules/mocha/bin/mocha.js')).pathname;
    const out = execFileSync(process.execPath, [mocha, '--no-config', 'modules/env_setting.spec.mjs'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(out).to.match(/2 passing/);
  });

  it('names only flags that exist', async () => {
    const { stdout: help } = await kplay(['--help']);
    const named = new Set(
      rows('**Flags**')
        .flatMap((row) => row.match(/--?[a-z][a-z-]*|-[A-Z]\b/gi) ?? [])
        .filter((word) => /^--|^-[a-zA-Z]$/.test(word)),
    );
    expect(named.size).to.be.greaterThan(15);
    for (const flag of named) expect(help, flag).to.match(new RegExp(`^ +(?:-\\w, )?${flag}\\b`, 'm'));
  });

  it('names every setting that is read, and no other', () => {
    const named = rows('**Settings.**').flatMap((row) => {
      const [, section, names] = /^\| `\[(\w+)\]` \|(.*)\|$/.exec(row) ?? [];
      const plain = names!.replace(/\(.*?\)/g, '');
      return [...plain.matchAll(/`([a-z_]+)`/g)].map(([, name]) => `${section}.${name}`);
    });
    const read = settings.flatMap(({ keys }) => keys);
    expect(named.sort()).to.deep.equal(read.sort());
  });

  it('names every command', async () => {
    const { stdout: help } = await kplay(['--help']);
    const commands = [
      ...help.slice(help.indexOf('\nCommands:'), help.indexOf('\nExamples:')).matchAll(/^ {2}([a-z]+)\b/gm),
    ].map(([, name]) => name!);
    expect(commands.length).to.be.greaterThan(9);
    for (const name of commands.filter((each) => each !== 'help')) expect(readme).to.contain(`kplay ${name}`);
  });

  it('names every exit code a run ends with', () => {
    const named = rows('**Exit codes**').flatMap((row) =>
      (/^\| ([\d, ]+) \|/.exec(row)?.[1] ?? '').split(', ').filter(Boolean).map(Number),
    );
    expect(named.sort()).to.deep.equal(
      Object.values(exitCodes)
        .filter((code) => code !== exitCodes.locked)
        .sort(),
    );
  });
});

/** The rows of the first table behind a heading. */
function rows(heading: string): readonly string[] {
  const lines = readme.slice(readme.indexOf(heading)).split('\n').slice(1);
  const from = lines.findIndex((line) => line.startsWith('|'));
  const table = lines.slice(from);
  const to = table.findIndex((line) => !line.startsWith('|'));
  return table.slice(2, to < 0 ? undefined : to);
}
