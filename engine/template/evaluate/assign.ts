/** Binding names: `x`, `x, y` and `namespace.x`. */
import { TemplateError } from '../errors.ts';
import { Instance, typeName } from '../python/types.ts';
import type { Target } from '../syntax/nodes.ts';
import { located } from './expressions.ts';
import type { Frame } from './frame.ts';
import { itemsOf } from './native.ts';

type Assign = (frame: Frame, value: unknown) => void;

/** How a target takes a value. */
export function compileTarget(target: Target): Assign {
  if (target.typename === 'Symbol') return (frame, value) => frame.set(target.value, value);
  const assign = target.typename === 'Group' ? unpack(target.children as readonly Target[]) : setAttribute(target);
  return (frame, value) => located(target, () => assign(frame, value))(frame);
}

function unpack(targets: readonly Target[]): Assign {
  const assigns = targets.map(compileTarget);
  return (frame, value) => {
    const known = frame.session.known(value);
    const items = itemsOf(known);
    if (!items) throw new TemplateError(`${typeName(known)} cannot be unpacked into ${assigns.length} names`);
    if (items.length !== assigns.length)
      throw new TemplateError(`${items.length} values cannot be unpacked into ${assigns.length} names`);
    assigns.forEach((assign, index) => {
      assign(frame, items[index]);
    });
  };
}

function setAttribute(target: Extract<Target, { typename: 'LookupVal' }>): Assign {
  const name = target.target.typename === 'Symbol' ? target.target.value : '';
  const key = target.val.typename === 'Literal' ? String(target.val.value) : '';
  return (frame, value) => {
    const namespace = frame.find(name);
    if (namespace instanceof Instance && namespace.abilities.write) namespace.abilities.write(key, value);
    else throw new TemplateError(`only an attribute of a namespace() can be set, and "${name}" is none`);
  };
}
