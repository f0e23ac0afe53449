import fetch from '../../engine/modules/fetch.ts';
import { testModule } from '../../engine/testing.ts';

const world = { files: { '/etc/a': 'abc' } };

testModule(fetch, 'fetch', {
  'saves a file below the name of the host': {
    args: { src: '/etc/a', dest: 'got' },
    world,
    want: {
      changed: true,
      fields: ['fetched'],
      log: [],
      saved: { '/project/got/testhost/etc/a': 'abc' },
      result: {
        dest: '/project/got/testhost/etc/a',
        file: '/etc/a',
        checksum: 'a9993e364706816aba3e25717850c26c9cd0d89d',
      },
    },
    always: 'the controller of a second run is a new one',
  },
  'leaves an equal file alone': {
    args: { src: '/etc/a', dest: 'got' },
    world,
    files: { 'got/testhost/etc/a': 'abc' },
    want: { changed: false, saved: {} },
  },
  'saves to the very place when flat': {
    args: { src: '/etc/a', dest: '/tmp/x', flat: true },
    world,
    want: { saved: { '/tmp/x': 'abc' } },
    always: 'as above',
  },
  'keeps the name in a flat directory': {
    args: { src: '/etc/a', dest: 'got/', flat: true },
    world,
    want: { saved: { '/project/got/a': 'abc' } },
    always: 'as above',
  },
  'never leaves dest': {
    args: { src: '/etc/../../etc/a', dest: 'got' },
    world,
    want: { saved: { '/project/got/testhost/etc/a': 'abc' } },
    always: 'as above',
  },
  'fails where there is no file': {
    args: { src: '/etc/none', dest: 'got' },
    fails: 'the remote file does not exist, not transferring',
  },
  'may do without a file': {
    args: { src: '/etc/none', dest: 'got', fail_on_missing: false },
    want: { changed: false, result: { file: '/etc/none' } },
  },
  'fetches no directory': { args: { src: '/etc', dest: 'got' }, fails: 'cannot work on directories' },
});
