import { expect } from 'chai';
import type { Become, Connection, ConnectionSettings } from '../../engine/connection/connection.ts';
import type { Frame, Reply, Shell } from '../../engine/connection/shell.ts';
import { Unreachable } from '../../engine/connection/unreachable.ts';
import { machine, type Wiring } from '../../engine/run/machines.ts';
import { predictedWorld } from '../../engine/target/prediction.ts';

/** A wiring that connects nowhere: it counts, and does as it is told. */
function fakeWiring() {
  const log: string[] = [];
  const state = { refuse: false, lose: false };
  const reply: Reply = {
    code: 0,
    timedOut: false,
    stdout: Buffer.alloc(0),
    stderr: Buffer.alloc(0),
    stdoutBytes: 0,
    stderrBytes: 0,
    stdoutTruncated: false,
    stderrTruncated: false,
  };
  const wiring = {
    async connect() {
      log.push('connect');
      if (state.refuse) throw new Unreachable('refused', 'nobody listens');
      return { label: 'fake', close: async () => void log.push('disconnect') } as unknown as Connection;
    },
    async openShell(_connection: Connection, { become }: { become?: Become | undefined }): Promise<Shell> {
      log.push(`shell ${become?.user ?? 'as is'}`);
      return {
        roundTrips: 1,
        bytesOut: 2,
        bytesIn: 3,
        async run({ script }: Frame) {
          if (state.lose) throw new Unreachable('lost', 'gone');
          log.push(script.split('\n').at(-1)!);
          return reply;
        },
        abort: async () => void log.push(`abort ${become?.user ?? 'as is'}`),
        close: async () => void log.push(`end ${become?.user ?? 'as is'}`),
      };
    },
  } as unknown as Wiring;
  return { log, state, wiring };
}

const settings = (more: Partial<ConnectionSettings> = {}) =>
  ({
    kind: 'ssh',
    host: 'h',
    user: 'root',
    hostKeyChecking: 'strict',
    connectTimeoutMs: 1,
    ...more,
  }) as ConnectionSettings;
const as = (user: string): Become => ({ method: 'sudo', user });

describe('a machine', () => {
  const told: string[] = [];
  const open = (more?: Partial<ConnectionSettings>) => {
    told.length = 0;
    const fake = fakeWiring();
    const one = machine(
      'h',
      settings(more),
      fake.wiring,
      predictedWorld(),
      (place, { domains, entry }, behind) =>
        void told.push(`${place} ${entry?.path ?? domains ?? 'all'} ${behind ? 'done' : 'begins'}`),
    );
    return { ...fake, one };
  };

  it('connects when first needed, once, and opens one shell for each user', async () => {
    const { one, log } = open();
    expect(log).to.deep.equal([]);
    await Promise.all([
      one.target(undefined, 'live'),
      one.target(undefined, 'simulated'),
      one.target(as('etcd'), 'live'),
      one.target(as('etcd'), 'live'),
    ]);
    expect(log.sort()).to.deep.equal(['connect', 'shell as is', 'shell etcd']);
    expect(one.traffic).to.include({ roundTrips: 2, bytesOut: 4, bytesIn: 6 });
  });

  const becoming: readonly (readonly [string, Partial<ConnectionSettings>, Become, string])[] = [
    ['who logs in as root needs not become root', { user: 'root' }, as('root'), 'shell as is'],
    ['who logs in as another does', { user: 'admin' }, as('root'), 'shell root'],
    ['who logs in as root may become another', { user: 'root' }, as('etcd'), 'shell etcd'],
    ['who is named nowhere becomes', { user: undefined }, as('root'), 'shell root'],
    [
      'a local shell is of whoever runs the engine, whatever user is named',
      { kind: 'local', user: 'root' },
      as('root'),
      'shell root',
    ],
  ];
  for (const [title, more, become, shell] of becoming) {
    it(title, async () => {
      const { one, log } = open(more);
      await one.target(become, 'live');
      expect(log).to.deep.equal(['connect', shell]);
    });
  }

  it('tells before a change that it begins, and after it who read behind it', async () => {
    const { one } = open();
    const target = await one.target(undefined, 'live');
    await target.makeDirectory('/d', {});
    await target.run({ script: 'x' });
    expect(told).to.deep.equal(['h /d begins', 'h /d done', 'h all begins', 'h all done']);
    await target.observe({ script: 'x' });
    expect(told).to.have.length(4);
  });

  it('local machines are all one place', () => void expect(open({ kind: 'local' }).one.place).to.equal('localhost'));

  it('a host that could not be reached is tried again when it is next asked for', async () => {
    const { one, log, state } = open();
    state.refuse = true;
    const failure = await one.target(undefined, 'live').catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Unreachable);
    state.refuse = false;
    await one.target(undefined, 'live');
    expect(log).to.deep.equal(['connect', 'connect', 'shell as is']);
  });

  it('a host that was lost is connected to anew, and every connection is closed in the end', async () => {
    const { one, log, state } = open();
    const target = await one.target(undefined, 'live');
    state.lose = true;
    expect(await target.run({ script: 'x' }).catch((error: Error) => error.message)).to.equal('gone');
    state.lose = false;
    await one.target(undefined, 'live');
    await one.close();
    expect(log).to.deep.equal([
      'connect',
      'shell as is',
      'connect',
      'shell as is',
      'end as is',
      'end as is',
      'disconnect',
      'disconnect',
    ]);
  });

  it('closing keeps the count of what went over the wire, and the next task connects again', async () => {
    const { one, log } = open();
    await one.target(undefined, 'live');
    await one.close();
    await one.target(undefined, 'live');
    expect(one.traffic.roundTrips).to.equal(2);
    expect(log).to.deep.equal(['connect', 'shell as is', 'end as is', 'disconnect', 'connect', 'shell as is']);
  });
});
