/** The commands and options as plain data, read from the very table that arguments are parsed by. */
import type { Command } from 'commander';

export interface OptionWords {
  readonly short?: string;
  readonly long: string;
  readonly description: string;
  /** It takes a value. */
  readonly value: boolean;
  readonly choices: readonly string[];
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

export function wordsOf(command: Command): CommandWords {
  const options = command.options.map(({ short, long, description, required, optional, argChoices }) => ({
    // `--key-file, --private-key`: commander calls the first of two long names short
    ...(short !== undefined && !short.startsWith('--') && { short }),
    long: long ?? '',
    description,
    value: required || optional,
    choices: argChoices ?? [],
  }));
  const help = { short: '-h', long: '--help', description: 'print this help', value: false, choices: [] };
  return {
    name: command.name(),
    description: command.description(),
    options: [...options, help],
    commands: command.commands.map(wordsOf),
  };
}
