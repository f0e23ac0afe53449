import { expect } from 'chai';
import { isKplayError } from '../../engine/errors.ts';
import { isVaulted, seal, vaultWith } from '../../engine/source/vault.ts';

const secret = { id: 'default', password: 'correct horse' };
const salt = Buffer.alloc(32, 7);

/** Made by ansible-vault 2.14 from "proof\n" with the password "correct horse". */
const byAnsible = `$ANSIBLE_VAULT;1.1;AES256
34316531393661623233316636656231663831373339386434653033633564333861653239653333
3532303362383564633931383666653361666462613237640a396562353930633963383436373536
39363635656337646531316335653333306335313064353231393230613064316337383661623738
3666646639363261330a323333363331363561313566356332663732376533613538666138303135
6462
`;

describe('vault', () => {
  for (const text of ['', 'x', 'sixteen bytes ok', 'ünïcode\nand lines\n', 'long '.repeat(1000)]) {
    it(`gives back what it has sealed: ${JSON.stringify(text.slice(0, 20))}`, () => {
      const sealed = seal(Buffer.from(text), secret);
      expect(isVaulted(sealed)).to.equal(true);
      expect(Math.max(...sealed.split('\n').map((line) => line.length))).to.be.at.most(80);
      expect(vaultWith([secret]).open(sealed).toString('utf8')).to.equal(text);
    });
  }

  it('opens what ansible-vault has sealed', () => {
    expect(vaultWith([secret]).open(byAnsible).toString('utf8')).to.equal('proof\n');
  });

  it('names the password in the header when it has an id', () => {
    expect(seal(Buffer.from('x'), { ...secret, id: 'prod' }, salt).split('\n')[0]).to.equal(
      '$ANSIBLE_VAULT;1.2;AES256;prod',
    );
    expect(seal(Buffer.from('x'), secret, salt).split('\n')[0]).to.equal('$ANSIBLE_VAULT;1.1;AES256');
  });

  it('tries every password, whatever id the text names', () => {
    const sealed = seal(Buffer.from('x'), { ...secret, id: 'prod' });
    const vault = vaultWith([{ id: 'dev', password: 'other' }, { id: 'prod', password: 'wrong' }, secret]);
    expect(vault.open(sealed).toString()).to.equal('x');
  });

  it('opens text that was indented by YAML', () => {
    const sealed = seal(Buffer.from('x'), secret).replaceAll('\n', '\n  ');
    expect(vaultWith([secret]).open(`${sealed}\n`).toString()).to.equal('x');
  });

  const sealed = seal(Buffer.from('x'), { id: 'prod', password: 'correct horse' }, salt);
  const refusals: readonly (readonly [string, string, readonly (typeof secret)[], RegExp])[] = [
    ['without a password', sealed, [], /no vault password was given .*--vault-password-file/],
    ['with a wrong one', sealed, [{ id: 'dev', password: 'no' }], /encrypted for "prod"\); tried: dev/],
    ['of another kind', '$ANSIBLE_VAULT;9.9;DES\n00', [secret], /no vault text kplay knows/],
    ['that is damaged', `${sealed.slice(0, 200)}zz`, [secret], /damaged/],
    [
      'that was tampered with',
      sealed.replace(/3(?=\d\n?$)/, '4').replace(/.(?=\n$)/, '5'),
      [secret],
      /no vault password opens|damaged/,
    ],
  ];
  for (const [title, text, secrets, message] of refusals) {
    it(`refuses text ${title}, and says where`, () => {
      const at = { file: 'group_vars/all.yml', line: 3, column: 5 };
      try {
        vaultWith(secrets).open(text, at);
      } catch (error) {
        expect(isKplayError(error) && error.problems[0]?.at).to.deep.equal(at);
        expect((error as Error).message).to.match(message);
        return;
      }
      expect.fail('it was opened');
    });
  }
});
