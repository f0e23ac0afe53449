/** Python's regular expressions for modules; what is wrong with one is the task's failure. */
import { ModuleFailure } from '../target/failure.ts';
import { pythonRegex, type RegexFlags, replaceMatches } from '../template/python/regex.ts';

/** The expression, global. @throws ModuleFailure when it is not valid. */
export function regexOf(source: string, flags: RegexFlags = {}): RegExp {
  try {
    return pythonRegex(source, flags);
  } catch (cause) {
    throw new ModuleFailure((cause as Error).message, {}, { cause });
  }
}

/** Every match replaced, as `re.subn` does. @throws ModuleFailure for a group that does not exist. */
export function replaceAllMatches(text: string, regex: RegExp, replacement: string) {
  try {
    return replaceMatches(text, regex, replacement, 0);
  } catch (cause) {
    throw new ModuleFailure((cause as Error).message, {}, { cause });
  }
}
