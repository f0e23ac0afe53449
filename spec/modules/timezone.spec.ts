import timezone from '../../engine/modules/timezone.ts';
import { testModule } from '../../engine/testing.ts';

const zones = { '/usr/share/zoneinfo/Europe/Berlin': 'TZif', '/usr/share/zoneinfo/Etc/UTC': 'TZif' };
const berlin = { '/etc/localtime': { linkTarget: '/usr/share/zoneinfo/Europe/Berlin' } };

testModule(timezone, 'timezone', {
  'sets the link, and the file where there is one': {
    args: { name: 'Etc/UTC' },
    world: { files: { ...zones, ...berlin, '/etc/timezone': 'Europe/Berlin\n' } },
    want: {
      changed: true,
      fields: ['zone', 'file'],
      log: ['link /etc/localtime -> ../usr/share/zoneinfo/Etc/UTC', 'write /etc/timezone'],
      files: { '/etc/localtime': { linkTarget: '../usr/share/zoneinfo/Etc/UTC' }, '/etc/timezone': 'Etc/UTC\n' },
    },
  },
  'makes no file where there is none': {
    args: { name: 'Etc/UTC' },
    world: { files: { ...zones, ...berlin } },
    want: { fields: ['zone'], files: { '/etc/timezone': null } },
  },
  'takes a link of any kind': {
    args: { name: 'Europe/Berlin' },
    world: { files: { ...zones, '/etc/localtime': { linkTarget: '../usr/share/zoneinfo/Europe/Berlin' } } },
    want: { changed: false },
  },
  'replaces a copy of a zone by a link': {
    args: { name: 'Europe/Berlin' },
    world: { files: { ...zones, '/etc/localtime': 'TZif' } },
    want: { fields: ['zone'], files: { '/etc/localtime': { type: 'link' } } },
  },
  'repairs the file alone': {
    args: { name: 'Europe/Berlin' },
    world: { files: { ...zones, ...berlin, '/etc/timezone': 'Etc/UTC\n' } },
    want: { fields: ['file'], log: ['write /etc/timezone'] },
  },
  'sets the hardware clock': {
    args: { hwclock: 'local' },
    world: { files: { '/etc/adjtime': '0.5 17 0.0\n17\nUTC\n' } },
    want: {
      fields: ['hwclock'],
      files: { '/etc/adjtime': '0.5 17 0.0\n17\nLOCAL\n' },
      scripts: ['hwclock --systohc --localtime'],
    },
  },
  'takes a clock of which nothing is said for UTC': { args: { rtc: 'UTC' }, want: { changed: false } },
  'knows only what the host knows': {
    args: { name: 'Europe/Bonn' },
    world: { files: zones },
    fails: 'the host knows no time zone "Europe/Bonn"',
  },
  'takes no path for a zone': { args: { name: '../../../etc/passwd' }, fails: 'the host knows no time zone' },
  'takes no folder of zones for one': {
    args: { name: 'Europe' },
    world: { files: zones },
    fails: 'no time zone "Europe"',
  },
  'needs something to do': { fails: 'name, hwclock' },
});
