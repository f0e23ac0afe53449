import type { Unknown } from '../template/values.ts';
import type { Entry } from './entry.ts';

/** What part of a host a query reads; a mutation that says what it touches drops only those parts. */
export const domains = ['files', 'packages', 'units', 'accounts', 'kernel', 'facts', 'containers'] as const;
export type Domain = (typeof domains)[number];

/** What a change touches: whole parts of the host (all of them where `domains` is undefined), and it may be one entry of its files. */
export interface Touched {
  readonly domains: readonly Domain[] | undefined;
  readonly entry?: Entry | undefined;
}

/**
 * A kind of question a host can be asked. All keys of one kind that are asked in the same tick go out as one script,
 * together with the other kinds, in one round trip; answers are remembered until something on the host changes.
 */
export interface QueryKind<K, V> {
  /** Unique name: the first half of an answer's identity. */
  readonly name: string;
  /** The parts of a host whose change makes an answer stale. */
  readonly domains: readonly Domain[];
  /** It is about something that changes without this host (an API): asked anew each time, and never ahead of its task. */
  readonly volatile?: true;
  /** It is about everything below a path, its id, or in an API: under check unknown once a change there may be pending. */
  readonly deep?: true;
  /**
   * What the script prints for these keys is text without NULs, in pieces: they are gathered on the host, where each would be a packet.
   * Not for what may leave a process behind that holds its output: it would be waited for.
   */
  gathers?(keys: readonly K[]): boolean;
  /** The second half of an answer's identity. */
  id(key: K): string;
  /** The path a key is about, where the answer depends on that path alone. */
  path?(key: K): string;
  /** A POSIX sh script that answers all keys on stdout. It only reads, and exits 0 also when what it looks for is absent. */
  script(keys: readonly K[]): string;
  /** The answers, in the order of the keys; {@link refusal} in place of one. Throws when the output makes no sense. */
  parse(stdout: Buffer, keys: readonly K[]): readonly V[];
}

/** Stands in place of an answer: that question fails with the error, the others asked with it do not. */
export function refusal<V>(message: string): V {
  return new Error(message) as V;
}

/** What a query of this kind would answer after a mutation; the simulated target believes it. */
export interface Effect {
  readonly kind: QueryKind<never, unknown>;
  readonly id: string;
  readonly value: unknown | Unknown;
}

/** States an effect with its types checked. */
export function effect<K, V>(kind: QueryKind<K, V>, key: K, value: V | Unknown): Effect {
  return { kind: kind as unknown as QueryKind<never, unknown>, id: kind.id(key), value };
}
