import { colorWanted } from '../report/color-wanted.ts';
import { jsonReport } from '../report/json.ts';
import { prettyReport } from '../report/pretty.ts';
import type { Report, ReportOptions } from '../report/report.ts';
import type { CliOptions } from './options.ts';

/** The report the flags ask for, over this process's streams. */
export function openReport(options: CliOptions): Report {
  const settings: ReportOptions = {
    out: stream(process.stdout),
    err: stream(process.stderr),
    color: colorWanted({ flag: options.color, environment: process.env, isTTY: process.stdout.isTTY }),
    diff: options.diff,
    verbosity: options.verbose,
    check: options.check,
  };
  return options.json ? jsonReport(settings) : prettyReport(settings);
}

function stream(of: NodeJS.WriteStream) {
  return {
    write: (text: string) => void of.write(text),
    get isTTY() {
      return of.isTTY ?? false;
    },
    get columns() {
      return of.columns;
    },
  };
}
