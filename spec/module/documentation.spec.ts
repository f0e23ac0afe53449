import { expect } from 'chai';
import { documentation } from '../../engine/module/documentation.ts';
import { roleDocumentation } from '../../engine/module/role-documentation.ts';
import copy from '../../engine/modules/copy.ts';
import { Float } from '../../engine/source/float.ts';
import { VaultScalar } from '../../engine/source/vault-scalar.ts';

describe('the documentation of a module', () => {
  const text = documentation('copy', copy, 72);
  it('says what it does, its arguments, rules, returns and examples', () => {
    expect(text).to.match(/^COPY\n {2}Copies a file, a directory or a text to the host\.\n/);
    expect(text).to.contain('  dest (path, required)\n      where it goes\n');
    expect(text).to.contain('      Default: false\n');
    expect(text).to.contain('RULES\n  copy needs one of src, content\n');
    expect(text).to.contain('RETURNS\n');
    expect(text).to.contain('EXAMPLES\n  - name: Install the CA\n');
  });
  it('shows defaults as they are written', () => {
    const files = {
      specifications: undefined,
      meta: undefined,
      defaults: { v: new Float(8), l: [new Float(1), new VaultScalar('$A')] },
    };
    expect(roleDocumentation('r', files)).to.contain(
      '  v\n      Default: 8.0\n  l\n      Default: [1.0,"(encrypted)"]\n',
    );
  });
  it('names needed arguments first and keeps to the width', () => {
    expect(text.indexOf('  dest (')).to.be.lessThan(text.indexOf('  src ('));
    expect(
      text
        .split('EXAMPLES')[0]!
        .split('\n')
        .filter((line) => line.length > 72),
    ).to.deep.equal([]);
  });
});
