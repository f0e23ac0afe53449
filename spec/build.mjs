// Builds kplay: `bundle` writes dist/ (what users run), `compile` writes build/ (what the specs run, types
// checked), `types` writes dist/types/ (declarations, for the package).
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
 * All of kplay's modules are one file of the bundle, and what the playbook names are doors into it: node takes about a
 * millisecond for each file it imports, and left alone the bundler makes a hundred of them.
 */
const modulesTogether = (names) => ({
  name: 'modules-together',
  setup(build) {
    build.onResolve({ filter: /^every-module$/ }, ({ path }) => ({ path, namespace: 'together' }));
    build.onLoad({ filter: /.*/, namespace: 'together' }, () => ({
      contents: names.map((name) => `export { default as ${name}_ } from './engine/modules/${name}.ts';`).join('\n'),
      resolveDir: root,
      loader: 'js',
    }));
  },
});

/** A door holds one line: made by the bundler, it would name every file that is behind it, and node looks for each. */
function doorsTo(names) {
  mkdirSync(join(root, 'dist/modules'));
  for (const name of names)
    writeFileSync(
      join(root, `dist/modules/${name}.js`),
      `export { ${name}_ as default } from '../chunks/every-module.js';\n`,
    );
}

async function bundle() {
  const { build } = await import('esbuild');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const modules = readdirSync(join(root, 'engine/modules'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3));
  const entryPoints = {
    kplay: 'engine/cli/kplay.ts',
    index: 'engine/index.ts',
    testing: 'engine/testing.ts',
    'chunks/every-module': 'every-module',
  };
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    external: ['cpu-features', '*.node'],
    logLevel: 'warning',
    plugins: [withoutTunnels, modulesTogether(modules)],
    banner: {
      // CommonJS dependencies inside an ES module bundle still ask for these three.
      js: "import{createRequire as __kplayRequire}from'node:module';import{fileURLToPath as __kplayPath}from'node:url';import{dirname as __kplayDir}from'node:path';const require=__kplayRequire(import.meta.url),__filename=__kplayPath(import.meta.url),__dirname=__kplayDir(__filename);",
    },
  });
  doorsTo(modules);
  if (existsSync(join(root, 'dist/kplay.js'))) chmodSync(join(root, 'dist/kplay.js'), 0o755);
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
