/** The base 64 of password hashes: the lowest bits first. */
export const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export function base64(value: number, length: number): string {
  return Array.from({ length }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join('');
}
