/** Sends a request from the host, by curl or over a bare connection, and follows redirects where curl does not. */
import type { Target } from '../../target/target.ts';
import { curlKind } from './clients.ts';
import { curlCommand, curlResponse } from './curl.ts';
import { rawCommand, rawResponse, redirectOf } from './raw.ts';
import { NoResponse, type Request, type Response } from './request.ts';

/**
 * A GET or HEAD only looks, anything else is run as what it is: a command that may change the world.
 * @throws NoResponse when no response came.
 */
export async function send(request: Request, target: Target): Promise<Response> {
  const looks = request.method === 'GET' || request.method === 'HEAD';
  const go = looks ? target.observe : target.run;
  if (await target.query(curlKind, '')) {
    const completed = await go(curlCommand(request));
    if (completed.truncated) throw new NoResponse(tooLong);
    return curlResponse(completed, request);
  }
  let [current, hops] = [request, 0];
  for (;;) {
    const completed = await go(rawCommand(current));
    if (completed.truncated) throw new NoResponse(tooLong);
    const response = rawResponse(completed, current);
    const next = request.follows ? redirectOf(current, response) : undefined;
    if (next === undefined || hops === 10) return { ...response, redirected: hops > 0 };
    [current, hops] = [next, hops + 1];
  }
}

const tooLong = 'the response is longer than what is kept of an answer; get_url is for downloads';
