import { expect } from 'chai';
import { type ColorQuestion, colorWanted } from '../../engine/report/color-wanted.ts';

const tty = { flag: 'auto', environment: {}, isTTY: true } as const;
const piped = { ...tty, isTTY: false };

const cases: readonly (readonly [title: string, question: ColorQuestion, wanted: boolean])[] = [
  ['colours a terminal', tty, true],
  ['leaves a pipe plain', piped, false],
  ['leaves a dumb terminal plain', { ...tty, environment: { TERM: 'dumb' } }, false],
  ['leaves CI plain', { ...tty, environment: { CI: 'true' } }, false],
  ['reads CI=false as no CI', { ...tty, environment: { CI: 'false' } }, true],
  ['obeys NO_COLOR', { ...tty, environment: { NO_COLOR: '1' } }, false],
  ['takes an empty NO_COLOR as none', { ...tty, environment: { NO_COLOR: '' } }, true],
  ['obeys FORCE_COLOR in a pipe', { ...piped, environment: { FORCE_COLOR: '1' } }, true],
  ['reads FORCE_COLOR=0 as off', { ...tty, environment: { FORCE_COLOR: '0' } }, false],
  ['reads FORCE_COLOR=false as off', { ...tty, environment: { FORCE_COLOR: 'false' } }, false],
  ['puts NO_COLOR over FORCE_COLOR', { ...tty, environment: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
  ['puts FORCE_COLOR over CI', { ...tty, environment: { FORCE_COLOR: '1', CI: 'true' } }, true],
  ['puts --color=always over everything', { ...piped, flag: 'always', environment: { NO_COLOR: '1' } }, true],
  ['puts --color=never over everything', { ...tty, flag: 'never', environment: { FORCE_COLOR: '1' } }, false],
];

describe('colorWanted', () => {
  for (const [title, question, wanted] of cases) it(title, () => expect(colorWanted(question)).to.equal(wanted));
});
