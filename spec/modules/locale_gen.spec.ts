import { expect } from 'chai';
import localeGen from '../../engine/modules/locale_gen.ts';
import { localesKind } from '../../engine/target/queries/locales.ts';
import { testModule } from '../../engine/testing.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const list = '# all of them\n# de_DE.UTF-8 UTF-8\n# de_DE@euro ISO-8859-15\nen_US.UTF-8 UTF-8\n';
const world = (text: string, locales: readonly string[] = ['C', 'en_US.utf8']) => ({
  files: { '/etc/locale.gen': text, '/usr/share/i18n/SUPPORTED': 'fr_FR.UTF-8 UTF-8\n' },
  answers: { 'locales host': locales },
});

testModule(localeGen, 'locale_gen', {
  'generates a locale': {
    args: { name: 'de_DE.UTF-8' },
    world: world(list),
    want: {
      fields: ['generated', 'list'],
      log: ['write /etc/locale.gen', 'locale-gen'],
      files: { '/etc/locale.gen': list.replace('# de_DE.UTF-8', 'de_DE.UTF-8') },
      diffs: [
        [list, list.replace('# de_DE.UTF-8', 'de_DE.UTF-8')],
        ['', 'de_DE.UTF-8\n'],
      ],
    },
  },
  'is done with a locale that is there, however it is spelled': {
    args: { name: 'en_US.utf8' },
    world: world(list),
    want: { changed: false, log: [] },
  },
  'adds one that the list does not have': {
    args: { name: ['fr_FR.UTF-8', 'en_US.UTF-8'] },
    world: world(list),
    want: { files: { '/etc/locale.gen': `${list}fr_FR.UTF-8 UTF-8\n` } },
  },
  'generates what is only listed': {
    args: { name: 'en_US.UTF-8' },
    world: world(list, ['C']),
    want: { fields: ['generated'], log: ['locale-gen'] },
  },
  'takes a locale away': {
    args: { name: 'en_US.UTF-8', state: 'absent' },
    world: world(list),
    want: {
      files: { '/etc/locale.gen': list.replace('en_US', '# en_US') },
      log: ['write /etc/locale.gen', 'locale-gen'],
    },
  },
  'has nothing to take away': {
    args: { name: 'xx_XX', state: 'absent' },
    world: world(list),
    want: { changed: false },
  },
  'does not know a locale': {
    args: { name: 'xx_XX' },
    world: world(list),
    fails: 'not available on your system: xx_XX',
  },
  'needs the package': {
    args: { name: 'C' },
    world: { answers: { 'locales host': [] } },
    fails: 'install the package locales',
  },
});

describe('localesKind', () => {
  for (const shell of shells)
    it(`asks through ${shell.join(' ')}`, () => expect(askHere(localesKind, [''], shell)[0]).to.include('C'));
});
