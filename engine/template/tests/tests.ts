/** The tests, `value is name`, of Jinja2 and of Ansible's core. */
import { shortName } from '../evaluate/names.ts';
import { type Native, native, string } from '../evaluate/native.ts';
import { filters } from '../filters/filters.ts';
import { resultTests } from './results.ts';
import { textTests } from './texts.ts';
import { valueTests } from './values.ts';
import { versionTests } from './version.ts';

export const tests: Readonly<Record<string, Native>> = {
  ...valueTests,
  ...textTests,
  ...resultTests,
  ...versionTests,
  is_abs: textTests['abs']!,
  filter: native(string, {}, (name) => Object.hasOwn(filters, shortName(name))),
  test: native(string, {}, (name) => Object.hasOwn(tests, shortName(name))),
};

/** Tests which look at the controller's disk: known by name, lent by those who may. */
export const lentTests: readonly string[] = [
  'directory',
  'is_dir',
  'file',
  'is_file',
  'link',
  'is_link',
  'exists',
  'link_exists',
  'mount',
  'is_mount',
  'same_file',
  'is_same_file',
  'vaulted_file',
];
