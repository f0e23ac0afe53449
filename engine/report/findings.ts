/** What `kplay lint` found, in the forms its readers want: people, programs, code scanning, pull requests. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding, Rule } from '../lint/rule.ts';
import { paint } from './paint.ts';
import { problemLines } from './problems.ts';

/** Each with the lines around it, and a count at the end; empty when there is nothing to say. */
export function findingsAsText(
  found: readonly Finding[],
  read: (file: string) => string | undefined,
  color: boolean,
): string {
  if (found.length === 0) return '';
  const painted = paint(color ? 1 : 0);
  const blocks = found.map((each) => {
    const title = painted(each.level === 'error' ? 'failed' : 'changed', `${each.level}[${each.rule}]:`);
    return problemLines(each, read, painted, title).join('\n');
  });
  const errors = found.filter(({ level }) => level === 'error').length;
  const counts = [count(errors, 'error'), count(found.length - errors, 'warning')].filter(Boolean).join(', ');
  return `${blocks.join('\n\n')}\n\n${counts}; kplay lint --explain RULE says more\n`;
}

function count(number: number, what: string): string {
  return number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** `{"findings": [{rule, level, message, file, line, column, hint}]}`. */
export function findingsAsJson(found: readonly Finding[]): string {
  const findings = found.map(({ rule, level, message, at, hint }) => {
    const place = at && { file: at.file, line: at.line, column: at.column };
    return { rule, level, message, ...place, hint };
  });
  return `${JSON.stringify({ findings }, undefined, 2)}\n`;
}

/** SARIF 2.1.0, as code scanning reads it. */
export function findingsAsSarif(found: readonly Finding[], rules: readonly Rule[], version: string): string {
  const driver = {
    name: 'kplay',
    version,
    rules: rules.map(({ id, level, summary, explanation }) => ({
      id,
      shortDescription: { text: summary },
      fullDescription: { text: explanation },
      help: { text: explanation },
      defaultConfiguration: { level },
    })),
  };
  const results = found.map(({ rule, level, message, at, hint }) => ({
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level,
    message: { text: hint === undefined ? message : `${message} (${hint})` },
    locations: at
      ? [
          {
            physicalLocation: {
              artifactLocation: { uri: uriOf(at.file) },
              region: { startLine: at.line, startColumn: at.column },
            },
          },
        ]
      : [],
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function uriOf(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
}

/** Workflow commands of GitHub Actions, one a line: they show beside the lines of a pull request. */
export function findingsAsAnnotations(found: readonly Finding[]): string {
  const lines = found.map(({ rule, level, message, at, hint }) => {
    const place = at ? `file=${property(at.file)},line=${at.line},col=${at.column},` : '';
    return `::${level} ${place}title=${property(rule)}::${data(hint ? `${message} (${hint})` : message)}\n`;
  });
  return lines.join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
