/** `json.loads`: floats stay floats, and integers exact. */
import { TemplateError } from '../errors.ts';
import { integer } from './numbers.ts';
import { Float } from './types.ts';

/** Numbers which JavaScript would change: `1.0`, and integers beyond 2^53. They are told from text by being outside quotes. */
const number = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const mark = '\u0000number:';

/** The value of a JSON text. Throws when it is not valid. */
export function readJson(text: string): unknown {
  try {
    const exact = text.replace(number, (all) =>
      all.startsWith('"') || isPlain(all) ? all : JSON.stringify(mark + all),
    );
    return JSON.parse(exact, (_, value: unknown) =>
      typeof value === 'string' && value.startsWith(mark) ? numberOf(value.slice(mark.length)) : value,
    ) as unknown;
  } catch (error) {
    throw new TemplateError(`this is no valid JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function isPlain(written: string): boolean {
  return /^-?\d+$/.test(written) ? Number.isSafeInteger(Number(written)) : !Number.isInteger(Number(written));
}

function numberOf(written: string): unknown {
  return /^-?\d+$/.test(written) ? integer(BigInt(written)) : new Float(Number(written));
}
