/** An option of a command line with its value, as one word; nothing where there is no value. */
export const optionWord = (option: string, value: unknown): readonly string[] =>
  value === undefined ? [] : [`--${option}=${value}`];
