import { expect } from 'chai';
import { vaultedValues } from '../../engine/source/vaulted-values.ts';

describe('what a vaulted file keeps secret', () => {
  it('is its long texts and numbers, each as it is written', () => {
    const text =
      'a: 123456.0\nb: [87654321, 9007199254740993, { c: correct horse }, p4ss]\nd: [true, root, 6443, 8.0]\n';
    expect(vaultedValues(text, 'group_vars/all.yml')).to.deep.equal([
      ...['123456.0', '87654321', '9007199254740993', 'correct horse', 'p4ss'],
    ]);
  });

  it('is nothing in what is no mapping, no YAML, or a template', () => {
    expect(vaultedValues('- correct horse\n', 'tasks/main.yml')).to.deep.equal([]);
    expect(vaultedValues('a: [', 'all.yml')).to.deep.equal([]);
    expect(vaultedValues('a: correct horse\n', 'templates/a')).to.deep.equal([]);
  });
});
