/** What went to and fro between the controller and a host, and how long somebody waited for it. */
import type { HostTraffic } from './events.ts';

export const noTraffic: HostTraffic = { roundTrips: 0, bytesOut: 0, bytesIn: 0, waiting: 0 };

/** All of it together: a host may be reached in several ways. */
export function sumOfTraffic(all: readonly HostTraffic[]): HostTraffic {
  if (all.length === 1) return all[0]!;
  const shortest = all.flatMap((one) => one.shortest ?? []);
  return {
    roundTrips: all.reduce((sum, one) => sum + one.roundTrips, 0),
    bytesOut: all.reduce((sum, one) => sum + one.bytesOut, 0),
    bytesIn: all.reduce((sum, one) => sum + one.bytesIn, 0),
    waiting: all.reduce((sum, one) => sum + one.waiting, 0),
    ...(shortest.length > 0 ? { shortest: Math.min(...shortest) } : {}),
  };
}

/** What came since `before`, of the same host. */
export function trafficSince(before: HostTraffic, now: HostTraffic): HostTraffic {
  if (now.bytesOut === before.bytesOut && now.bytesIn === before.bytesIn && now.waiting === before.waiting)
    return noTraffic;
  return {
    roundTrips: now.roundTrips - before.roundTrips,
    bytesOut: now.bytesOut - before.bytesOut,
    bytesIn: now.bytesIn - before.bytesIn,
    waiting: now.waiting - before.waiting,
  };
}
