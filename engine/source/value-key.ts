/** A plain value as text by which it is told from others; JSON itself has no integers beyond 2^53. */
export const valueKey = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)) ?? '';
