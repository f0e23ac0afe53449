/** Whether to use colours: what the user said, then what the environment says, then what the stream is. */
export interface ColorQuestion {
  readonly flag: 'auto' | 'always' | 'never';
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
}

/** The flag, NO_COLOR (https://no-color.org), FORCE_COLOR, then: a terminal that is not dumb, and no CI. */
export function colorWanted({ flag, environment, isTTY }: ColorQuestion): boolean {
  if (flag !== 'auto') return flag === 'always';
  const { NO_COLOR, FORCE_COLOR, TERM, CI } = environment;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (!isTTY || TERM === 'dumb') return false;
  return !CI || CI === 'false' || CI === '0';
}
