/** Macros and the `call` block, which is a macro without a name. */
import { TemplateError, within } from '../errors.ts';
import { dictOf } from '../python/dicts.ts';
import { Callable, type Given, tuple, Undefined } from '../python/types.ts';
import type { Body, Parameter } from '../syntax/nodes.ts';
import { compileExpression } from './expressions.ts';
import type { Execute, Frame } from './frame.ts';
import { written } from './output.ts';

/** How a macro is made where it is defined: it sees the names around its definition. */
export function compileMacro(
  name: string,
  params: readonly Parameter[],
  body: Body,
  compileBody: (body: Body) => Execute,
): (frame: Frame) => Callable {
  const execute = compileBody(body);
  const fallbacks = params.map(({ name: parameter, fallback }) => ({
    parameter,
    fallback: fallback ? compileExpression(fallback) : undefined,
  }));
  return (outer) => {
    const { source } = outer.template;
    return new Callable(name, (given) => {
      const frame = outer.inner();
      bindArguments(name, frame, fallbacks, given);
      const out: unknown[] = [];
      within(source, () => frame.session.meter.deeper(() => execute(frame, out)));
      return written(frame.session, out);
    });
  };
}

interface Fallback {
  readonly parameter: string;
  readonly fallback: ((frame: Frame) => unknown) | undefined;
}

function bindArguments(macro: string, frame: Frame, params: readonly Fallback[], given: Given): void {
  const named = new Map(Object.entries(given.named));
  params.forEach(({ parameter, fallback }, index) => {
    if (index < given.positional.length) {
      if (named.has(parameter)) throw new TemplateError(`"${macro}" got its argument "${parameter}" twice`);
      frame.set(parameter, given.positional[index]);
    } else if (named.has(parameter)) frame.set(parameter, named.get(parameter));
    else
      frame.set(
        parameter,
        fallback
          ? fallback(frame)
          : new Undefined(`"${macro}" was called without its argument "${parameter}"`, parameter),
      );
    named.delete(parameter);
  });
  const caller = named.get('caller');
  if (caller !== undefined && !params.some(({ parameter }) => parameter === 'caller')) {
    frame.set('caller', caller);
    named.delete('caller');
  }
  frame.set('varargs', tuple(given.positional.slice(params.length)));
  frame.set('kwargs', dictOf(named));
}
