/** Reading by batches: what is asked in one tick goes out as one script, and every answer is remembered until it may be stale. */
import { randomBytes } from 'node:crypto';
import { outlives, replacesNothingElse } from './entry.ts';
import { ModuleFailure } from './failure.ts';
import { statKind, thereKind } from './files.ts';
import type { QueryKind, Touched } from './query.ts';
import type { FileState } from './state.ts';

export interface Reader {
  query<K, V>(kind: QueryKind<K, V>, key: K): Promise<V>;
  /** The answer if it is already here. */
  known<K, V>(kind: QueryKind<K, V>, key: K): { readonly value: V } | undefined;
  /** Takes an answer for granted: what was just sent makes it true. */
  learn<K, V>(kind: QueryKind<K, V>, key: K, value: V): void;
  /** Drops the answers that a change of these parts of the host may have made stale; all of them unless told. */
  forget(touched?: Touched): void;
}

/** What a batch needs of a shell: a script in, code and streams out. */
export type Ask = (
  script: string,
) => Promise<{ readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer }>;

interface Answer {
  readonly kind: QueryKind<unknown, unknown>;
  readonly key: unknown;
  readonly promise: Promise<unknown>;
  /** Nothing while it is under way. */
  value: unknown;
  settled: boolean;
}

interface Question {
  readonly kind: QueryKind<unknown, unknown>;
  readonly key: unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Questions of one kind, and the script that answers them. */
interface Asked {
  readonly group: readonly Question[];
  readonly script: string;
}

const scriptsOf = (all: readonly Asked[]) => all.map(({ script }) => script);

/**
 * What they print is written at once, as the last thing. Scripts are read as a function, since some shells cannot tell the `)` of a case
 * from the end of a substitution; the dot keeps the last line ends; by LC_ALL, no shell takes bytes for the beginning of letters. Where
 * printf is a program, it cannot be given as much as that.
 */
function asOne(all: readonly Asked[]): readonly string[] {
  if (all.length === 0) return [];
  const whole = `if [ \${#o} -lt 100000 ] || case $(command -v printf) in /*) false;; esac; then printf '%s' "\${o%.}"`;
  return [
    'gathered() {',
    ...scriptsOf(all),
    '}',
    'o=$(gathered; echo .); LC_ALL=C',
    `${whole}; else cat <<GATHERED\n\${o%.}\nGATHERED\nfi`,
  ];
}

/** A reader over one shell. A batch leaves when the current tick has run out of things to ask. */
export function batchedReader(ask: Ask): Reader {
  const answers = new Map<string, Map<string, Answer>>();
  let waiting: Question[] = [];

  async function flush(): Promise<void> {
    const questions = waiting;
    waiting = [];
    const nonce = randomBytes(16).toString('hex');
    const gathered: Asked[] = [];
    const others: Asked[] = [];
    for (const group of groupByKind(questions).values()) {
      const [{ kind }, keys] = [group[0]!, keysOf(group)];
      try {
        const script = `(\n${kind.script(keys)}\n)\nprintf '\\n%s %s\\n' ${nonce} $?`;
        (kind.gathers?.(keys) ? gathered : others).push({ group, script });
      } catch (error) {
        for (const question of group) question.reject(failure(error));
      }
    }
    if (gathered.length + others.length === 0) return;
    try {
      const { stdout, stderr } = await ask([...scriptsOf(others), ...asOne(gathered)].join('\n'));
      let from = 0;
      for (const { group } of [...others, ...gathered]) {
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

  const recall = (path: string) =>
    answers.get(statKind.name)?.get(statKind.id({ path, follow: false }))?.value as FileState | undefined;

  function isStale({ kind, key, value }: Answer, { domains, entry }: Touched): boolean {
    if (!domains || kind.domains.some((domain) => domains.includes(domain))) return true;
    if (domains.includes('kernel') && kind.domains.includes('files') && isKernels(kind.path?.(key))) return true;
    if (!entry || !kind.domains.includes('files')) return false;
    if (kind.name === thereKind.name && value === true) return !replacesNothingElse(entry, recall);
    return !kind.path || !outlives(kind.path(key), entry, recall);
  }

  return {
    query<K, V>(kind: QueryKind<K, V>, key: K): Promise<V> {
      const id = kind.id(key);
      const ofKind = answers.get(kind.name) ?? new Map<string, Answer>();
      const known = ofKind.get(id);
      if (known) return known.promise as Promise<V>;
      const asked = kind as unknown as QueryKind<unknown, unknown>;
      const promise = new Promise<unknown>((resolve, reject) => {
        if (waiting.push({ kind: asked, key, resolve, reject }) === 1) setImmediate(() => void flush());
      });
      if (kind.volatile) return promise as Promise<V>;
      // there are thousands of these: written out and complete, they are all of one shape to V8, which else makes a class for each
      const answer: Answer = { kind: asked, key, promise, value: undefined, settled: false };
      // whoever asked sees the rejection (a probe made ahead may have nobody left), whoever asks later may have more luck
      promise.then(
        (value) => {
          answer.value = value;
          answer.settled = true;
        },
        () => {
          if (ofKind.get(id) === answer) ofKind.delete(id);
        },
      );
      answers.set(kind.name, ofKind.set(id, answer));
      return promise as Promise<V>;
    },
    known<K, V>(kind: QueryKind<K, V>, key: K) {
      const answer = answers.get(kind.name)?.get(kind.id(key));
      return answer?.settled ? { value: answer.value as V } : undefined;
    },
    learn<K, V>(kind: QueryKind<K, V>, key: K, value: V) {
      const ofKind = answers.get(kind.name) ?? new Map<string, Answer>();
      const asked = kind as unknown as QueryKind<unknown, unknown>;
      const answer: Answer = { kind: asked, key, promise: Promise.resolve(value), value, settled: true };
      answers.set(kind.name, ofKind.set(kind.id(key), answer));
    },
    forget(touched = { domains: undefined }) {
      const stale = [...answers.values()].flatMap((ofKind) =>
        [...ofKind].filter(([, answer]) => isStale(answer, touched)).map(([id]) => ({ ofKind, id })),
      );
      for (const { ofKind, id } of stale) ofKind.delete(id);
    },
  };
}

/** What lies there is the kernel itself, shown as files. */
const isKernels = (path: string | undefined) => path !== undefined && /^\/(proc|sys)(\/|$)/.test(path);

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
