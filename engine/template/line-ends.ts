/**
 * The line ends at a text's end. As with Ansible, the last one is no part of a template, also of one that is included; and
 * what a template gives ends with as many as its own text does, or with more.
 */

/** A template's text without its last line end. */
export function withoutLastLineEnd(source: string): string {
  return source.replace(/(?:\r\n?|\n)$/, '');
}

/** What a template gave, with the line ends that it lacks at its end; `newline` is what a line ends with there. */
export function endedLike(source: string, given: string, newline = '\n'): string {
  const lacking = lineEnds(source) - lineEnds(given);
  return lacking > 0 ? given + newline.repeat(lacking) : given;
}

function lineEnds(text: string): number {
  let index = text.length;
  while (text[index - 1] === '\n') index -= 1;
  return text.length - index;
}
