/** The values a module may meet beyond plain data, and how templates judge them. */
export { UndefinedError } from '../template/errors.ts';
export { compactJson } from '../template/python/json.ts';
export { isTrue } from '../template/python/truth.ts';
export { unsafely } from '../template/unsafely.ts';
export { isUnknown, Unknown } from '../template/values.ts';
