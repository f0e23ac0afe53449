import { expect } from 'chai';
import { secretKeeper } from '../../engine/run/secrets.ts';
import { Float } from '../../engine/source/float.ts';
import { Unknown } from '../../engine/template/values.ts';

describe('secrets', () => {
  const secret = 's3cr"et\'+/=ü';
  const bytes = Buffer.from(secret);
  const forms: Readonly<Record<string, string>> = {
    plain: secret,
    base64: bytes.toString('base64'),
    'base64 for URLs': bytes.toString('base64url'),
    hex: bytes.toString('hex'),
    'percent-encoded': encodeURIComponent(secret),
    JSON: JSON.stringify(secret),
    'quoted for a shell': `'${secret.replaceAll("'", "'\\''")}'`,
  };
  const keeper = secretKeeper();
  keeper.add(`${secret}\n`);
  for (const [form, text] of Object.entries(forms)) {
    it(`are hidden when ${form}`, () => {
      const scrubbed = keeper.scrub({ [text]: [`a ${text} b`] });
      expect(JSON.stringify(scrubbed)).to.match(/\*{8}/);
      expect(Object.keys(scrubbed)[0]).to.not.include(text.replace(/^["']|["']$/g, ''));
      expect(Object.values(scrubbed)[0]![0]).to.not.include(text.replace(/^["']|["']$/g, ''));
    });
  }
  it('are hidden in reasons of what is unknown', () =>
    void expect(keeper.scrub(new Unknown(`asks ${secret}`))).to.equal('(known after the run: asks ********)'));
  it('hide the longer one first', () => {
    const two = secretKeeper();
    two.add('abcd');
    two.add('abcdefgh');
    expect(two.scrub('abcdefgh abcd')).to.equal('******** ********');
  });
  it('too short to protect anything are left', () => {
    const short = secretKeeper();
    short.add('abc');
    short.add('   ');
    expect(short.scrub('abc   d')).to.equal('abc   d');
  });
  it('are hidden where a text cut short ends in the beginning of one', () => {
    const long = secretKeeper();
    long.add('correct-horse-battery-staple');
    expect(long.scrub('x is "correct-horse-bat…, and y "corr…')).to.equal('x is "********…, and y "********…');
    expect(long.scrub('the cor… cow…')).to.equal('the cor… cow…');
  });
  it("are hidden in a result's values, not in the names of its fields, nor in those of a loop's results", () => {
    const words = secretKeeper();
    for (const word of ['changed', 'stdout_lines', 'results']) words.add(word);
    const one = { changed: true, stdout_lines: ['it has changed'], more: { changed: 1 } };
    const shown = { changed: true, stdout_lines: ['it has ********'], more: { '********': 1 } };
    expect(words.scrubFields({ ...one, results: [one, 'changed'] })).to.deep.equal({
      ...shown,
      results: [shown, '********'],
    });
    const clean = { changed: false, results: [{ changed: true }] };
    expect(words.scrubFields(clean)).to.equal(clean);
  });
  it('include every private key, cut off or not', () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----';
    expect(secretKeeper().scrub(`a ${key} b`)).to.equal('a (a private key) b');
    expect(secretKeeper().scrub(`a ${key.slice(0, 40)}`)).to.equal('a (a private key)');
  });
  it('are hidden where they are numbers', () => {
    const numbers = secretKeeper();
    for (const one of ['123456', '1234.0']) numbers.add(one);
    expect(numbers.scrub([123456, new Float(1234), 1234, new Float(5)])).to.deep.equal([
      ...['********', '********', 1234],
      new Float(5),
    ]);
  });
  it('are hidden however deep they lie, in time that grows with the depth alone', () => {
    const nested = Array.from({ length: 200 }).reduce<unknown>((inner) => ({ inner }), { text: `a ${secret}` });
    expect(JSON.stringify(keeper.scrub(nested))).to.include('"a ********"');
  });
  it('leave what is no text as it is', () => {
    const value = { a: 1, b: null, c: [true], d: Buffer.from('x') };
    expect(keeper.scrub(value)).to.deep.equal(value);
  });
});
