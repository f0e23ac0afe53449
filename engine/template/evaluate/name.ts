/** Names: what a template bound itself, then variables, then what every template has. */
import { closest } from '../../source/suggest.ts';
import { TemplateError } from '../errors.ts';
import { Undefined } from '../python/types.ts';
import type { Name } from '../syntax/nodes.ts';
import { missing } from '../values.ts';
import type { Evaluate } from './arguments.ts';
import type { Frame } from './frame.ts';
import { globalNamed, globalNames } from './globals.ts';

export function compileName({ value: name, ...position }: Name): Evaluate {
  const place = { line: position.lineno, column: position.colno };
  return (frame) => {
    const bound = frame.find(name);
    if (bound !== undefined) return bound;
    frame.session.meter.step();
    const value = frame.template.isolated ? missing : variable(frame, name, place);
    if (value !== missing) return value;
    const builtIn = globalNamed(frame.session, name);
    if (builtIn !== undefined) return builtIn;
    const absent = new Undefined(`'${name}' is undefined`, name, () => {
      const near = closest(name, [...frame.names(), ...frame.session.environment.scope.names(), ...globalNames]);
      return near === undefined ? undefined : `Did you mean "${near}"?`;
    });
    absent.position = place;
    absent.source = frame.template.source;
    return absent;
  };
}

function variable(frame: Frame, name: string, place: { line: number; column: number }): unknown {
  try {
    return frame.session.variable(name);
  } catch (error) {
    if (error instanceof TemplateError) error.position ??= place;
    throw error;
  }
}
