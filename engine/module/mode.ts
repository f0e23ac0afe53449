/** Symbolic modes, worked out the way chmod does: `u=rwX,g-w` applied to the mode a file has. */

const clause = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/;
const action = /([-+=])([rwxXst]+|[ugo]|)/g;
const bits = { r: 4, w: 2, x: 1 } as const;
const shifts = { u: 6, g: 3, o: 0 } as const;

type Who = keyof typeof shifts;

/**
 * The mode in four octal digits that `wanted` makes of `current`. Octal digits stand for themselves.
 * @throws RangeError when `wanted` is neither.
 */
export function modeAfter(wanted: string, current: string, isDirectory: boolean, umask = 0o022): string {
  if (/^[0-7]{1,4}$/.test(wanted)) return wanted.padStart(4, '0');
  let mode = Number.parseInt(current, 8);
  for (const part of wanted.split(',')) {
    const match = clause.exec(part);
    if (!match) throw new RangeError(`"${wanted}" is not a mode`);
    // Without a who, the bits of the umask are left alone.
    const spared = match[1] === '' ? umask : 0;
    const who = whoOf(match[1]!);
    for (const [, operator, letters] of match[2]!.matchAll(action)) {
      const executable = isDirectory || (mode & 0o111) !== 0;
      const given = permissions(letters!, who, mode, executable) & ~spared;
      if (operator === '+') mode |= given;
      else if (operator === '-') mode &= ~given;
      else mode = (mode & ~(reach(who, isDirectory) & ~spared)) | given;
    }
  }
  return mode.toString(8).padStart(4, '0');
}

function whoOf(letters: string): readonly Who[] {
  const all: readonly Who[] = ['u', 'g', 'o'];
  return letters === '' || letters.includes('a') ? all : all.filter((who) => letters.includes(who));
}

function permissions(letters: string, who: readonly Who[], mode: number, executable: boolean): number {
  if (/^[ugo]$/.test(letters)) return spread((mode >> shifts[letters as Who]) & 7, who);
  let given = 0;
  for (const letter of letters) {
    if (letter === 's') given |= (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0);
    else if (letter === 't') given |= 0o1000;
    else if (letter === 'X') given |= executable ? spread(bits.x, who) : 0;
    else given |= spread(bits[letter as keyof typeof bits], who);
  }
  return given;
}

function spread(permission: number, who: readonly Who[]): number {
  return who.reduce((mode, one) => mode | (permission << shifts[one]), 0);
}

/** What `=` replaces; directories keep their set-id bits, as chmod has it. */
function reach(who: readonly Who[], isDirectory: boolean): number {
  return spread(7, who) | (isDirectory ? 0 : permissions('s', who, 0, false));
}
