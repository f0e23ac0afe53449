import { expect } from 'chai';
import { bodyText } from '../../../engine/module/http/body.ts';
import { Float } from '../../../engine/source/float.ts';

const body = { v: new Float(8), n: 8 };
const unread = async () => '';

describe('the body of a request', () => {
  it('has floats as Python writes them, in every format', async () => {
    expect((await bodyText(body, 'json', unread)).text).to.equal('{"v":8.0,"n":8}');
    expect((await bodyText(body, 'form-urlencoded', unread)).text).to.equal('v=8.0&n=8');
    expect((await bodyText(body, 'form-multipart', unread)).text).to.contain('name="v"\r\n\r\n8.0\r\n');
  });

  it('is no number where a form is asked for', async () => {
    for (const format of ['form-urlencoded', 'form-multipart'] as const)
      for (const one of [8, new Float(8)])
        expect(await bodyText(one, format, unread).catch((error: Error) => error.message)).to.contain('mapping');
  });
});
