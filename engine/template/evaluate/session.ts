/** One rendering: what its names stand for so far, and how lazy values become values. */
import type { Location } from '../../errors.ts';
import { withWrittenKeys } from '../../source/written-keys.ts';
import type { Environment, LookupFunction } from '../environment.ts';
import { TemplateError } from '../errors.ts';
import { copyDict, dictOf, entriesOf, keysOf, withEntries } from '../python/dicts.ts';
import { type Dict, Instance, isDict, Tuple, tuple, Undefined } from '../python/types.ts';
import { missing, omit, Raw, type Scope, ScopeDict, Unknown, Unsafe } from '../values.ts';
import type { Execute } from './frame.ts';
import { fresh, release } from './fresh.ts';
import type { Meter } from './meter.ts';
import type { Native } from './native.ts';
import { childrenOf } from './raw.ts';
import { Forced } from './unknown.ts';

/** What a session is built upon; handed in, so that filters and the evaluator need not know each other. */
export interface Engine {
  /** Evaluates a text of the user's as a template; answers `Undefined` or `Unknown` rather than throwing for those. */
  readonly render: (session: Session, text: string, at: Location | undefined) => unknown;
  /** Compiles the text of another template file. */
  readonly compile: (text: string) => Execute;
  readonly filters: Readonly<Record<string, Native>>;
  readonly tests: Readonly<Record<string, Native>>;
  readonly lookups: Readonly<Record<string, LookupFunction>>;
}

export class Session {
  readonly environment: Environment;
  readonly meter: Meter;
  readonly engine: Engine;
  private readonly names = new Map<string, unknown>();
  private forced: Map<Raw, unknown> | undefined;
  /** One for each scope, once there are several. */
  private sessions: Map<Scope, Session> | undefined;

  constructor(environment: Environment, meter: Meter, engine: Engine, sessions?: Map<Scope, Session>) {
    this.environment = environment;
    this.meter = meter;
    this.engine = engine;
    this.sessions = sessions;
  }

  /** The rendering of values which see other names; within the same budget. */
  in(scope: Scope | undefined): Session {
    if (scope === undefined || scope === this.environment.scope) return this;
    this.sessions ??= new Map([[this.environment.scope, this]]);
    const known = this.sessions.get(scope);
    if (known) return known;
    const other = new Session({ ...this.environment, scope }, this.meter, this.engine, this.sessions);
    this.sessions.set(scope, other);
    return other;
  }

  /** The value of a variable, rendered at its first use; `missing` when the scope has none. */
  variable(name: string): unknown | typeof missing {
    const known = this.names.get(name);
    if (known !== undefined) return known === inProgress ? refersToItself(name) : known;
    const answer = this.environment.scope.get(name);
    if (answer === missing || answer === undefined) return missing;
    if (!(answer instanceof Raw)) return this.remember(name, answer instanceof Unsafe ? answer.text : answer);
    this.names.set(name, inProgress);
    try {
      return this.remember(name, this.force(answer));
    } catch (error) {
      this.names.delete(name);
      throw error;
    }
  }

  /** A copy of a variable's list or dict, which the template may change in place without changing the variable of others. */
  ownCopy(name: string, value: object): unknown {
    return this.remember(name, fresh(Array.isArray(value) ? [...value] : copyDict(value as Dict)));
  }

  private remember(name: string, value: unknown): unknown {
    this.names.set(name, value);
    return value;
  }

  /** The value itself, one level deep: what a container holds may still be lazy. */
  force(value: unknown): unknown {
    if (!(value instanceof Raw)) return value;
    this.forced ??= new Map();
    const known = this.forced.get(value);
    if (known !== undefined) return known === inProgress ? refersToItself(String(value.value)) : known;
    this.forced.set(value, inProgress);
    try {
      const result = this.forceRaw(value);
      this.forced.set(value, result);
      return result;
    } catch (error) {
      this.forced.delete(value);
      throw error;
    }
  }

  private forceRaw(raw: Raw): unknown {
    const { value, at } = raw;
    return typeof value === 'string' ? this.in(raw.scope).text(value, at) : fresh(childrenOf(raw));
  }

  /** What a text of the user's comes to as a template. */
  text(text: string, at: Location | undefined): unknown {
    return this.meter.deeper(() => this.engine.render(this, text, at));
  }

  /** The value, which must be neither undefined nor unknown; what it holds may be. */
  known(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const result = this.force(value);
    if (result instanceof Unknown) throw new Forced(result);
    return result instanceof Undefined ? result.fail() : result;
  }

  /** The value with all it holds; throws when any of that is undefined or unknown. */
  resolve(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const result = this.known(value);
    if (typeof result !== 'object' || result === null) return result;
    if (Array.isArray(result)) return this.resolveList(result);
    if (isDict(result)) return this.resolveDict(result);
    if (result instanceof ScopeDict) return this.resolve(this.dictOfScope(result));
    return result;
  }

  private resolveList(list: readonly unknown[]): readonly unknown[] {
    let changed: unknown[] | undefined;
    for (let index = 0; index < list.length; index++) {
      const item = list[index];
      const resolved = this.resolve(item);
      if (resolved === item) continue;
      changed ??= [...list];
      changed[index] = resolved;
    }
    if (!changed) return list;
    return list instanceof Tuple ? tuple(changed) : changed;
  }

  private resolveDict(dict: object): unknown {
    let changed = false;
    const entries = entriesOf(dict as Readonly<Record<string, unknown>>).map(([key, item]) => {
      const resolved = this.resolve(item);
      if (resolved !== item) changed = true;
      return [key, resolved] as const;
    });
    return changed ? withEntries(dict as Readonly<Record<string, unknown>>, entries) : dict;
  }

  /** The value of one name of another scope, as `hostvars['h']` is asked for it. */
  scoped(dict: ScopeDict, name: string): unknown | typeof missing {
    return this.in(dict.scope).variable(name);
  }

  /** Without the names that lead back to all the others, and have no end as a value. */
  private dictOfScope(dict: ScopeDict): unknown {
    return dictOf(
      [...dict.scope.names()]
        .filter((name) => !endless.includes(name))
        .map((name) => [name, this.scoped(dict, name)] as const)
        .filter(([, value]) => value !== missing && value !== omit),
    );
  }

  /** The value as it leaves the room: plain data (a float without a fraction stays one), in which something unknown may be left. Throws when anything is undefined. */
  plain(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
    const result = this.force(value);
    if (typeof result !== 'object' || result === null) return result;
    release(result);
    if (Array.isArray(result)) return this.plainList(result);
    if (isDict(result)) return this.plainDict(result);
    if (result instanceof Unsafe) return result.text;
    if (result instanceof Undefined) return result.fail();
    if (result instanceof ScopeDict) return this.plain(this.dictOfScope(result));
    if (result instanceof Unknown || result === omit) return result;
    if (result instanceof Instance && result.abilities.text !== undefined) return result.abilities.text;
    return opaque(result);
  }

  private plainList(list: readonly unknown[]): unknown {
    let changed = list instanceof Tuple;
    const items = list.map((item) => {
      const result = this.plain(item);
      if (result !== item) changed = true;
      return result;
    });
    return changed ? Array.from(items) : list;
  }

  private plainDict(dict: object): unknown {
    let changed = dict instanceof Map;
    const entries = entriesOf(dict as Readonly<Record<string, unknown>>).map(([key, item]) => {
      const result = this.plain(item);
      if (result !== item) changed = true;
      return [String(key), result] as const;
    });
    return changed ? withWrittenKeys(dictOf(entries), keysOf(dict as Readonly<Record<string, unknown>>)) : dict;
  }
}

const endless: readonly string[] = ['hostvars', 'vars'];
const inProgress = Symbol('in progress');

function refersToItself(name: string): never {
  throw new TemplateError(`"${name}" refers to itself`);
}

/** Classes of other rooms (a date of YAML, an encrypted scalar) pass through; what only a template has does not. */
function opaque(value: object): unknown {
  const kind = value.constructor?.name;
  if (value instanceof Instance || kind === 'Callable')
    throw new TemplateError('a function or an object of the template cannot be a value: was () forgotten?');
  return value;
}
