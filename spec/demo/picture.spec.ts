import { expect } from 'chai';
import { excerpt } from './excerpt.ts';
import { terminalSvg } from './terminal-svg.ts';

describe('the picture of a run', () => {
  const text =
    'DRY RUN\n\nPLAY [a] ***\n\nTASK [one] ***\nok: [h]\n\nTASK [two] ***\nchanged: [h]\nchanged: [i]\n\nPLAY RECAP ***\nh : ok=1\n';

  it('keeps the named tasks and the recap, and counts what it leaves out', () => {
    expect(plain(excerpt(text, [{ banner: 'two' }])).split('\n')).to.deep.equal([
      'DRY RUN',
      '',
      '⋯ 2 more plays and tasks',
      '',
      'TASK [two] ***',
      'changed: [h]',
      'changed: [i]',
      '',
      'PLAY RECAP ***',
      'h : ok=1',
    ]);
  });

  it('says how many lines of a task it cut', () => {
    expect(plain(excerpt(text, [{ banner: 'two', lines: 1 }]))).to.contain('changed: [h]\n⋯ 2 more lines');
  });

  it('draws colours, and text as text', () => {
    const svg = terminalSvg('\x1b[33mchanged\x1b[39m: <a & b>', 't');
    expect(svg).to.match(/fill="#e3b341"[^>]*>changed<\/text>/);
    expect(svg).to.contain('>: &lt;a &amp; b&gt;</text>');
  });

  it('cuts a line that is too long, and says so', () => {
    expect(terminalSvg('abcdefgh', 't', 5)).to.contain('>abcd…</text>');
  });
});

const plain = (text: string) => text.replace(/\x1b\[\d+m/g, '');
