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
export async function intentOf(
  action: Omit<Action, 'target' | 'registered'>,
  host: string,
  ask: Query,
): Promise<Intent | undefined> {
  const pad = pads.pop() ?? newPad();
  pad.begin(host, ask);
  const { target, no } = pad;
  // what applying does beside files is not known of other modules: they may only find that all is well
  const module = onlyFiles(action.module) ? action.module : ({ ...action.module, apply: no } as AnyModule);
  try {
    const args = await expandHomes(action.module, action.args, target);
    const { controller, diff } = action;
    const acted = await act({ module, args, target, controller, diff });
    // what no shell can be sent would leave a gap that the rest does not see
    const { changes, refused } = pad.notes;
    const gap = changes.some(({ script }) => script.includes('\0'));
    if (refused || gap) return undefined;
    // any other may have left something under way that still takes notes
    pad.begin('', nobody);
    pads.push(pad);
    return { acted, changes };
  } catch {
    return undefined;
  }
}

/** What is noted down on one pad, for one task after the other: thousands of them would have a target each. */
interface Pad {
  readonly target: Target;
  /** Notes down that more is asked for than can be noted. */
  readonly no: () => never;
  readonly notes: { readonly changes: readonly PlainChange[]; readonly refused: boolean };
  begin(host: string, ask: Query): void;
}

const pads: Pad[] = [];
const nobody: Query = () => Promise.reject(new NotAhead('nobody is asked'));

function newPad(): Pad {
  let [host, ask]: [string, Query] = ['', nobody];
  let changes: PlainChange[] = [];
  let refused = false;
  const refusal = () => {
    refused = true;
    return new NotAhead('more than plain changes of files');
  };
  const no = (): never => {
    throw refusal();
  };
  const query: Query = (kind, key) =>
    changes.length > 0 || kind.volatile ? Promise.reject(refusal()) : ask(kind, key);
  return {
    no,
    get notes() {
      return { changes, refused };
    },
    begin(of, asked) {
      [host, ask, changes, refused] = [of, asked, [], false];
    },
    target: {
      ...readable('', query),
      get host() {
        return host;
      },
      exists: (path) => query(thereKind, path),
      async writeFile(path, content, options) {
        if (options.validate !== undefined || options.backup !== undefined) no();
        changes.push(writing(path, (await inlineBytes(path, content)) ?? no(), options));
      },
      makeDirectory: async (path, attributes) => void changes.push(makingDirectory(path, attributes)),
      setAttributes: async (path, attributes, options) =>
        void changes.push(settingAttributes(path, attributes, options)),
      makeLink: no,
      remove: no,
      mutate: no,
      run: no,
      observe: no,
      download: no,
    },
  };
}
