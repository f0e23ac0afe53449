/** The start of a module about a state, and its spec for mocha. */
export function moduleStart(name: string): Readonly<Record<string, string>> {
  const variable = name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return {
    [`modules/${name}.mjs`]: `import { defineModule } from 'kplay';

export default defineModule({
  summary: 'Makes a file hold a line KEY=value.',
  args: {
    path: { type: 'path', required: true, description: 'The file.' },
    key: { required: true, description: 'What stands before the =.' },
    value: { required: true, description: 'What stands behind it.' },
  },
  examples: '- ${name}: { path: /etc/environment, key: LANG, value: C.UTF-8 }',
  // What is there now; nothing is changed here. A file that is missing is a state, not an error.
  async probe({ args, target }) {
    const lines = linesOf(await target.readFile(args.path));
    return { value: lines.find((line) => line.startsWith(\`\${args.key}=\`))?.slice(args.key.length + 1) ?? null };
  },
  // What shall be there. kplay compares the two, and there is nothing to do where they agree.
  desired: ({ args }) => ({ value: args.value }),
  // Makes the difference. Under --check it meets a host that only remembers.
  async apply({ args, target }) {
    const others = linesOf(await target.readFile(args.path)).filter((line) => !line.startsWith(\`\${args.key}=\`));
    await target.writeFile(args.path, Buffer.from([...others, \`\${args.key}=\${args.value}\`, ''].join('\\n')), {});
  },
});

/** @param {Buffer | undefined} content */
const linesOf = (content) => (content?.toString() ?? '').split('\\n').filter((line) => line !== '');
`,
    [`modules/${name}.spec.mjs`]: `// npx mocha modules/${name}.spec.mjs
import { testModule } from 'kplay/testing';
import ${variable} from './${name}.mjs';

testModule(${variable}, '${name}', {
  'adds the line to a file': {
    args: { path: '/etc/app', key: 'VOLUME', value: '11' },
    world: { files: { '/etc/app': 'COLOR=red\\n' } },
    want: { changed: true, files: { '/etc/app': 'COLOR=red\\nVOLUME=11\\n' } },
  },
  'leaves a file alone that holds it': {
    args: { path: '/etc/app', key: 'VOLUME', value: '11' },
    world: { files: { '/etc/app': 'VOLUME=11\\n' } },
    want: { changed: false },
  },
});
`,
  };
}
