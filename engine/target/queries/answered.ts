/** What a program of the host answers, or what it complains of; its warnings are no part of an answer. */

/** Leaves the answer in `$o`, and in `$c` whether it is one. */
export const askedFor = (call: string): string => `o=$(${call} 2>/dev/null); c=$?; [ $c = 0 ] || o=$(${call} 2>&1)`;

/** Tells `$c` and `$o`, one record a key. */
export const tellAnswer = `printf '%s\\035%s\\036' $c "$o"`;

/** Reads what was told, one answer or complaint for each key. */
export function readAnswers<K, V>(
  stdout: Buffer,
  keys: readonly K[],
  read: (key: K, text: string, isAnswer: boolean) => V,
): readonly V[] {
  const parts = stdout.toString('utf8').split('\x1e');
  return keys.map((key, index) => {
    const [code = '1', text = ''] = (parts[index] ?? '').split('\x1d');
    return read(key, text, code === '0');
  });
}
