/** The figures as a picture: bars for each phase, as long as the median, with the ratio to the floor. The same figures, the same text. */
import { median, type Times } from './measure.ts';
import type { Results } from './table.ts';

const titles = {
  first: 'First run',
  converged: 'Converged run: nothing to do',
  check: '--check on converged hosts',
} as const;
const colours: Readonly<Record<string, string>> = { kplay: '#2f81f7', floor: '#8b949e' };

const [left, bar, width, height, gap] = [120, 460, 720, 22, 6];

/** `caption` says what was measured, and on which machine; its first line is the picture's title for those who do not see it. */
export function chart(results: Results, caption: readonly string[]): string {
  const longest = Math.max(...Object.values(results).flatMap((times) => Object.values(times).map(median)));
  const parts: string[] = [];
  let y = 8;
  for (const [phase, title] of Object.entries(titles)) {
    const times = results[phase as keyof typeof titles];
    parts.push(text(8, y + 16, title, 'font-weight="600"'));
    y += 26;
    for (const [name, seconds, ratio] of rows(times, results.converged)) {
      const length = Math.max(1, (bar * seconds) / longest);
      parts.push(
        text(left - 8, y + 15, name, 'text-anchor="end"'),
        `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${height}" rx="3" fill="${colours[name] ?? '#d29922'}"/>`,
        text(left + length + 8, y + 15, `${seconds.toFixed(2)} s   ×${ratio.toFixed(ratio < 10 ? 2 : 0)}`),
      );
      y += height + gap;
    }
    y += 12;
  }
  for (const line of caption) {
    parts.push(text(8, y + 12, line, 'font-size="11" opacity="0.75"'));
    y += 16;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 8}" viewBox="0 0 ${width} ${y + 8}" font-family="system-ui, sans-serif" font-size="13" fill="#57606a" role="img">`,
    `<title>${escaped(caption[0] ?? '')}</title>`,
    `<rect width="${width}" height="${y + 8}" rx="6" fill="#ffffff" stroke="#d0d7de"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Name, median and how many times the floor's median that is; check mode is held against the floor's converged run. */
function rows(times: Times, converged: Times): readonly (readonly [string, number, number])[] {
  const floor = median((times['floor'] ?? converged['floor'])!);
  return Object.entries(times).map(([name, all]) => [name, median(all), median(all) / floor] as const);
}

const escaped = (words: string) => words.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
const text = (x: number, y: number, words: string, more = '') =>
  `<text x="${x.toFixed(1)}" y="${y}" xml:space="preserve"${more === '' ? '' : ` ${more}`}>${escaped(words)}</text>`;
