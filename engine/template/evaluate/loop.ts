/** The `for` statement and its `loop` variable. */
import { TemplateError } from '../errors.ts';
import { equal } from '../python/compare.ts';
import { Callable, Instance, typeName, Undefined } from '../python/types.ts';
import type { For } from '../syntax/nodes.ts';
import { compileTarget } from './assign.ts';
import { compileExpression, compileTruth, located } from './expressions.ts';
import type { Execute, Frame } from './frame.ts';
import { itemsOf } from './native.ts';
import { written } from './output.ts';

/** Compiles a `for`, given how its body is compiled. */
export function compileFor(node: For, compileBody: (body: For['body']) => Execute): Execute {
  const source = compileExpression(node.arr);
  const assign = compileTarget(node.target);
  const accept = node.cond ? compileTruth(node.cond) : undefined;
  const body = compileBody(node.body);
  const otherwise = node.else_ ? compileBody(node.else_) : undefined;
  const iterate = located(node, (frame) => itemsFrom(frame, source(frame)));

  const run = (frame: Frame, all: readonly unknown[], out: unknown[], depth: number): void => {
    const items = accept ? all.filter((item) => accept(bound(frame, item))) : all;
    if (items.length === 0) otherwise?.(frame.inner(), out);
    const state = new LoopState(items, depth);
    const again = (value: unknown) => {
      const nested: unknown[] = [];
      frame.session.meter.deeper(() => run(frame, itemsFrom(frame, value), nested, depth + 1));
      return written(frame.session, nested);
    };
    const loop = state.asInstance(node.recursive ? again : undefined);
    for (; state.index < items.length; state.index++) {
      frame.session.meter.step();
      const inner = bound(frame, items[state.index]);
      inner.set('loop', loop);
      body(inner, out);
    }
  };
  const bound = (frame: Frame, item: unknown): Frame => {
    const inner = frame.inner();
    assign(inner, item);
    return inner;
  };
  return (frame, out) => run(frame, iterate(frame), out, 0);
}

function itemsFrom(frame: Frame, value: unknown): readonly unknown[] {
  const known = frame.session.known(value);
  const items = itemsOf(known);
  if (!items) throw new TemplateError(`'${typeName(known)}' cannot be looped over`);
  frame.session.meter.items(items.length);
  return items;
}

class LoopState {
  index = 0;
  private readonly items: readonly unknown[];
  private readonly depth: number;
  private last: readonly unknown[] | undefined;

  constructor(items: readonly unknown[], depth: number) {
    this.items = items;
    this.depth = depth;
  }

  asInstance(again: ((value: unknown) => unknown) | undefined): Instance {
    const call = again ? { call: ({ positional }: { positional: readonly unknown[] }) => again(positional[0]) } : {};
    return new Instance('loop', (name) => this.read(name), call);
  }

  private read(name: string): unknown {
    const length = this.items.length;
    switch (name) {
      case 'index':
        return this.index + 1;
      case 'index0':
        return this.index;
      case 'revindex':
        return length - this.index;
      case 'revindex0':
        return length - this.index - 1;
      case 'first':
        return this.index === 0;
      case 'last':
        return this.index === length - 1;
      case 'length':
        return length;
      case 'depth':
        return this.depth + 1;
      case 'depth0':
        return this.depth;
      case 'previtem':
        return this.index === 0
          ? new Undefined('the first round of a loop has no previous item')
          : this.items[this.index - 1];
      case 'nextitem':
        return this.index === length - 1
          ? new Undefined('the last round of a loop has no next item')
          : this.items[this.index + 1];
      case 'cycle':
        return new Callable('cycle', ({ positional }) => {
          if (positional.length === 0) throw new TemplateError('cycle needs items to go through');
          return positional[this.index % positional.length];
        });
      case 'changed':
        return new Callable('changed', ({ positional }) => this.changed(positional));
      default:
        return undefined;
    }
  }

  private changed(values: readonly unknown[]): boolean {
    const same = this.last !== undefined && equal(this.last, values);
    this.last = values;
    return !same;
  }
}
