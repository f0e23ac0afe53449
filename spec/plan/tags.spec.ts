import { expect } from 'chai';
import { selectedByTags } from '../../engine/plan/tags.ts';

describe('selectedByTags', () => {
  const cases: readonly (readonly [tags: string, only: string, skip: string, selected: boolean])[] = [
    ['', '', '', true],
    ['a', '', '', true],
    ['a', 'a', '', true],
    ['a', 'b', '', false],
    ['a,b', 'b,c', '', true],
    ['', 'a', '', false],
    ['a', 'all', '', true],
    ['never', '', '', false],
    ['never', 'all', '', false],
    ['never,a', 'a', '', true],
    ['never', 'never', '', true],
    ['never,a', 'tagged', '', false],
    ['always', 'a', '', true],
    ['always', 'a', 'always', false],
    ['always', '', 'all', true],
    ['always', '', 'all,always', false],
    ['a', '', 'all', false],
    ['a', '', 'a', false],
    ['a,b', 'a', 'b', false],
    ['a', 'tagged', '', true],
    ['', 'tagged', '', false],
    ['', 'untagged', '', true],
    ['a', 'untagged', '', false],
    ['a', '', 'tagged', false],
    ['', '', 'tagged', true],
    ['', '', 'untagged', false],
    ['always,never', 'a', '', true],
  ];
  const list = (text: string) => text.split(',').filter((word) => word !== '');
  for (const [tags, only, skip, selected] of cases) {
    it(`${selected ? 'runs' : 'leaves out'} [${tags}] under --tags "${only}" --skip-tags "${skip}"`, () => {
      expect(selectedByTags(list(tags), list(only), list(skip))).to.equal(selected);
    });
  }
});
