/** Which parts of a result are shown, and how much of them. */
import type { Result } from '../module/definition.ts';
import { cleanText } from './clean.ts';
import { jsonText } from './json-text.ts';
import { lastLines, shortValue } from './shorten.ts';

/** Said otherwise: by the word in front of the result, and on stderr. */
const apart = ['failed', 'warnings', 'deprecations'];
/** From `-vvv` on. */
const atLength = ['invocation', 'diff', 'exception'];
const repeated = ['stdout_lines', 'stderr_lines'];

/** The result in JSON on one line: whole from `-v` on, otherwise short and without what is said twice. */
export function resultLine(result: Result, verbosity: number): string {
  const hidden = [...apart, ...(verbosity < 3 ? atLength : []), ...(verbosity < 1 ? repeated : [])];
  const kept = without(result, hidden);
  return jsonText(verbosity < 1 ? shortValue(kept) : kept);
}

/** What a result is there to tell (debug, assert), as Ansible prints it: indented, whole. */
export function messageBlock(result: Result, module: string): string {
  return jsonText(without(result, [...apart, ...atLength, ...(isDebug(module) ? ['changed'] : [])]), 4);
}

/** True for results that are meant to be read. */
export function isMessage(result: Result, module: string): boolean {
  return isDebug(module) || result['_ansible_verbose_always'] === true;
}

/** A failure for people: the message, and what the command said, indented so that no line passes for one of the report. */
export function failureLines(result: Result, verbosity: number): readonly string[] {
  const told = (text: unknown) => (verbosity < 1 ? lastLines(linesOf(text)) : linesOf(text));
  const message = typeof result['msg'] === 'string' ? result['msg'] : '';
  const stream = linesOf(result['stderr']).length > 0 ? 'stderr' : 'stdout';
  const output = String(result[stream] ?? '').trim();
  const lines = [...told(result['msg'])];
  if (output !== '' && !message.includes(output)) lines.push(`${stream}:`, ...told(output).map((line) => `  ${line}`));
  if (result['exception'] !== undefined) {
    if (verbosity < 3) lines.push('(-vvv shows where in the program this came from)');
    else lines.push(...linesOf(result['exception']));
  }
  return lines.map((line) => `  ${line}`.trimEnd());
}

const isDebug = (module: string) => module === 'debug' || module.endsWith('.debug');

function without(result: Result, hidden: readonly string[]): Result {
  return Object.fromEntries(
    Object.entries(result).filter(([key]) => !hidden.includes(key) && !key.startsWith('_ansible_')),
  );
}

function linesOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const text = cleanText(typeof value === 'string' ? value : jsonText(value)).trimEnd();
  return text === '' ? [] : text.split('\n');
}
