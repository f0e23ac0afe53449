/** The plan: imports and roles resolved, keywords inherited, everything checked; what `run` walks. */
import type { Location } from '../errors.ts';
import type {
  Clause,
  Inherited,
  Invocation,
  Loop,
  Meta,
  Play,
  Positioned,
  RawValue,
  RoleUse,
  TasksFile,
  VarsBlock,
} from '../playbook/ast.ts';

/** A role as found on disk, read once. */
export interface Role {
  readonly name: string;
  /** Absolute folder. */
  readonly path: string;
  readonly defaults: readonly VarsBlock[];
  readonly vars: readonly VarsBlock[];
  /** Where this role's files and templates are searched: own folder first, then those of the roles that led here. */
  readonly searchPath: readonly string[];
  /** Role parameters of this use (precedence 14). */
  readonly params: readonly VarsBlock[];
  /** Another role's meta asks for it. */
  readonly dependency: boolean;
  /** Names of the roles whose tasks led here, nearest first. */
  readonly parents: readonly string[];
  /** Their folders, in the same order. */
  readonly parentPaths: readonly string[];
}

/** The variables a statement sees beside the host's and the play's, outermost first; each keeps its rank of precedence. */
export interface Lexical {
  /** The role the statement stands in, if any. */
  readonly role?: Role;
  /** Absolute folder of the file the statement stands in: what it names may lie beside it. */
  readonly dir?: string;
  /** Block and task vars, outermost first (precedence 11). */
  readonly vars: readonly VarsBlock[];
  /** Variables handed over by an include (precedence 15), outermost first. */
  readonly includeParams: readonly VarsBlock[];
  /** The keywords that variables tell of: `environment`, and how which host is reached. Absent where there are none. */
  readonly told?: Pick<Effective, 'environment' | 'inherited'>;
}

/** Keywords after inheritance: nearest wins for single values, lists run from the outermost inward. */
export interface Effective {
  readonly name?: string;
  readonly at: Location;
  readonly when: readonly Clause[];
  readonly tags: readonly string[];
  readonly environment: readonly Positioned[];
  readonly moduleDefaults: readonly Positioned<Readonly<Record<string, RawValue>>>[];
  readonly notify: readonly Positioned<string>[];
  readonly inherited: Inherited;
  readonly lexical: Lexical;
}

export interface PlannedTask extends Effective, Invocation {
  readonly kind: 'task';
  /** Nobody wrote it: a role that declares its arguments begins with it. */
  readonly implicit?: true;
}

export interface PlannedBlock extends Effective {
  readonly kind: 'block';
  readonly block: readonly PlannedStatement[];
  readonly rescue: readonly PlannedStatement[];
  readonly always: readonly PlannedStatement[];
}

/** An include that only the run can resolve: its file or role name is rendered per host, then planned by {@link Planner}. */
export interface PlannedInclude extends Effective {
  readonly kind: 'include';
  readonly include: TasksFile | RoleUse;
  readonly loop?: Loop;
  readonly register?: string;
  /** What the included statements stand in; the {@link Planner} reads it. */
  readonly around: Surroundings;
}

/** What statements inherit from where they stand. */
export interface Surroundings {
  readonly effective: Effective;
  /** Absolute folder of the file they are in. */
  readonly dir: string;
  readonly playbookDir: string;
  /** Absolute paths of the files that led here, outermost first. */
  readonly chain: readonly string[];
  readonly handlers: boolean;
}

export interface PlannedMeta extends Effective {
  readonly kind: 'meta';
  readonly action: Meta['action'];
}

/** Everything a static role or import brought: a group of statements under one role. `end_role` ends it. */
export interface PlannedRole extends Effective {
  readonly kind: 'role';
  readonly role: Role;
  readonly statements: readonly PlannedStatement[];
  /** Same key, same role and parameters. */
  readonly key: string;
  /** Not where a role of this key has run on the host. */
  readonly once: boolean;
}

export type PlannedStatement = PlannedTask | PlannedBlock | PlannedInclude | PlannedMeta | PlannedRole;

export interface PlannedHandler {
  readonly task: PlannedTask | PlannedInclude | PlannedMeta;
  /** `name`, `role : name`. */
  readonly names: readonly string[];
  /** Topics, with and without the role's name before them. */
  readonly listen: readonly string[];
}

export interface PlannedPlay {
  readonly play: Play;
  readonly name: string;
  /** The playbook as named on the command line; the play may stand in one it imports. */
  readonly playbook: string;
  /** Absolute path of the file the play stands in. */
  readonly file: string;
  /** Absolute folder of the playbook file. */
  readonly playbookDir: string;
  readonly preTasks: readonly PlannedStatement[];
  /** Roles first, then tasks. */
  readonly tasks: readonly PlannedStatement[];
  readonly postTasks: readonly PlannedStatement[];
  readonly handlers: readonly PlannedHandler[];
  /** Roles whose defaults and vars the whole play sees (static, public ones), in the order of use. */
  readonly publicRoles: readonly Role[];
  /** Every identifier found in the play's own files, roles and templates: which facts may be asked for. */
  readonly mentions: ReadonlySet<string>;
  readonly lexical: Lexical;
}

export interface Plan {
  readonly plays: readonly PlannedPlay[];
}

/** What a dynamic include becomes once its name is known. */
export interface Included {
  readonly statements: readonly PlannedStatement[];
  readonly handlers: readonly PlannedHandler[];
  /** The role of `include_role`, so that `public: true` can export its vars. */
  readonly role?: Role;
}

/** Resolves includes during the run with the same rules and checks as the plan; throws KplayError. */
export interface Planner {
  /** `params` are the variables the include hands over, per loop item too. */
  include(statement: PlannedInclude, name: string, play: PlannedPlay): Included;
}
