/** The names which a template binds itself: by `set`, `for`, `with`, macros and imports. */
import type { Source } from '../errors.ts';
import type { Session } from './session.ts';

/** Writes a piece of a template. */
export type Execute = (frame: Frame, out: unknown[]) => void;

/** What all frames of one template share. */
export interface Template {
  /** The definitions of each block: the first is the one to write, `super()` is the next. */
  readonly blocks: Map<string, Execute[]>;
  /** The file at work; none for a text of YAML. */
  source?: Source | undefined;
  /** An imported template sees no variables. */
  readonly isolated: boolean;
  /** Set by `extends`: the template whose text is written in the end. */
  parent?: ((frame: Frame, out: unknown[]) => void) | undefined;
}

export class Frame {
  readonly session: Session;
  readonly template: Template;
  private readonly outer: Frame | undefined;
  private bindings: Map<string, unknown> | undefined;

  constructor(session: Session, template: Template, outer?: Frame) {
    this.session = session;
    this.template = template;
    this.outer = outer;
  }

  inner(): Frame {
    return new Frame(this.session, this.template, this);
  }

  set(name: string, value: unknown): void {
    this.bindings ??= new Map();
    this.bindings.set(name, value);
  }

  /** The value bound to a name here or outside; undefined when there is none. */
  find(name: string): unknown {
    for (let frame: Frame | undefined = this; frame; frame = frame.outer) {
      const value = frame.bindings?.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** What was bound here, not outside. */
  own(): ReadonlyMap<string, unknown> {
    return this.bindings ?? new Map();
  }

  /** All the names bound here or outside. */
  names(): string[] {
    const names: string[] = [];
    for (let frame: Frame | undefined = this; frame; frame = frame.outer) names.push(...(frame.bindings?.keys() ?? []));
    return names;
  }
}
