import { expect } from 'chai';
import { closest, didYouMean } from '../../engine/source/suggest.ts';

const modules = ['command', 'copy', 'file', 'package', 'service', 'systemd', 'template', 'wait_for'];
const slips: readonly (readonly [word: string, meant: string | undefined])[] = [
  ['comand', 'command'],
  ['tempalte', 'template'],
  ['Systemd', 'systemd'],
  ['wait-for', 'wait_for'],
  ['fiel', 'file'],
  ['pakcages', 'package'],
  ['kubernetes', undefined],
  ['xy', undefined],
  ['file', undefined],
];

describe('closest', () => {
  for (const [word, meant] of slips)
    it(`takes "${word}" for ${meant ?? 'nothing known'}`, () => expect(closest(word, modules)).to.equal(meant));

  it('prefers the nearest', () => expect(closest('copyy', ['copying', 'copy', 'copper'])).to.equal('copy'));
});

describe('didYouMean', () => {
  it('is a question to put behind a sentence', () =>
    expect(didYouMean('comand', modules)).to.equal(' Did you mean "command"?'));
  it('is empty when nothing is near', () => expect(didYouMean('zzz', modules)).to.equal(''));
});
