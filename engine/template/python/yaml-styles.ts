/** In which style a text is written as YAML: the rules of libyaml's emitter, and what YAML 1.1 would read a plain text as. */

export type ScalarStyle = 'plain' | 'single' | 'double';

/** What keeps a text from a style. */
interface Analysis {
  readonly multiline: boolean;
  readonly plainInFlow: boolean;
  readonly plainInBlock: boolean;
  readonly single: boolean;
}

/** Where a text stands. */
export interface ScalarPlace {
  readonly inFlow: boolean;
  readonly isKey: boolean;
}

/** What ends a line for YAML. */
export const isBreak = (character: string): boolean => /[\r\n\x85\u2028\u2029]/.test(character);
const isBlankOrEnd = (character: string | undefined): boolean =>
  character === undefined || character === '' || character === '\0' || /[ \t]/.test(character) || isBreak(character);

/** libyaml writes as they are: line feeds, letters and signs of the basic plane; no tabs, nothing beyond it. */
export function isPrintable(character: string): boolean {
  return /^[\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/.test(character);
}

/** Text that is more than one line, or too long, is no simple key: a question mark comes before it. Bytes, as UTF-8. */
export function isSimpleKey(text: string): boolean {
  return !isBreak(text) && Buffer.byteLength(text) <= 128;
}

/** The style of a text or of what a number, a boolean or null is written as; `isText` says which it is. */
export function styleOf(text: string, isText: boolean, place: ScalarPlace): ScalarStyle {
  const allowed = analysed(text);
  if (place.isKey && allowed.multiline) return 'double';
  const plain =
    (place.inFlow ? allowed.plainInFlow : allowed.plainInBlock) &&
    !(text === '' && (place.inFlow || place.isKey)) &&
    !(isText && meansOther(text));
  if (plain) return 'plain';
  return allowed.single ? 'single' : 'double';
}

function analysed(text: string): Analysis {
  if (text === '') return { multiline: false, plainInFlow: false, plainInBlock: true, single: true };
  const characters = [...text];
  let inFlow = /^(---|\.\.\.)/.test(text);
  let inBlock = inFlow;
  let afterBlank = true;
  for (const [index, character] of characters.entries()) {
    const beforeBlank = isBlankOrEnd(characters[index + 1]);
    if (index === 0) {
      if (/[,[\]{}#&*!|>'"%@`]/.test(character) || (character === '-' && beforeBlank)) inFlow = inBlock = true;
      if (character === '?' || character === ':') {
        inFlow = true;
        inBlock ||= beforeBlank;
      }
    } else {
      if (/[,?[\]{}:]/.test(character)) inFlow = true;
      if ((character === ':' && beforeBlank) || (character === '#' && afterBlank)) inFlow = inBlock = true;
    }
    afterBlank = isBlankOrEnd(character);
  }
  const multiline = characters.some(isBreak);
  const atEdges = /^[ \r\n\x85\u2028\u2029]|[ \r\n\x85\u2028\u2029]$/.test(text);
  const blankAfterBreak = /[\r\n\x85\u2028\u2029] /.test(text);
  const unwritable = / [\r\n\x85\u2028\u2029]/.test(text) || !characters.every(isPrintable);
  const plain = !atEdges && !blankAfterBreak && !unwritable && !multiline;
  return {
    multiline,
    plainInFlow: plain && !inFlow,
    plainInBlock: plain && !inBlock,
    single: !blankAfterBreak && !unwritable,
  };
}

/** What YAML 1.1 reads as something other than text: https://yaml.org/type, as PyYAML has it. */
const others: readonly RegExp[] = [
  /^(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/,
  /^([-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+)$/,
  /^(~|null|Null|NULL|)$/,
  /^(<<|=)$/,
  /^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?)$/,
];
const meansOther = (text: string): boolean => others.some((pattern) => pattern.test(text));
