/** What a task would do to a host, found out without doing it: its result, and the plain changes of files it takes. */
import { type AnyModule, isAction } from '../module/definition.ts';
import { expandHomes } from '../module/home.ts';
import { inlineBytes, makingDirectory, type PlainChange, settingAttributes, writing } from '../target/changes.ts';
import { thereKind } from '../target/files.ts';
import { readable } from '../target/live.ts';
import type { QueryKind } from '../target/query.ts';
import type { Target } from '../target/target.ts';
import { type Acted, type Action, act } from './act.ts';
import { NotAhead } from './bound-target.ts';

export interface Intent {
  readonly acted: Acted;
  /** In the order they are to be made. */
  readonly changes: readonly PlainChange[];
}

/** A module about files alone, whose changes can be noted down. */
export const onlyFiles = (module: AnyModule): boolean => !isAction(module) && module.onlyFiles === true;

type Query = <K, V>(kind: QueryKind<K, V>, key: K) => Promise<V>;

/**
 * Does the task on a target that only takes notes. Undefined where it would do anything but plain changes of files, or
 * would look again after the first of them; and where it would fail: that is told by doing it.
 */
export async function intentOf(action: Omit<Action, 'target'>, host: string, ask: Query): Promise<Intent | undefined> {
  const changes: PlainChange[] = [];
  let refused = false;
  const no = (): never => {
    refused = true;
    throw new NotAhead('more than plain changes of files');
  };
  const query: Query = async (kind, key) => (changes.length > 0 || kind.volatile ? no() : ask(kind, key));
  const target: Target = {
    ...readable(host, query),
    exists: (path) => query(thereKind, path),
    async writeFile(path, content, options) {
      if (options.validate !== undefined || options.backup !== undefined) no();
      changes.push(writing(path, (await inlineBytes(path, content)) ?? no(), options));
    },
    makeDirectory: async (path, attributes) => void changes.push(makingDirectory(path, attributes)),
    setAttributes: async (path, attributes, options) => void changes.push(settingAttributes(path, attributes, options)),
    makeLink: no,
    remove: no,
    mutate: no,
    run: no,
    observe: no,
    download: no,
  };
  // what applying does beside files is not known of other modules: they may only find that all is well
  const module = onlyFiles(action.module) ? action.module : ({ ...action.module, apply: no } as AnyModule);
  try {
    const args = await expandHomes(action.module, action.args, target);
    const acted = await act({ ...action, module, args, target, controller: { ...action.controller, save: no } });
    // what no shell can be sent would leave a gap that the rest does not see
    const gap = changes.some(({ script }) => script.includes('\0'));
    return refused || gap ? undefined : { acted, changes };
  } catch {
    return undefined;
  }
}
