/** Text that came from a host must not steer the terminal it is shown on. */

// No part matches a control character twice over, so time is linear in the text, whatever a host sends.
/** CSI; OSC, DCS, SOS, PM and APC strings; other escapes (ECMA-48). */
const sequences =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g;
/** C0 but tab and line feed, DEL, C1, bidirectional controls, and the separators which some viewers take for line ends. */
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const lineEnds = /\r\n?/g;
/** Most lines: nothing but ASCII to be seen. */
const plain = /^[ -~]*$/;

/** Text of several lines: escape sequences are taken out, other controls are shown as `\x07`. */
export function cleanText(text: string): string {
  return text.replace(sequences, '').replace(lineEnds, '\n').replace(controls, shown);
}

/** Text for one line: every control is shown, a line end as `\n`, so that it cannot pass for a line of the report. */
export function cleanLine(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(controls, shown).replaceAll('\n', '\\n');
}

/** JSON text, its controls as JSON escapes: the same value, harmless to see. */
export function cleanJson(json: string): string {
  return json.replace(controls, (control) => `\\u${hex(control, 4)}`);
}

function shown(control: string): string {
  if (control === '\r') return '\\r';
  return control < '\u0100' ? `\\x${hex(control, 2)}` : `\\u${hex(control, 4)}`;
}

function hex(control: string, digits: number): string {
  return control.charCodeAt(0).toString(16).padStart(digits, '0');
}
