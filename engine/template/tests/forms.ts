/** The usual forms of a test: of a value alone, or against another. */
import { anything, type Kind, must, type Native, native } from '../evaluate/native.ts';

/** Of a value known to the depth. */
export const about = (body: (value: unknown) => boolean): Native => native(anything, {}, body);
/** About the kind of a value, without looking into it. */
const shallow: Kind<unknown> = (session, value) => session.known(value);
export const kind = (body: (value: unknown) => boolean): Native => native(shallow, {}, body);
/** Of two values. */
export const against = (body: (value: unknown, other: unknown) => boolean): Native =>
  native(anything, { other: must(anything) }, (value, { other }) => body(value, other));
