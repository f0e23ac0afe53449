/** Names of filters, tests and lookups, found in what was lent and what is built in. */
import { closest } from '../../source/suggest.ts';
import { TemplateError } from '../errors.ts';
import type { Native } from './native.ts';
import type { Session } from './session.ts';
import { Forced } from './unknown.ts';

/** The name without its collection, where that is one of those which things built in belong to. */
export function shortName(name: string): string {
  return name.replace(/^(?:ansible\.(?:builtin|legacy|utils|netcommon)|community\.general)\./, '');
}

export function filterNamed(session: Session, name: string): Native {
  return find('filter', name, session.environment.filters, session.engine.filters);
}

export function testNamed(session: Session, name: string): Native {
  return find('test', name, session.environment.tests, session.engine.tests);
}

type Lent = Readonly<
  Record<
    string,
    (
      value: unknown,
      args: readonly unknown[],
      options: Readonly<Record<string, unknown>>,
      environment: Session['environment'],
    ) => unknown
  >
>;

function find(
  kind: string,
  written: string,
  lent: Lent | undefined,
  builtIn: Readonly<Record<string, Native>>,
): Native {
  const name = shortName(written);
  if (lent && Object.hasOwn(lent, name)) return foreign(lent[name]!);
  if (Object.hasOwn(builtIn, name)) return builtIn[name]!;
  throw unknownName(kind, written, [...Object.keys(builtIn), ...Object.keys(lent ?? {})]);
}

export function unknownName(kind: string, name: string, known: readonly string[]): TemplateError {
  const near = closest(shortName(name), known);
  return new TemplateError(`there is no ${kind} "${name}"`, {
    hint: near === undefined ? undefined : `Did you mean "${near}"?`,
  });
}

/** A lent function gets plain data. */
function foreign(lent: Lent[string]): Native {
  return (session, input, given) => {
    const [value, positional, named] = [input, given.positional, given.named].map((item) =>
      session.plain(session.resolve(item)),
    );
    try {
      return lent(
        value,
        positional as readonly unknown[],
        named as Readonly<Record<string, unknown>>,
        session.environment,
      );
    } catch (error) {
      if (error instanceof TemplateError || error instanceof Forced) throw error;
      throw new TemplateError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  };
}
