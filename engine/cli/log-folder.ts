/** The folder of logs, one file per host: HOST.log, for its owner alone. A run adds to what earlier ones wrote. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail } from '../errors.ts';
import { hostLogs } from '../report/host-logs.ts';
import type { Report } from '../report/report.ts';
import type { CliOptions } from './options.ts';
import { packageVersion } from './package.ts';

/** Undefined where no folder is asked for. Written at once, so that a run that is killed leaves its log. */
export function logFolder(options: CliOptions): Report | undefined {
  const asked = options.logDir ?? process.env['KPLAY_LOG_DIR'];
  if (asked === undefined || asked === '') return undefined;
  const folder = resolve(asked);
  const files = new Map<string, number>();
  let broken = false;

  /** Names of hosts are data: none leads out of the folder. */
  function fileOf(host: string): number {
    const name = `${host.replace(/[^\w.:@-]/g, '_')}.log`;
    const file = files.get(name) ?? openSync(join(folder, name), 'a', 0o600);
    files.set(name, file);
    return file;
  }

  function write(host: string, text: string): void {
    if (broken) return;
    try {
      writeSync(fileOf(host), text);
    } catch (error) {
      broken = true; // a full disk must not end the run
      process.stderr.write(`[WARNING]: the logs in ${folder} end here: ${(error as Error).message}\n`);
    }
  }

  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    fail(`the folder for logs cannot be made: ${(error as Error).message}`);
  }
  const title = `kplay ${packageVersion()} ${options.playbooks.join(' ')}`;
  const report = hostLogs({ write, diff: options.diff, title });
  return {
    emit: report.emit,
    close() {
      report.close();
      for (const file of files.values()) closeSync(file);
      files.clear();
    },
  };
}
