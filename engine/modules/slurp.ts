import { defineAction } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';

export default defineAction({
  summary: 'Reads a file of the host into a variable, as base64.',
  action: 'reads',
  args: { src: { type: 'path', required: true, aliases: ['path'], description: 'the file' } },
  returns: { content: 'the content in base64', encoding: 'base64', source: 'the path' },
  examples:
    '- slurp:\n    src: /etc/kubernetes/pki/ca.crt\n  register: ca\n- debug:\n    msg: "{{ ca.content | b64decode }}"\n',

  async run({ args, target }) {
    const [file, content] = await Promise.all([target.stat(args.src, { follow: true }), target.readFile(args.src)]);
    if (!file.exists) throw new ModuleFailure(`file not found: ${args.src}`);
    if (file.type === 'directory') throw new ModuleFailure(`source is a directory and must be a file: ${args.src}`);
    if (content === undefined) throw new ModuleFailure(`file is not readable: ${args.src}`);
    return { changed: false, content: content.toString('base64'), encoding: 'base64', source: args.src };
  },
});
