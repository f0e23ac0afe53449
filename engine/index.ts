/** kplay's public API: what modules are written with. */
export type { ArgLiteral, ArgsLiteral, ArgsOf, ArgType } from './module/arguments.ts';
export {
  type ActionModule,
  type AnyModule,
  type Change,
  type Controller,
  type ControllerFile,
  type Diff,
  defineAction,
  defineModule,
  type Result,
  type StateModule,
} from './module/definition.ts';
export type { Content, LocalFile } from './target/content.ts';
export { ModuleFailure, UnknownState } from './target/failure.ts';
export { type Domain, type Effect, effect, type QueryKind } from './target/query.ts';
export type { Account, FileState, GroupEntry, PresentFile, UnitState } from './target/state.ts';
export type { Attributes, Command, Completed, Mutation, ReadableTarget, Target } from './target/target.ts';
export { Float } from './template/python/types.ts';
export { Unknown } from './template/values.ts';
