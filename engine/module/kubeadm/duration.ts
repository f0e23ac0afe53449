import { ModuleFailure } from '../../target/failure.ts';

/** Seconds of a duration as kubeadm writes them: `24h`, `1h30m`, `90s`. */
export function seconds(duration: string): number {
  const parts = [...duration.matchAll(/(\d+)(h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== duration)
    throw new ModuleFailure(`"${duration}" is no duration: write it as 24h, 1h30m or 90s`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * { h: 3600, m: 60, s: 1 }[unit as 'h']!, 0);
}
