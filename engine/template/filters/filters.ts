/** All filters of Jinja2, of Ansible's core and, for IP addresses, of ansible.utils, which need nothing but their values. */
import type { Native } from '../evaluate/native.ts';
import { combinationFilters } from './combinations.ts';
import { dateFilters } from './dates.ts';
import { dictFilters } from './dicts.ts';
import { encodingFilters } from './encoding.ts';
import { ipFilters } from './ip-addresses.ts';
import { layoutFilters } from './layout.ts';
import { listFilters } from './lists.ts';
import { numberFilters } from './numbers.ts';
import { pathFilters } from './paths.ts';
import { regexFilters } from './regex.ts';
import { selectionFilters } from './selection.ts';
import { setFilters } from './sets.ts';
import { stringFilters } from './strings.ts';
import { urlFilters } from './urls.ts';
import { valueFilters } from './values.ts';

export const filters: Readonly<Record<string, Native>> = {
  ...valueFilters,
  ...stringFilters,
  ...layoutFilters,
  ...regexFilters,
  ...listFilters,
  ...selectionFilters,
  ...setFilters,
  ...combinationFilters,
  ...dictFilters,
  ...numberFilters,
  ...encodingFilters,
  ...pathFilters,
  ...urlFilters,
  ...dateFilters,
  ...ipFilters,
};

/** Filters which look at the controller's disk or secrets: known by name, lent by those who may. */
export const lentFilters: readonly string[] = ['expanduser', 'expandvars', 'fileglob', 'realpath', 'unvault', 'vault'];
