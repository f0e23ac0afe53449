/** The contract of a module: what the state is and what it should be; the engine decides whether to act. */
import type { Content, LocalFile } from '../target/content.ts';
import type { ReadableTarget, Target } from '../target/target.ts';
import type { ArgLiteral, ArgsLiteral, ArgsOf } from './arguments.ts';

/** The controller as a module sees it: the user's own files and expressions, never a host's. */
export interface Controller {
  readonly host: string;
  /** Where the task's `delegate_to` sends it, be it to the host itself; left out where nobody delegates. */
  readonly delegatedTo?: string | undefined;
  /** Absolute path of a file named in a task: role folder, playbook folder, working folder. Throws ModuleFailure naming every place searched. */
  find(folder: 'files' | 'templates' | 'vars' | 'tasks', name: string): string;
  /**
   * A file of the controller, opened where it is encrypted (unless `decrypt` is false). Throws ModuleFailure when it is
   * missing. Under check, files that an earlier task would have made are seen.
   */
  file(path: string, options?: { readonly decrypt?: boolean }): Promise<LocalFile | Content>;
  isDirectory(path: string): Promise<boolean>;
  /** The path of what is there, without links in it; the path itself where there is nothing. */
  realPath(path: string): string;
  /** All regular files and directories below a directory, paths relative to it, sorted. */
  list(directory: string): Promise<
    readonly {
      readonly path: string;
      readonly type: 'file' | 'directory' | 'link';
      readonly mode: string;
      readonly linkTarget?: string;
    }[]
  >;
  /**
   * A file, or a directory and everything below it, itself first and with the path ''; sorted, links not followed unless
   * asked. A link at `path` itself is followed where a slash stands behind it. Throws ModuleFailure for what cannot be read.
   */
  tree(path: string, options?: { readonly follow?: boolean }): Promise<readonly ControllerFile[]>;
  /** A template file rendered with the task's variables and `extra`. */
  render(path: string, options: RenderOptions): Promise<Content>;
  /** The value of a template expression in the task's variables (debug's `var`, assert's `that`). May be Unknown. */
  evaluate(expression: string): unknown;
  /** The variables of a YAML or JSON file, still holding the user's templates. */
  variables(path: string): Promise<Readonly<Record<string, unknown>>>;
  /** Writes a file on the controller (fetch); atomically, folders made, 0600 unless told. Under check it is only remembered. */
  save(path: string, chunks: AsyncIterable<Buffer> | Buffer): Promise<void>;
  /** True when `path` on the controller holds exactly this SHA-256. */
  matches(path: string, sha256: string): Promise<boolean>;
  /** The controller as a target, as the user who runs kplay: for whole trees that are written there. */
  local(): Promise<Target>;
  /** A value that must never be shown from here on: results, diffs and logs are scrubbed of it. */
  secret(value: string): void;
  /** Adds a host or groups to the inventory of this run, for all that follows; true when that is news. */
  grow(addition: Addition): boolean;
  /** A task that this run has started with `poll: 0`: its folder on the host, and how it stands. Undefined where there is none of this id. */
  job(id: string): { readonly path: string; look(): Promise<Result | undefined> } | undefined;
  /** Verbosity asked for by -v … */
  readonly verbosity: number;
}

/** A file of the controller as it lies there. */
export interface ControllerFile {
  /** Relative to what was asked for. */
  readonly path: string;
  /** `other` is what holds no content: sockets, pipes, devices. */
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Four octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Names; numbers where the controller has no name for them. */
  readonly owner: string;
  readonly group: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly linkTarget?: string | undefined;
}

export interface RenderOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
  readonly newline?: '\n' | '\r' | '\r\n';
  /** By the names of `Delimiters` in the template room: `blockStart`, `variableEnd` … */
  readonly delimiters?: Readonly<Record<string, string>>;
  /** So many first lines are no part of the template: its `#jinja2:` header. */
  readonly skipLines?: number;
}

/** A host, new or known, and where it belongs from now on; `vars` are plain data. Without `parents` its groups are beneath `all` alone. */
export interface Addition {
  readonly host: string;
  readonly groups: readonly string[];
  readonly parents: readonly string[];
  readonly vars: Readonly<Record<string, unknown>>;
}

/** A before and an after of one field of the state. */
export interface FieldChange<T = unknown> {
  readonly before: T;
  readonly after: T;
}
export type Change<S> = { readonly [K in keyof S]?: FieldChange<S[K]> };

/** A diff as `--diff` shows it; texts, or a word when there is no text to show. */
export interface Diff {
  readonly beforeHeader: string;
  readonly afterHeader: string;
  readonly before: string;
  readonly after: string;
}

export type Result = Readonly<Record<string, unknown>>;

interface Described<A extends ArgsLiteral> {
  /** One sentence, present tense. */
  readonly summary: string;
  readonly description?: readonly string[];
  readonly args: A;
  readonly rules?: ArgRules;
  /** What arguments of any other name hold (the variables of set_fact); without it another name is a mistake. */
  readonly otherArgs?: ArgLiteral;
  /** Arguments that hold expressions: they reach the module as written, for `controller.evaluate`. */
  readonly expressions?: readonly string[];
  /** Arguments that may be unknown under check (a file's content): the module passes them on without looking inside. */
  readonly tolerates?: readonly string[];
  /** The argument that takes text written right behind the module's name (`command: uptime`). */
  readonly freeForm?: string;
  /** Named returns and what they mean; `kplay doc` prints them and check mode makes them unknown. */
  readonly returns?: Readonly<Record<string, string>>;
  readonly examples?: string;
}

/** Relations between arguments, in Ansible's words. */
export interface ArgRules {
  readonly requiredOneOf?: readonly (readonly string[])[];
  readonly mutuallyExclusive?: readonly (readonly string[])[];
  readonly requiredTogether?: readonly (readonly string[])[];
  /** `[argument, value, needed arguments]`. */
  readonly requiredIf?: readonly (readonly [string, unknown, readonly string[]])[];
}

/** A module about a state: probed, compared, and moved by exactly the difference. */
export interface StateModule<A extends ArgsLiteral, S extends object> extends Described<A> {
  /** Files are all it is about: no other host can see whether it was done a moment sooner. */
  readonly onlyFiles?: true;
  /** Reads the current state. Absence is a state, not an error. */
  probe(context: {
    readonly args: ArgsOf<A>;
    readonly target: ReadableTarget;
    readonly controller: Controller;
  }): Promise<S>;
  /** The state asked for; no reading of the host, nothing changed. A field left out means "do not care". Throws ModuleFailure for the impossible. */
  desired(context: {
    readonly args: ArgsOf<A>;
    readonly state: S;
    readonly controller: Controller;
  }): Partial<S> | Promise<Partial<S>>;
  /** Moves the target by exactly `change`. What it returns is added to the result. */
  apply(context: {
    readonly args: ArgsOf<A>;
    readonly state: S;
    readonly wanted: Partial<S>;
    readonly change: Change<S>;
    readonly target: Target;
    readonly controller: Controller;
    // biome-ignore lint/suspicious/noConfusingVoidType: most modules have nothing to add, and need not say so
  }): Promise<Result | void>;
  /** The result beside changed, failed and diff; called after the fact, or instead of it under check. */
  returned?(context: {
    readonly args: ArgsOf<A>;
    readonly state: S;
    readonly wanted: Partial<S>;
    readonly changed: boolean;
  }): Result;
  /** What can only be told once it is done (uid, size): asked after a change whose result is registered, and added to it. */
  after?(context: {
    readonly args: ArgsOf<A>;
    readonly result: Result;
    readonly target: ReadableTarget;
  }): Promise<Result>;
  /** What `--diff` shows; without it the changed fields are shown. Called only when a change is to be shown. */
  preview?(context: {
    readonly args: ArgsOf<A>;
    readonly state: S;
    readonly wanted: Partial<S>;
    readonly change: Change<S>;
    readonly target: ReadableTarget;
    readonly controller: Controller;
  }): Promise<readonly Diff[]> | readonly Diff[];
}

/**
 * A module that does something rather than being about a state.
 * `controller` touches no host; `reads` changes nothing and runs under check as well; `changes` runs the user's command.
 */
export interface ActionModule<A extends ArgsLiteral> extends Described<A> {
  readonly action: 'controller' | 'reads' | 'changes';
  /**
   * It waits for the host itself: each look is made over whatever connection there is then, and none at first is no failure.
   * Its target can only `observe` and `mutate`.
   */
  readonly reconnects?: boolean;
  /** True where with these arguments nothing is changed after all (`test`): then it is read ahead like a question. */
  looks?(args: ArgsOf<A>): boolean;
  /** Time passes while it is done, or something far away answers: what was read of any host before may be so no more. */
  readonly waits?: true;
  /** All it does on the host is one command, which with `poll: 0` may outlive the run. */
  readonly oneCommand?: true;
  /** It is done once for all hosts, as if `run_once` were said. */
  readonly once?: boolean;
  run(context: { readonly args: ArgsOf<A>; readonly target: Target; readonly controller: Controller }): Promise<Result>;
}

const brand = Symbol.for('kplay.module');

export type AnyModule = (StateModule<ArgsLiteral, object> | ActionModule<ArgsLiteral>) & { readonly [brand]?: true };

/** Defines a module about a state: default-export its value from `<name>.ts`. */
export function defineModule<const A extends ArgsLiteral, S extends object>(definition: StateModule<A, S>): AnyModule {
  return { ...definition, [brand]: true } as unknown as AnyModule;
}

/** Defines a module that acts: default-export its value from `<name>.ts`. */
export function defineAction<const A extends ArgsLiteral>(definition: ActionModule<A>): AnyModule {
  return { ...definition, [brand]: true } as unknown as AnyModule;
}

/** True for what {@link defineModule} or {@link defineAction} made, in any installed copy of kplay. */
export function isModule(value: unknown): value is AnyModule {
  return typeof value === 'object' && value !== null && brand in value;
}

/** True for a module with `run` instead of probe, desired and apply. */
export function isAction(module: AnyModule): module is ActionModule<ArgsLiteral> & { readonly [brand]?: true } {
  return 'run' in module;
}
