/** Permission bits, set-id and sticky bits among them, as four octal digits; other bits of `st_mode` are left out. */
export const octalMode = (bits: number): string => (bits & 0o7777).toString(8).padStart(4, '0');
