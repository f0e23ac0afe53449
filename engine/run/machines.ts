/** The machines of a run: one connection each, one shell for each user tasks become there, opened when first needed. */
import type { Become, Connection, ConnectionSettings } from '../connection/connection.ts';
import type { Shell } from '../connection/shell.ts';
import type { Reader } from '../target/batch.ts';
import type { LocalFile } from '../target/content.ts';
import { type LiveTarget, liveTarget, type Wire } from '../target/live.ts';
import type { PredictedWorld } from '../target/prediction.ts';
import type { Touched } from '../target/query.ts';
import { simulatedTarget } from '../target/simulated.ts';
import type { Target } from '../target/target.ts';
import type { HostTraffic } from './events.ts';
import { interruptible } from './interruption.ts';
import { stopwatch } from './stopwatch.ts';

/** How the connection room is reached; a spec may hand in another. */
export interface Wiring {
  connect(settings: ConnectionSettings): Promise<Connection>;
  openShell(connection: Connection, options: { readonly become?: Become | undefined }): Promise<Shell>;
  upload(
    connection: Connection,
    path: string,
    source: Buffer | LocalFile,
    options: { readonly become?: Become | undefined },
  ): Promise<void>;
  download(
    connection: Connection,
    path: string,
    options: { readonly become?: Become | undefined },
  ): AsyncIterable<Buffer>;
}

export interface Machine {
  /** Machines of one place see each other's changes: a host's name, or `localhost` for whatever is local. */
  readonly place: string;
  /** The target as one user. Throws Unreachable, and Interrupted once aborted. */
  target(become: Become | undefined, mode: 'live' | 'simulated'): Promise<Target>;
  /** The same, with its reader and its trains. */
  live(become: Become | undefined): Promise<LiveTarget>;
  /** Drops what was read about these parts of the host, as whichever user, but not by `kept`. True when that told somebody. */
  forget(touched: Touched, kept?: Reader): boolean;
  readonly traffic: HostTraffic;
  /** Ends what is under way on the host, within about three seconds, and does nothing more there. Never rejects. */
  abort(): Promise<void>;
  close(): Promise<void>;
}

/** What a machine is for one user. */
interface User {
  readonly live: LiveTarget;
  readonly simulated: Target;
}

/** A machine that is not connected yet. `onChange` is told before each change is sent, and when it ended which reader came behind it. */
export function machine(
  name: string,
  settings: ConnectionSettings,
  wiring: Wiring,
  world: PredictedWorld,
  onChange: (place: string, touched: Touched, behind?: Reader) => void,
): Machine {
  const place = settings.kind === 'local' ? 'localhost' : name;
  const users = new Map<string, Promise<User>>();
  /** Those of them that are in. */
  const present = new Map<string, User>();
  const opened: { readonly live: LiveTarget; readonly shell: Shell }[] = [];
  const past = { roundTrips: 0, bytesOut: 0, bytesIn: 0 };
  const links = new Set<Connection>();
  const watch = stopwatch();
  let shortest: number | undefined;
  const interruption = interruptible();
  let aborted = false;
  let connection: Promise<Connection> | undefined;

  function connected(): Promise<Connection> {
    if (connection) return connection;
    const connecting = watch.during(() => wiring.connect(settings));
    connection = connecting;
    connecting.then(
      (link) => (aborted ? void link.close() : links.add(link)),
      () => giveUp(connecting),
    );
    return connecting;
  }

  function answered(seconds: number): void {
    shortest = Math.min(shortest ?? seconds, seconds);
  }

  /** A connection that failed is not tried again, another one is: the host may have come back. */
  function giveUp(failed: Promise<Connection>): void {
    if (connection !== failed) return;
    connection = undefined;
    users.clear();
    present.clear();
  }

  async function open(become: Become | undefined): Promise<User> {
    const connecting = connected();
    const link = await connecting;
    const shell = await watch.during(() => wiring.openShell(link, { become }));
    const wire: Wire = {
      run: (frame) =>
        interruption.during(() =>
          watch
            .during(() => shell.run(frame), answered)
            .catch((error: unknown) => {
              giveUp(connecting);
              throw error;
            }),
        ),
      async upload(path, source) {
        await interruption.during(() => watch.during(() => wiring.upload(link, path, source, { become })));
        past.bytesOut += Buffer.isBuffer(source) ? source.length : source.size;
      },
      download: (path) => wiring.download(link, path, { become }),
    };
    const live = liveTarget({
      host: place,
      wire,
      onChange: (touched) => onChange(place, touched),
      onChanged: (touched, behind) => onChange(place, touched, behind),
    });
    opened.push({ live, shell });
    return { live, simulated: simulatedTarget(live.target, world) };
  }

  async function asUser(wanted: Become | undefined): Promise<User> {
    // whoever logs in as the user asked for has nobody left to become
    const become =
      wanted !== undefined && wanted.user === settings.user && settings.kind !== 'local' ? undefined : wanted;
    const key = become ? JSON.stringify([become.method, become.user, become.flags, become.exe]) : '';
    const here = aborted ? undefined : present.get(key);
    if (here) return here;
    return interruption.during(() => {
      const user = users.get(key) ?? open(become);
      users.set(key, user);
      const isLast = () => users.get(key) === user;
      user.then(
        (opened) => isLast() && present.set(key, opened),
        () => isLast() && users.delete(key), // who could not get in may try again
      );
      return user;
    });
  }

  function traffic(): HostTraffic {
    let { roundTrips, bytesOut, bytesIn } = past;
    for (let index = 0; index < opened.length; index += 1) {
      const { shell } = opened[index]!;
      roundTrips += shell.roundTrips;
      bytesOut += shell.bytesOut;
      bytesIn += shell.bytesIn;
    }
    const waiting = watch.seconds;
    return shortest === undefined
      ? { roundTrips, bytesOut, bytesIn, waiting }
      : { roundTrips, bytesOut, bytesIn, waiting, shortest };
  }

  return {
    place,
    target: async (wanted, mode) => {
      const { live, simulated } = await asUser(wanted);
      return mode === 'live' ? live.target : simulated;
    },
    live: async (wanted) => (await asUser(wanted)).live,
    forget(touched, kept) {
      const readers = opened.map(({ live }) => live.reader).filter((reader) => reader !== kept);
      for (const reader of readers) reader.forget(touched);
      return readers.length > 0;
    },
    get traffic() {
      return traffic();
    },
    abort() {
      aborted = true;
      return interruption.interrupt(() => Promise.all(opened.map(({ shell }) => shell.abort())));
    },
    async close() {
      const { roundTrips, bytesOut, bytesIn } = traffic();
      Object.assign(past, { roundTrips, bytesOut, bytesIn });
      const shells = opened.splice(0).map(({ shell }) => shell);
      // once aborted, a connection that is still being made is closed when it is there
      if (!aborted) await connection?.catch(() => {});
      connection = undefined;
      users.clear();
      present.clear();
      await Promise.allSettled(shells.map((shell) => shell.close()));
      await Promise.allSettled([...links].map((link) => link.close()));
      links.clear();
    },
  };
}
