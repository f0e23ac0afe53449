import type { VarsBlock } from './ast.ts';

/** Several blocks as one; of one name the later wins. */
export function mergeVars(blocks: readonly VarsBlock[]): VarsBlock | undefined {
  const [first] = blocks;
  if (blocks.length < 2 || !first) return first;
  const home = (name: string) => blocks.findLast((block) => Object.hasOwn(block.values, name));
  return {
    values: Object.assign({}, ...blocks.map((block) => block.values)) as VarsBlock['values'],
    file: first.file,
    locate: (name) => home(name)?.locate(name),
    locateText: (path, offset) => {
      const block = home(String(path[0])) ?? first;
      return (
        block.locateText?.(path, offset) ?? block.locate(String(path[0])) ?? { file: first.file, line: 1, column: 1 }
      );
    },
  };
}
