/** Colours by meaning; the one door to chalk. */
import { Chalk } from 'chalk';

const styles = {
  ok: 'green',
  changed: 'yellow',
  skipped: 'cyan',
  failed: 'red',
  unreachable: 'redBright',
  retry: 'gray',
  included: 'cyan',
  warning: 'magentaBright',
  heading: 'bold',
  note: 'dim',
  added: 'green',
  removed: 'red',
  hunk: 'cyan',
} as const;

/** What a text means, and so how it is coloured. */
export type Style = keyof typeof styles;
export type Paint = (style: Style, text: string) => string;

/** Colours as Ansible has them, or none. chalk is told, as it does not know NO_COLOR. */
export function paint(level: 0 | 1 | 2 | 3): Paint {
  const chalk = new Chalk({ level });
  return (style, text) => chalk[styles[style]](text);
}
