// Builds kplay: `bundle` writes dist/ (what users run), `compile` writes build/ (what the specs run, types
// checked), `types` writes dist/types/ (declarations, for the package).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** ssh2-promise brings a SOCKS server for tunnels, which kplay never opens, and which finds its parts in a way no bundler follows. */
const withoutTunnels = {
  name: 'without-tunnels',
  setup(build) {
    build.onResolve({ filter: /^@heroku\/socksv5$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}', loader: 'js' }));
  },
};

/**
 * ssh2 looks for the ciphers that npm has compiled for it, if it could, beside its own file; the bundle finds them in the package,
 * where that is the very version that was bundled.
 */
const compiledCiphers = {
  name: 'compiled-ciphers',
  setup(build) {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules/ssh2/package.json'), 'utf8'));
    const external = ({ path }) => ({ path, external: true });
    build.onResolve({ filter: /\/sshcrypto\.node$/, namespace: 'file' }, ({ path }) => ({
      path,
      namespace: 'ciphers',
    }));
    build.onResolve({ filter: /^ssh2\//, namespace: 'ciphers' }, external);
    build.onLoad({ filter: /.*/, namespace: 'ciphers' }, () => ({
      contents: `
        if (require('ssh2/package.json').version !== '${version}') throw new Error('another version');
        module.exports = require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node');`,
      loader: 'js',
    }));
  },
};

/** The bundle's parts, each behind a function: what a run does not ask for is not made ready. */
const parts = (modules) => `
exports.main = () => import('./engine/cli/main.ts');
exports.index = () => require('./engine/index.ts');
exports.testing = () => require('./engine/testing.ts');
exports.modules = {${modules.map((name) => `${name}: () => require('./engine/modules/${name}.ts').default`)}};
`;

/** A script has no `import` of its own: who opens it hands it over. */
const importsOutside = {
  name: 'imports-outside',
  setup(build) {
    build.onLoad({ filter: /\/module\/import-file\.ts$/ }, () => ({ contents: 'export const importFile = __import;' }));
  },
};

/** In the bundle, the rest of kplay is not a file to import but a part of the one script. */
const restOfKplay = (id) => ({
  name: 'rest-of-kplay',
  setup(build) {
    build.onResolve({ filter: /^\.\/main\.ts$/ }, ({ path }) => ({ path, namespace: 'rest' }));
    build.onLoad({ filter: /.*/, namespace: 'rest' }, () => ({
      contents: `const { program } = await import('./program.js');\nawait program('${id}').main();\n`,
      loader: 'js',
    }));
    build.onResolve({ filter: /^\.\/program\.js$/ }, ({ path }) => ({ path, external: true }));
  },
});

/**
 * dist/program.cjs is all of kplay in one script, which program.js opens: node takes about a millisecond for each file that it
 * imports, and V8's form of one script can be kept from run to run. The other files are doors into it.
 */
async function bundle() {
  const { build } = await import('esbuild');
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const modules = readdirSync(join(root, 'engine/modules'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3));
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  };
  await build({
    ...common,
    stdin: { contents: parts(modules), resolveDir: root },
    outfile: 'dist/program.cjs',
    format: 'cjs',
    legalComments: 'linked',
    external: ['cpu-features'],
    supported: { 'dynamic-import': false },
    plugins: [withoutTunnels, compiledCiphers, importsOutside],
    define: { 'import.meta.url': '__url' },
    banner: {
      js: '(function(exports,require,module,__filename,__dirname,__import){const __url=require("node:url").pathToFileURL(__filename).href;',
    },
    footer: { js: '})' },
  });
  const script = readFileSync(join(dist, 'program.cjs'));
  // it is opened as Latin-1, of which V8 makes the least; esbuild escapes all but regular expressions
  const beyond = script.findIndex((byte) => byte > 0x7f);
  if (beyond >= 0) throw new Error(`not ASCII: ${script.subarray(beyond - 60, beyond + 20)}`);
  const id = createHash('sha256').update(script).digest('hex').slice(0, 16);
  const entryPoints = { kplay: 'engine/cli/kplay.ts', program: 'engine/cli/program.ts' };
  await build({ ...common, entryPoints, outdir: 'dist', format: 'esm', plugins: [restOfKplay(id)] });
  await doors(modules);
  chmodSync(join(dist, 'kplay.js'), 0o755);
}

/** The files that the package's own name leads to, and those that a playbook's names of modules do. */
async function doors(modules) {
  const dist = join(root, 'dist');
  const { program } = await import(pathToFileURL(join(dist, 'program.js')).href);
  for (const part of ['index', 'testing']) {
    const names = Object.keys(program()[part]()).join(', ');
    const text = `import { program } from './program.js';\nexport const { ${names} } = program().${part}();\n`;
    writeFileSync(join(dist, `${part}.js`), text);
  }
  mkdirSync(join(dist, 'modules'));
  for (const name of modules)
    writeFileSync(
      join(dist, 'modules', `${name}.js`),
      `import { program } from '../program.js';\nexport default program().modules.${name}();\n`,
    );
}

function compile() {
  rmSync(join(root, 'build'), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

/** Declarations for those who write modules in TypeScript; only the package needs them. */
function types() {
  const out = join(root, 'dist/types');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', root, '--emitDeclarationOnly', '--outDir', out], {
    stdio: 'inherit',
  });
  rmSync(join(out, 'spec'), { recursive: true, force: true });
  process.exitCode = status ?? 1;
}

const what = process.argv[2];
if (what === 'bundle') await bundle();
else if (what === 'compile') compile();
else if (what === 'types') types();
else {
  console.error('usage: node spec/build.mjs bundle|compile|types');
  process.exitCode = 5;
}
