#!/usr/bin/env node
/** The command. Only this room touches the process: arguments, streams, signals, exit codes. */
import { packageVersion } from './package.ts';

// what takes the longest of so short an answer is reading the rest of kplay
if (process.argv.length === 3 && process.argv[2] === '--version')
  process.stdout.write(`kplay ${packageVersion()} (node ${process.version})\n`);
else await import('./main.ts');
