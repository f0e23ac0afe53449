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
    out: stream(process.stdout, gather),
    // one terminal may show both: what was said before stands above
    err: stream(process.stderr, () => uncork(process.stdout)),
    color: colorWanted({ flag: options.color, environment: process.env, isTTY: process.stdout.isTTY }),
    diff: options.diff,
    verbosity: options.verbose,
    check: options.check,
    showSkipped: options.showSkipped ?? true,
    diffContext: options.diffContext,
    ...(asked ? { profile: () => asked.profile } : {}),
  };
  process.once('exit', () => uncork(process.stdout));
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

/** So much is not kept back, in bytes: a loop that asks no host is one turn, however long. */
const gathered = 64 * 1024;

function stream(of: NodeJS.WriteStream, before: (of: NodeJS.WriteStream) => void) {
  return {
    write(text: string) {
      before(of);
      of.write(text);
      if (of.writableLength > gathered) uncork(of);
    },
    get isTTY() {
      return of.isTTY ?? false;
    },
    get columns() {
      return of.columns;
    },
  };
}

/** All lines of one turn of the loop are one call of the system: hosts that have nothing to do answer by the hundred. */
function gather(of: NodeJS.WriteStream): void {
  if (of.writableCorked > 0) return;
  of.cork();
  process.nextTick(uncork, of);
}

function uncork(of: NodeJS.WriteStream): void {
  if (of.writableCorked > 0) of.uncork();
}
