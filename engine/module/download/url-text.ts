/** A small text behind a URL, as the host sees it. */
import { ModuleFailure } from '../../target/failure.ts';
import type { QueryKind } from '../../target/query.ts';
import type { ReadableTarget } from '../../target/target.ts';
import { withDownload } from './by-controller.ts';
import { type DownloadOptions, downloadScript, noTool } from './download-script.ts';

const mark = '\u001dkplay';

/** What the URL gives, or the reason why it gives nothing. Read once in a run. */
const urlTextKind: QueryKind<
  DownloadOptions,
  { readonly text: string; readonly failed?: string; readonly noTool: boolean }
> = {
  name: 'url-text',
  domains: [],
  id: ({ url }) => url,
  script: (keys) =>
    keys
      .map((options) => {
        const { script, stdin } = downloadScript(options);
        const run = `t=/dev/stdout\n${script.replace('status=$(curl -q -K - -o "$t")', 'curl -q -K -')}`;
        return `( ${run}\n) 2>&1 <<'KPLAY_CONFIG'\n${stdin.replace(/^write-out.*\n/m, '')}KPLAY_CONFIG\nprintf '${mark} %s\\n' $?`;
      })
      .join('\n'),
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split(mark);
    return keys.map((_, index) => {
      const code = Number(/^ (\d+)/.exec(parts[index + 1] ?? '')?.[1] ?? 1);
      const text = (parts[index] ?? '').replace(/^ \d+\n/, '');
      return { text, noTool: code === noTool, ...(code !== 0 && { failed: text.trim() || `exit code ${code}` }) };
    });
  },
};

/** @throws ModuleFailure when it cannot be read. */
export async function textAt(target: ReadableTarget, options: DownloadOptions): Promise<string> {
  const answer = await target.query(urlTextKind, options);
  if (answer.noTool) return withDownload(options, async (file) => (await file.bytes()).toString('utf8'));
  if (answer.failed !== undefined) throw new ModuleFailure(`${options.url}: ${answer.failed}`);
  return answer.text;
}
