/** The syntax tree of playbooks: what the user wrote, positions kept, templates still unrendered. */
import type { Location } from '../errors.ts';

/** A YAML value of the user's own: every string inside may be a template. */
export type RawValue = unknown;

/** The place of one character of a text: the text by its path below the value it belongs to, the character counted from 0. */
export type LocateText = (path: readonly (string | number)[], offset: number) => Location;

/** A raw value and where it stands. */
export interface Positioned<T = RawValue> {
  readonly value: T;
  readonly at: Location;
  readonly locateText?: LocateText;
}

/** Variables written in one place: a `vars:` mapping, a defaults file, a parameter list. */
export interface VarsBlock {
  readonly values: Readonly<Record<string, RawValue>>;
  readonly file: string;
  locate(name: string): Location | undefined;
  /** Paths begin with the variable's name. */
  readonly locateText?: LocateText;
}

/** One condition: an expression, or a boolean written as such. */
export interface Clause {
  readonly expression: string | boolean;
  readonly at: Location;
  readonly locateText?: LocateText;
}

/** Keywords that blocks, roles and plays hand down to what is inside them; the nearest one wins. */
export interface Inherited {
  readonly connection?: Positioned;
  readonly port?: Positioned;
  readonly remote_user?: Positioned;
  readonly become?: Positioned;
  readonly become_method?: Positioned;
  readonly become_user?: Positioned;
  readonly become_flags?: Positioned;
  readonly become_exe?: Positioned;
  readonly no_log?: Positioned;
  readonly run_once?: Positioned;
  readonly check_mode?: Positioned;
  readonly diff?: Positioned;
  readonly any_errors_fatal?: Positioned;
  readonly ignore_errors?: Positioned;
  readonly ignore_unreachable?: Positioned;
  readonly throttle?: Positioned;
  readonly timeout?: Positioned;
  readonly delegate_to?: Positioned;
  readonly delegate_facts?: Positioned;
  readonly debugger?: Positioned;
}

/** The names of {@link Inherited}, for those who walk them. */
export const inheritedKeywords = [
  'connection',
  'port',
  'remote_user',
  'become',
  'become_method',
  'become_user',
  'become_flags',
  'become_exe',
  'no_log',
  'run_once',
  'check_mode',
  'diff',
  'any_errors_fatal',
  'ignore_errors',
  'ignore_unreachable',
  'throttle',
  'timeout',
  'delegate_to',
  'delegate_facts',
  'debugger',
] as const satisfies readonly (keyof Inherited)[];

/** What every play, role entry, block and task may carry. Lists extend inward: outer ones first. */
export interface Keywords {
  readonly name?: string;
  readonly at: Location;
  readonly vars?: VarsBlock;
  readonly when: readonly Clause[];
  readonly tags: readonly string[];
  readonly environment: readonly Positioned[];
  /** Module (or `group/x`) to default arguments. */
  readonly moduleDefaults: readonly Positioned<Readonly<Record<string, RawValue>>>[];
  readonly notify: readonly Positioned<string>[];
  readonly inherited: Inherited;
}

export interface LoopControl {
  readonly loopVar: string;
  readonly indexVar?: string;
  readonly label?: Positioned;
  readonly pause?: Positioned;
  readonly extended: boolean;
  /** `ansible_loop.allitems` holds the whole list. */
  readonly extendedAllItems: boolean;
  readonly breakWhen: readonly Clause[];
}

/** `loop: …` or `with_<lookup>: …`; `lookup` is absent for the plain `loop`. */
export interface Loop {
  readonly lookup?: string;
  readonly terms: Positioned;
  readonly control: LoopControl;
}

/** Arguments as written: a mapping, free-form text, or one template that yields the mapping. */
export interface Arguments {
  readonly values: Readonly<Record<string, RawValue>>;
  /** Text behind the module's name that is not `k=v`. */
  readonly freeForm?: string;
  readonly at: Location;
  /** Where an argument's value stands; deeper with a longer path. */
  locate(path: readonly (string | number)[]): Location;
  /** Where an argument's name stands. */
  locateKey(name: string): Location;
  /** Paths begin with the argument's name; the free-form text is called `_raw_params`. */
  readonly locateText?: LocateText;
  /** `args: "{{ x }}"`: yields a mapping of arguments, lower in rank than `values`. */
  readonly template?: Positioned<string>;
}

/** A module that is called, and what is made of its result. */
export interface Invocation {
  /** The module as written, `ansible.builtin.` and other collection prefixes removed. */
  readonly module: string;
  readonly args: Arguments;
  readonly loop?: Loop;
  readonly register?: string;
  readonly changedWhen?: readonly Clause[];
  readonly failedWhen?: readonly Clause[];
  readonly until?: readonly Clause[];
  readonly retries?: Positioned;
  readonly delay?: Positioned;
  readonly async?: Positioned;
  readonly poll?: Positioned;
}

export interface Task extends Keywords, Invocation {
  readonly kind: 'task';
  /** Topics a handler listens to; empty for tasks. */
  readonly listen: readonly string[];
}

export interface Block extends Keywords {
  readonly kind: 'block';
  readonly block: readonly Statement[];
  readonly rescue: readonly Statement[];
  readonly always: readonly Statement[];
}

/** `include_tasks` or `import_tasks`; the file may be a template for the former. */
export interface TasksFile extends Keywords {
  readonly kind: 'tasks_file';
  readonly dynamic: boolean;
  readonly file: Positioned<string>;
  readonly loop?: Loop;
  readonly register?: string;
  /** `apply:` keywords, given to the included tasks. */
  readonly apply?: Keywords;
  readonly listen: readonly string[];
}

/** `include_role`, `import_role`, or an entry of `roles:` (then `dynamic` is false). */
export interface RoleUse extends Keywords {
  readonly kind: 'role';
  readonly dynamic: boolean;
  readonly role: Positioned<string>;
  readonly tasksFrom: string;
  readonly varsFrom: string;
  readonly defaultsFrom: string;
  readonly handlersFrom: string;
  readonly public: boolean;
  /** Absent where the role itself says it: in entries of `roles:` and dependencies. */
  readonly allowDuplicates?: boolean;
  /** `rolespec_validate`. */
  readonly validate: boolean;
  /** Parameters of a `roles:` entry or dependency (precedence 14). */
  readonly params?: VarsBlock;
  readonly loop?: Loop;
  readonly register?: string;
  readonly apply?: Keywords;
}

export const metaActions = [
  'flush_handlers',
  'refresh_inventory',
  'reset_connection',
  'noop',
  'clear_facts',
  'clear_host_errors',
  'end_play',
  'end_batch',
  'end_host',
  'end_role',
] as const;

export interface Meta extends Keywords {
  readonly kind: 'meta';
  readonly action: (typeof metaActions)[number];
}

export type Statement = Task | Block | TasksFile | RoleUse | Meta;

export interface Play extends Keywords {
  readonly kind: 'play';
  readonly hosts: Positioned;
  readonly gatherFacts?: Positioned;
  readonly gatherSubset?: Positioned;
  readonly gatherTimeout?: Positioned;
  readonly factPath?: Positioned;
  readonly varsFiles: readonly Positioned[];
  readonly varsPrompt: readonly Positioned<Readonly<Record<string, RawValue>>>[];
  readonly roles: readonly RoleUse[];
  readonly preTasks: readonly Statement[];
  readonly tasks: readonly Statement[];
  readonly postTasks: readonly Statement[];
  readonly handlers: readonly Statement[];
  readonly forceHandlers?: Positioned;
  readonly maxFailPercentage?: Positioned;
  readonly serial: readonly Positioned[];
  readonly strategy?: Positioned;
  readonly order?: Positioned;
}

/** `import_playbook`. */
export interface PlaybookImport extends Keywords {
  readonly kind: 'playbook';
  readonly file: Positioned<string>;
}

export type PlaybookEntry = Play | PlaybookImport;
