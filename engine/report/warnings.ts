/** Warnings, each told once. */
import type { Location } from '../errors.ts';
import type { Result } from '../module/definition.ts';
import type { RunEvent } from '../run/events.ts';
import { cleanLine } from './clean.ts';

/** Finds the warnings in events: the engine's own and those in results. Answers only those not told before. */
export function newWarnings(): (event: RunEvent) => readonly string[] {
  const told = new Set<string>();
  return (event) => {
    const fresh = [...new Set(warningsOf(event))].filter((warning) => !told.has(warning));
    for (const warning of fresh) told.add(warning);
    return fresh;
  };
}

function warningsOf(event: RunEvent): readonly string[] {
  if (event.type === 'warning') return [cleanLine(event.message) + placed(event.at)];
  return event.type === 'item' || event.type === 'outcome' ? inResult(event.outcome.result) : [];
}

function inResult({ warnings }: Result): readonly string[] {
  return Array.isArray(warnings) ? warnings.map((warning) => cleanLine(String(warning))) : [];
}

function placed(at: Location | undefined): string {
  return at ? ` (${cleanLine(at.file)}:${at.line}:${at.column})` : '';
}
