import { colorWanted } from '../report/color-wanted.ts';
import { jsonReport } from '../report/json.ts';
import { prettyReport } from '../report/pretty.ts';
import { type Clocks, profiler } from '../report/profile.ts';
import { profileText } from '../report/profile-text.ts';
import type { Report, ReportOptions } from '../report/report.ts';
import type { CliOptions } from './options.ts';

/** The report the flags ask for, over this process's streams. With --profile it ends with where the time went. */
export function openReport(options: CliOptions): Report {
  const asked = options.profile ? profiler(clocks) : undefined;
  const settings: ReportOptions = {
    out: stream(process.stdout),
    err: stream(process.stderr),
    color: colorWanted({ flag: options.color, environment: process.env, isTTY: process.stdout.isTTY }),
    diff: options.diff,
    verbosity: options.verbose,
    check: options.check,
    showSkipped: options.showSkipped ?? true,
    diffContext: options.diffContext,
    ...(asked ? { profile: () => asked.profile } : {}),
  };
  const report = options.json ? jsonReport(settings) : prettyReport(settings);
  if (!asked) return report;
  return {
    ...report,
    emit(event) {
      asked.hear(event);
      report.emit(event);
      if (asked.profile && !options.json) settings.err.write(profileText(asked.profile));
    },
  };
}

const clocks: Clocks = {
  time: () => performance.now() / 1000,
  cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};

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
