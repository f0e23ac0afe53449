/** Tests of a task's result. */
import { TemplateError } from '../errors.ts';
import { type Kind, type Native, native } from '../evaluate/native.ts';
import { hasKey, valueAt } from '../python/dicts.ts';
import { isTrue } from '../python/truth.ts';
import { type Dict, isDict, typeName } from '../python/types.ts';

/** A task's result, as `register` keeps it. */
const outcome: Kind<Dict> = (session, value) => {
  const known = session.known(value);
  if (isDict(known)) return known;
  throw new TemplateError(`this test needs the result of a task, which is a dict, not ${typeName(known)}`);
};
const field = (result: Dict, name: string): unknown => (hasKey(result, name) ? valueAt(result, name) : undefined);
function ofResult(body: (has: (name: string) => boolean, result: Dict) => boolean): Native {
  return native(outcome, {}, (result, _, session) => {
    const has = (name: string) => {
      const value = field(result, name);
      return value !== undefined && isTrue(session.known(value));
    };
    return body(has, result);
  });
}

const failed = ofResult((has) => has('failed'));
const succeeded = ofResult((has) => !has('failed'));
const changed = native(outcome, {}, (result, _, session) => {
  const own = field(result, 'changed');
  if (own !== undefined) return isTrue(session.known(own));
  const results = field(result, 'results');
  return (
    Array.isArray(results) &&
    results.some((one) => isDict(one) && isTrue(session.known(field(one, 'changed') ?? false)))
  );
});
const skipped = ofResult((has) => has('skipped'));
const finished = ofResult((has, result) => (hasKey(result, 'finished') ? has('finished') : true));

export const resultTests: Readonly<Record<string, Native>> = {
  failed,
  failure: failed,
  succeeded,
  success: succeeded,
  successful: succeeded,
  changed,
  change: changed,
  skipped,
  skip: skipped,
  finished,
  started: ofResult((has, result) => (hasKey(result, 'started') ? has('started') : true)),
  timedout: ofResult((has) => has('timedout')),
  unreachable: ofResult((has) => has('unreachable')),
  reachable: ofResult((has) => !has('unreachable')),
};
