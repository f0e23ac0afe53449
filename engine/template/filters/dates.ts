/** Filters on dates. */
import { TemplateError } from '../errors.ts';
import { anything, type Native, native, string, text, truth } from '../evaluate/native.ts';
import { parseDate, strftime } from '../python/dates.ts';
import { toFloat } from '../python/numbers.ts';

export const dateFilters: Readonly<Record<string, Native>> = {
  strftime: native(string, { second: anything, utc: truth }, (format, { second, utc = false }, session) => {
    if (second === undefined || second === null)
      return strftime(format, session.environment.now?.() ?? new Date(), utc);
    const seconds = toFloat(second);
    if (seconds === undefined) throw new TemplateError('strftime needs seconds since 1970');
    return strftime(format, new Date(seconds * 1000), utc);
  }),
  to_datetime: native(text, { format: string }, (value, { format = '%Y-%m-%d %H:%M:%S' }) => parseDate(value, format)),
};
