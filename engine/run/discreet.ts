/** What a run says in passing, without its secrets; results and labels are scrubbed where they are made. */
import type { RunEvent } from './events.ts';
import type { Secrets } from './secrets.ts';

/** Names of plays and of included files, and warnings, may be made of variables. */
export function discreet(event: RunEvent, { scrub }: Secrets): RunEvent {
  switch (event.type) {
    case 'play_start':
    case 'no_hosts_matched':
      return { ...event, name: scrub(event.name) };
    case 'included':
      return { ...event, file: scrub(event.file) };
    case 'warning':
      return { ...event, message: scrub(event.message) };
    default:
      return event;
  }
}
