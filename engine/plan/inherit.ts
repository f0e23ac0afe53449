/** Keywords handed down: the nearest single value wins, lists grow inward. */
import type { Inherited, Keywords } from '../playbook/ast.ts';
import type { Effective, Lexical } from './plan.ts';

const toldKeywords = ['connection', 'port', 'remote_user', 'delegate_to'] as const;

/** What `own` keywords come to inside `outer` ones. */
export function inherit(outer: Effective, own: Keywords): Effective {
  const environment = joined(outer.environment, own.environment);
  const inherited = nearest(outer.inherited, own.inherited);
  // most statements add nothing, and share what they see with those around them
  const tells = own.environment.length > 0 || toldKeywords.some((keyword) => own.inherited[keyword] !== undefined);
  const lexical: Lexical = tells ? { ...outer.lexical, told: { environment, inherited } } : outer.lexical;
  return {
    ...(own.name !== undefined && { name: own.name }),
    at: own.at,
    when: joined(outer.when, own.when),
    tags: own.tags.length === 0 ? outer.tags : [...new Set([...outer.tags, ...own.tags])],
    environment,
    moduleDefaults: joined(outer.moduleDefaults, own.moduleDefaults),
    notify: joined(outer.notify, own.notify),
    inherited,
    lexical: own.vars ? { ...lexical, vars: [...lexical.vars, own.vars] } : lexical,
  };
}

/** The same for what stands in a file of this folder. */
export function inFolder(dir: string, effective: Effective): Effective {
  return effective.lexical.dir === dir ? effective : { ...effective, lexical: { ...effective.lexical, dir } };
}

/** Nothing to inherit: what a play starts from. */
export function nothing(at: Effective['at']): Effective {
  return {
    at,
    when: [],
    tags: [],
    environment: [],
    moduleDefaults: [],
    notify: [],
    inherited: {},
    lexical: { vars: [], includeParams: [] },
  };
}

function joined<T>(outer: readonly T[], own: readonly T[]): readonly T[] {
  return own.length === 0 ? outer : outer.length === 0 ? own : [...outer, ...own];
}

function nearest(outer: Inherited, own: Inherited): Inherited {
  for (const _ in own) return { ...outer, ...own };
  return outer;
}
