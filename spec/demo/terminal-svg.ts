/** A terminal's text as a picture: SVG that every browser shows, with the colours that the text asks for. */
const palette: Readonly<Record<number, string>> = {
  30: '#6e7681',
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#56d4dd',
  37: '#c9d1d9',
  90: '#8b949e',
  91: '#ffa198',
  95: '#d2a8ff',
};
const plain = '#c9d1d9';
const background = '#0d1117';
const fontSize = 13;
const lineHeight = 18;
const margin = 16;
/** What a monospace font takes in width, in ems; `textLength` below makes each run fit whatever font there is. */
const advance = 0.602;

interface Style {
  readonly color: string;
  readonly bold: boolean;
  readonly dim: boolean;
}
interface Run extends Style {
  readonly column: number;
  readonly text: string;
}

/** Draws text with its SGR sequences (ECMA-48). Lines are cut at `columns`, and end in "…" then. */
export function terminalSvg(text: string, title: string, columns = 120): string {
  const lines = text.replace(/\n+$/, '').split('\n');
  const width = Math.ceil(2 * margin + columns * fontSize * advance);
  const height = 2 * margin + lines.length * lineHeight;
  const drawn = lines.flatMap((line, row) => runsOf(line, columns).map((run) => textElement(run, row)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${background}"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}" xml:space="preserve">
${drawn.join('\n')}
</g>
</svg>
`;
}

function runsOf(line: string, columns: number): readonly Run[] {
  const runs: Run[] = [];
  let style: Style = { color: plain, bold: false, dim: false };
  let column = 0;
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) {
      style = codes.split(';').map(Number).reduce(styled, style);
      continue;
    }
    const room = columns - column;
    const text = part.length > room ? `${part.slice(0, Math.max(0, room - 1))}…` : part;
    if (text.trim() !== '' && column < columns) runs.push({ ...style, column, text });
    column += part.length;
  }
  return runs;
}

function styled(style: Style, code: number): Style {
  if (code === 0) return { color: plain, bold: false, dim: false };
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, color: plain };
  return { ...style, color: palette[code] ?? style.color };
}

function textElement({ column, text, color, bold, dim }: Run, row: number): string {
  const at = (value: number) => value.toFixed(1);
  const words = text.trimEnd();
  const x = margin + column * fontSize * advance;
  const y = margin + row * lineHeight + fontSize;
  const look = `fill="${color}"${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}`;
  const length = at(words.length * fontSize * advance);
  return `<text x="${at(x)}" y="${at(y)}" textLength="${length}" ${look}>${escaped(words)}</text>`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
