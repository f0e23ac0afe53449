/** The target that is really there: reading in batches, changing by scripts over the host's shell. */
import { didNotRun, type InTrain } from '../connection/framing.ts';
import type { Reply } from '../connection/shell.ts';
import type { Unknown } from '../template/values.ts';
import { type Ask, batchedReader, type Reader } from './batch.ts';
import {
  anything,
  filesOnly,
  inlineBytes,
  makingDirectory,
  type PlainChange,
  type SendTrain,
  settingAttributes,
  writing,
} from './changes.ts';
import { commandScript } from './command-script.ts';
import type { Content, LocalFile } from './content.ts';
import { ModuleFailure, NotMade } from './failure.ts';
import { checksumKind, contentKind, statKind, thereKind } from './files.ts';
import { accountKind, groupKind } from './queries/accounts.ts';
import { factsKind } from './queries/facts.ts';
import { packagesKind } from './queries/packages.ts';
import { isTest, type Tested, testKind } from './queries/test.ts';
import { unitKind } from './queries/units.ts';
import type { QueryKind, Touched } from './query.ts';
import { abandonScript, linkScript, removeScript, temporaryScript, writeScript } from './scripts.ts';
import type { Completed, ReadableTarget, Target } from './target.ts';

/** What a live target needs of the connection room, as functions: it knows no kind of connection. */
export interface Wire {
  run(frame: {
    readonly script: string;
    readonly timeoutMs?: number | undefined;
    readonly outputLimit?: number | undefined;
    readonly inTrain?: InTrain | undefined;
  }): Promise<Reply>;
  upload(path: string, source: LocalFile | Buffer): Promise<void>;
  download(path: string): AsyncIterable<Buffer>;
}

export interface LiveOptions {
  readonly host: string;
  readonly wire: Wire;
  /** Told before anything is changed: whoever remembers answers about this host drops the stale ones. */
  readonly onChange: (touched: Touched) => void;
  /** Told when the change has ended: what others read meanwhile, over shells of their own, may be from before it. */
  readonly onChanged: (touched: Touched, reader: Reader) => void;
}

/** Bytes a batch of answers may have. */
const answerLimit = 256 * 1024 * 1024;
/** Bytes kept of each stream of a user's command. */
const commandLimit = 1024 * 1024;

/** Does a script on the host, and answers when it has ended. */
export type Perform = (frame: {
  readonly script: string;
  readonly timeoutMs?: number | undefined;
  readonly outputLimit?: number | undefined;
}) => Promise<Completed>;

export interface LiveTarget {
  readonly target: Target;
  /** The same target, whose commands and scripted changes are done by `perform`, while the world goes on. */
  apart(perform: Perform): Target;
  readonly reader: Reader;
  readonly train: SendTrain;
}

/** A target over one shell (one host as one user), and the reader whose memory others may drop. */
export function liveTarget({ host, wire, onChange, onChanged }: LiveOptions): LiveTarget {
  const ask: Ask = (script) => wire.run({ script, outputLimit: answerLimit });
  const reader = batchedReader(ask);

  // Whatever this shell is asked once it has been given the change is answered after it; other shells do not wait.
  function changing<T>(touched: Touched, run: () => Promise<T>): Promise<T> {
    onChange(touched);
    return run().finally(() => onChanged(touched, reader));
  }

  const atOnce: Perform = (frame) => timed(() => wire.run(frame));

  async function change(
    summary: string,
    script: string,
    touched: Touched,
    timeoutMs?: number,
    perform = atOnce,
  ): Promise<Completed> {
    const completed = await changing(touched, () => perform({ script, timeoutMs, outputLimit: commandLimit }));
    if (completed.code !== 0) throw failureOf(summary, completed);
    return completed;
  }

  /** What a target does by commands, each done by `perform`. */
  function commands(perform: Perform): Pick<Target, 'mutate' | 'run' | 'observe'> {
    const observe: Target['observe'] = (command) => {
      const script = commandScript({ ...command, executable: command.executable ?? '/bin/sh' });
      const { timeoutMs, outputLimit = commandLimit } = command;
      return perform({ script, timeoutMs, outputLimit });
    };
    return {
      observe,
      mutate: ({ summary, script, stdin, touches, timeoutMs }) =>
        change(summary, commandScript({ script, stdin }), { domains: touches }, timeoutMs, perform),
      async run(command) {
        if (isTest(command)) return asked(await reader.query(testKind, command.argv ?? []));
        return changing({ domains: undefined }, () => observe(command));
      },
    };
  }

  async function send({ summary, script, touched, makes }: PlainChange, inTrain?: InTrain): Promise<void> {
    const sent = changing(touched, () => timed(() => wire.run({ script, outputLimit: commandLimit, inTrain })));
    for (const path of makes) reader.learn(thereKind, path, true);
    const completed = await sent;
    if (completed.code === 0) return;
    // what was taken for granted is not so
    reader.forget();
    throw completed.code === didNotRun ? new NotMade() : failureOf(summary, completed);
  }

  async function train(changes: readonly PlainChange[], begin: InTrain): Promise<void> {
    const sent = changes.map((one, index) => send(one, index === 0 ? begin : 'next'));
    const failed = (await Promise.allSettled(sent)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  const target: Target = {
    ...readable(host, (kind, key) => reader.query(kind, key)),
    exists: (path) => reader.query(thereKind, path),
    async writeFile(path, content, options) {
      const bytes = await inlineBytes(path, content);
      if (bytes) return send(writing(path, bytes, options));
      const large = content as Exclude<Content, Unknown>;
      const touched = options.validate || options.backup ? anything : writing(path, Buffer.alloc(0), options).touched;
      const made = await change(`write ${path}`, temporaryScript(path), filesOnly);
      const uploaded = made.stdout.toString('utf8').trim();
      await wire.upload(uploaded, large).catch(async (error: unknown) => {
        const left = await wire.run({ script: abandonScript(path, uploaded) });
        if (!(error instanceof ModuleFailure)) throw error;
        const words = error.message.replaceAll(uploaded, path);
        throw new ModuleFailure(`write ${path}: ${words}\n${left.stdout.toString('utf8').trim()}`, error.result);
      });
      await change(`write ${path}`, writeScript(path, { uploaded }, options), touched);
    },
    makeDirectory: (path, attributes) => send(makingDirectory(path, attributes)),
    setAttributes: (path, attributes, options) => send(settingAttributes(path, attributes, options)),
    async makeLink(path, to, kind) {
      await change(`link ${path}`, linkScript(path, to, kind), { domains: ['files', 'units'] });
    },
    async remove(path) {
      await change(`remove ${path}`, removeScript(path), anything);
    },
    ...commands(atOnce),
    download: (path) => wire.download(path),
  };
  const apart = (perform: Perform): Target => ({
    ...target,
    ...commands((frame) =>
      // who was asked meanwhile, and be it over this shell, may have answered from before it was done
      perform(frame).finally(() => onChange({ domains: undefined })),
    ),
  });
  return { target, apart, reader, train };
}

/** The reading half of a target, given the way to ask one question. */
export function readable(host: string, query: <K, V>(kind: QueryKind<K, V>, key: K) => Promise<V>): ReadableTarget {
  return {
    host,
    query,
    stat: (path, options = {}) =>
      query(statKind, { path, follow: options.follow ?? false, ...(options.certain && { certain: true }) }),
    exists: async (path) => (await query(statKind, { path, follow: true })).exists,
    checksum: (path) => query(checksumKind, path),
    readFile: (path) => query(contentKind, path),
    unit: (name, scope = 'system') => query(unitKind, `${scope} ${name}`),
    account: (user) => query(accountKind, user),
    groupEntry: (group) => query(groupKind, group),
    async packages(names) {
      return new Map(await Promise.all(names.map(async (name) => [name, await query(packagesKind, name)] as const)));
    },
    async facts(subsets) {
      const parts = await Promise.all(subsets.map((subset) => query(factsKind, subset)));
      return Object.assign({}, ...parts);
    },
  };
}

/** A command that was asked as a question: it took no time of its own. */
function asked({ code, stderr }: Tested): Completed {
  const now = new Date().toISOString();
  return { code, stdout: Buffer.alloc(0), stderr, truncated: false, timedOut: false, start: now, end: now, seconds: 0 };
}

async function timed(run: () => Promise<Reply>): Promise<Completed> {
  const [start, from] = [new Date(), performance.now()];
  const reply = await run();
  return {
    code: reply.code,
    stdout: reply.stdout,
    stderr: reply.stderr,
    truncated: reply.stdoutTruncated || reply.stderrTruncated,
    timedOut: reply.timedOut,
    start: start.toISOString(),
    end: new Date().toISOString(),
    seconds: (performance.now() - from) / 1000,
  };
}

function failureOf(summary: string, { code, stdout, stderr, timedOut }: Completed): ModuleFailure {
  const [out, err] = [stdout.toString('utf8').trim(), stderr.toString('utf8').trim()];
  const why = timedOut ? 'timed out' : err || out || `exit code ${code}`;
  return new ModuleFailure(`${summary}: ${why}`, { rc: code, stdout: out, stderr: err });
}
