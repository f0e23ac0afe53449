import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { moduleCatalog } from '../../engine/module/load.ts';

const module = (summary: string) =>
  `export default { summary: '${summary}', args: {}, action: 'reads', run: async () => ({}), [Symbol.for('kplay.module')]: true };\n`;

describe('the module catalog', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kplay-modules-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const folder = (name: string, files: Record<string, string>) => {
    mkdirSync(join(root, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, name, file), text);
    return join(root, name);
  };

  it('knows modules by their file names and loads only what is asked for', async () => {
    const far = folder('far', {
      'copy.js': 'throw new Error("loaded");',
      'greet.mjs': module('far'),
      'greet.d.ts': '',
      'greet.js.map': '',
    });
    const catalog = moduleCatalog([join(root, 'nowhere'), far]);
    expect(catalog.names()).to.deep.equal(['copy', 'greet']);
    await catalog.load(['greet', 'greet']);
    expect(catalog.get('greet').summary).to.equal('far');
    expect(() => catalog.get('copy')).to.throw('not loaded');
  });

  it('lets a nearer folder hide a farther one', async () => {
    const catalog = moduleCatalog([
      folder('near', { 'greet.mjs': module('near') }),
      folder('far', { 'greet.mjs': module('far') }),
    ]);
    await catalog.load(['greet']);
    expect(catalog.get('greet').summary).to.equal('near');
  });

  it('knows the full names of the collections it covers, and no others', () => {
    const catalog = moduleCatalog([folder('far', { 'copy.mjs': module('x') })]);
    expect(['copy', 'ansible.builtin.copy', 'ansible.legacy.copy'].every((name) => catalog.has(name))).to.equal(true);
    expect(catalog.has('my.own.copy')).to.equal(false);
    expect(catalog.file('ansible.builtin.copy')).to.equal(join(root, 'far', 'copy.mjs'));
  });

  it('finds modules of packages by the name of the package, nearer ones first', async () => {
    folder('node_modules/tools/modules', { 'greet.mjs': module('farther') });
    folder('node_modules/tools', { 'package.json': '{}' });
    folder('project/node_modules/tools/modules', { 'greet.mjs': module('nearer') });
    folder('project/node_modules/tools', { 'package.json': '{}' });
    folder('node_modules/@me/more.tools', { 'package.json': '{"kplay":{"modules":"dist"}}' });
    folder('node_modules/@me/more.tools/dist', { 'wave.js': module('scoped'), 'typed.ts': '' });
    const catalog = moduleCatalog([], [join(root, 'project/node_modules'), join(root, 'node_modules')]);
    await catalog.load(['tools.greet', '@me/more.tools.wave']);
    expect(catalog.get('tools.greet').summary).to.equal('nearer');
    expect(catalog.get('@me/more.tools.wave').summary).to.equal('scoped');
    expect(catalog.has('@me/more.tools.typed')).to.equal(false);
    expect(catalog.explain('tools.wave')).to.contain('the package tools has no module "wave"');
    expect(catalog.explain('other.wave')).to.contain('npm install other');
    expect(catalog.explain('community.general.nothing')).to.equal('no module is named "nothing".');
  });

  it('names the package.json that cannot be read, and takes one that says nothing for silent', () => {
    folder('node_modules/broken', { 'package.json': '{' });
    folder('node_modules/silent', { 'package.json': 'null' });
    folder('node_modules/silent/modules', { 'greet.mjs': module('there') });
    const catalog = moduleCatalog([], [join(root, 'node_modules')]);
    expect(() => catalog.has('broken.greet'))
      .to.throw(`${join(root, 'node_modules/broken/package.json')} cannot be read`)
      .with.property('name', 'KplayError');
    expect(catalog.has('silent.greet')).to.equal(true);
  });

  it('refuses two files for one name in one folder, naming both', () => {
    const twins = folder('twins', { 'a.js': '', 'a.mjs': '' });
    expect(() => moduleCatalog([twins])).to.throw(
      `two files are the module "a": ${join(twins, 'a.js')} and ${join(twins, 'a.mjs')}`,
    );
  });

  it('says what may have been meant', () => {
    const catalog = moduleCatalog([folder('far', { 'template.js': '' })]);
    expect(catalog.explain('templte')).to.equal('no module is named "templte". Did you mean "template"?');
  });

  it('says plainly that a module in Python is not run', () => {
    const catalog = moduleCatalog([folder('role/modules', {})]);
    folder('role/library', { 'mine.py': '' });
    expect(catalog.has('mine')).to.equal(false);
    expect(catalog.explain('mine')).to.contain('mine.py is a module for Ansible, written in Python');
  });

  it('reports every file that is no module, at once', async () => {
    const far = folder('far', { 'plain.mjs': 'export default {};', 'broken.mjs': 'export default (;' });
    const error = await moduleCatalog([far])
      .load(['plain', 'broken'])
      .then(
        () => undefined,
        (reason: Error) => reason,
      );
    expect(error?.message)
      .to.contain('plain.mjs is not a module')
      .and.to.contain('the module "broken" cannot be loaded');
  });

  it('explains a module in TypeScript where Node does not read it', async function () {
    if ('typescript' in process.features && process.features.typescript) this.skip();
    const far = folder('far', { 'typed.ts': module('typed') });
    const error = await moduleCatalog([far])
      .load(['typed'])
      .catch((reason: Error) => reason);
    expect(String(error)).to.contain('typed.ts is TypeScript').and.to.contain('compile it to typed.js');
  });
});
