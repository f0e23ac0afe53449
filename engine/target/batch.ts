/** Reading by batches: what is asked in one tick goes out as one script, and every answer is remembered until it may be stale. */
import { randomBytes } from 'node:crypto';
import { ModuleFailure } from './failure.ts';
import type { Domain, QueryKind } from './query.ts';

export interface Reader {
  query<K, V>(kind: QueryKind<K, V>, key: K): Promise<V>;
  /** Drops the answers that read one of these parts of the host; all of them unless told. */
  forget(domains?: readonly Domain[]): void;
}

/** What a batch needs of a shell: a script in, code and streams out. */
export type Ask = (
  script: string,
) => Promise<{ readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer }>;

interface Question {
  readonly kind: QueryKind<unknown, unknown>;
  readonly key: unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A reader over one shell. A batch leaves when the current tick has run out of things to ask. */
export function batchedReader(ask: Ask): Reader {
  const answers = new Map<string, Map<string, Promise<unknown>>>();
  const domainsOf = new Map<string, readonly Domain[]>();
  let waiting: Question[] = [];

  async function flush(): Promise<void> {
    const questions = waiting;
    waiting = [];
    const nonce = randomBytes(16).toString('hex');
    const groups: (readonly Question[])[] = [];
    const scripts: string[] = [];
    for (const group of groupByKind(questions).values()) {
      try {
        scripts.push(`(\n${group[0]!.kind.script(keysOf(group))}\n)\nprintf '\\n%s %s\\n' ${nonce} $?`);
        groups.push(group);
      } catch (error) {
        for (const question of group) question.reject(failure(error));
      }
    }
    if (groups.length === 0) return;
    try {
      const { stdout, stderr } = await ask(scripts.join('\n'));
      let from = 0;
      for (const group of groups) {
        const at = stdout.indexOf(`\n${nonce} `, from);
        if (at < 0)
          throw new ModuleFailure(`reading ${group[0]!.kind.name} gave no answer: ${stderr.toString('utf8').trim()}`);
        const end = stdout.indexOf('\n', at + 1);
        settle(group, Number(stdout.subarray(at + nonce.length + 2, end)), stdout.subarray(from, at), stderr);
        from = end + 1;
      }
    } catch (error) {
      for (const question of questions) question.reject(error as Error);
    }
  }

  return {
    query<K, V>(kind: QueryKind<K, V>, key: K): Promise<V> {
      const id = kind.id(key);
      const known = answers.get(kind.name)?.get(id);
      if (known) return known as Promise<V>;
      const answer = new Promise<unknown>((resolve, reject) => {
        if (waiting.push({ kind: kind as unknown as QueryKind<unknown, unknown>, key, resolve, reject }) === 1)
          setImmediate(() => void flush());
      });
      domainsOf.set(kind.name, kind.domains);
      const ofKind = answers.get(kind.name) ?? new Map<string, Promise<unknown>>();
      // whoever asked sees the rejection (a probe made ahead may have nobody left), whoever asks later may have more luck
      answer.catch(() => {
        if (ofKind.get(id) === answer) ofKind.delete(id);
      });
      answers.set(kind.name, ofKind.set(id, answer));
      return answer as Promise<V>;
    },
    forget(domains) {
      for (const [name, read] of domainsOf) {
        if (!domains || read.some((domain) => domains.includes(domain))) answers.delete(name);
      }
    },
  };
}

/** Hands each question its answer, or all of them the reason why there is none. */
function settle(group: readonly Question[], code: number, stdout: Buffer, stderr: Buffer): void {
  const { kind } = group[0]!;
  try {
    if (code !== 0)
      throw new ModuleFailure(`reading ${kind.name} failed (exit ${code}): ${stderr.toString('utf8').trim()}`, {
        rc: code,
      });
    const values = kind.parse(stdout, keysOf(group));
    group.forEach((question, index) => {
      const value = values[index];
      if (value instanceof Error) question.reject(failure(value));
      else question.resolve(value);
    });
  } catch (error) {
    for (const question of group) question.reject(failure(error));
  }
}

const keysOf = (group: readonly Question[]) => group.map(({ key }) => key);

function failure(error: unknown): ModuleFailure {
  return error instanceof ModuleFailure ? error : new ModuleFailure((error as Error).message, {}, { cause: error });
}

function groupByKind(questions: readonly Question[]): Map<string, Question[]> {
  const groups = new Map<string, Question[]>();
  for (const question of questions) {
    const group = groups.get(question.kind.name);
    if (group) group.push(question);
    else groups.set(question.kind.name, [question]);
  }
  return groups;
}
