/** What the making of a plan holds in its hands. */
import type { Problem } from '../errors.ts';
import type { Documents } from './documents.ts';
import type { PlannedHandler, Role } from './plan.ts';
import type { RoleFolder } from './role.ts';

export interface Planning {
  readonly documents: Documents;
  readonly cwd: string;
  readonly rolesPath: readonly string[];
  readonly problems: Problem[];
  readonly roleFolders: Map<string, RoleFolder>;
  readonly gathered: Gathered;
}

/** What comes to light while statements are planned, and belongs to the whole play. */
export interface Gathered {
  /** Static roles that show their variables to the play, in the order of use. */
  readonly publicRoles: Role[];
  /** Handlers of roles. */
  readonly handlers: PlannedHandler[];
  /** Uses of roles whose handlers are there already. */
  readonly handlersOf: Set<string>;
  /** Folders of all roles used, and files of tasks beside them. */
  readonly folders: Set<string>;
  readonly files: Set<string>;
}

export function nothingGathered(): Gathered {
  return { publicRoles: [], handlers: [], handlersOf: new Set(), folders: new Set(), files: new Set() };
}
