import template from '../../engine/modules/template.ts';
import { testModule } from '../../engine/testing.ts';

const files = {
  'templates/app.conf.j2': 'port={{ port }}\n',
  'templates/odd.j2': '#jinja2: trim_blocks: false, variable_start_string: "[["\nport={{ port }}\n',
};
const variables = { port: 80 };

testModule(template, 'template', {
  'writes a rendered file': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf', mode: '0600', owner: 'app', group: 'app' },
    files,
    variables,
    want: {
      changed: true,
      fields: ['type', 'checksum', 'mode', 'owner', 'group'],
      log: ['write /etc/app.conf'],
      files: { '/etc/app.conf': { content: 'port=80\n', mode: '0600', owner: 'app', group: 'app' } },
      result: { dest: '/etc/app.conf', src: '/project/templates/app.conf.j2', size: 8, mode: '0600', state: 'file' },
      diffs: [['', 'port=80\n']],
    },
  },
  'leaves a file that is already so': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf', mode: '0644' },
    files,
    variables,
    world: { files: { '/etc/app.conf': 'port=80\n' } },
    want: { changed: false, log: [], result: { dest: '/etc/app.conf', size: 8, owner: 'root', uid: 0, mode: '0644' } },
  },
  'shows what changes in the text': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf' },
    files,
    variables,
    world: { files: { '/etc/app.conf': { content: 'port=8\n', mode: '0640' } } },
    want: {
      fields: ['checksum'],
      diffs: [['port=8\n', 'port=80\n']],
      files: { '/etc/app.conf': { mode: '0640', content: 'port=80\n' } },
    },
  },
  'changes the mode alone when only that differs': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf', mode: 'u=rw,go=' },
    files,
    variables,
    world: { files: { '/etc/app.conf': 'port=80\n' } },
    want: { fields: ['mode'], log: ['set attributes of /etc/app.conf'], diffs: [['mode: 0644\n', 'mode: 0600\n']] },
  },
  'keeps its name inside a directory': {
    args: { src: 'app.conf.j2', dest: '/etc' },
    files,
    variables,
    want: { log: ['write /etc/app.conf.j2'], result: { dest: '/etc/app.conf.j2' } },
  },
  'leaves an existing file alone without force': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf', force: false },
    files,
    variables,
    world: { files: { '/etc/app.conf': 'mine\n' } },
    want: { changed: false, files: { '/etc/app.conf': 'mine\n' } },
  },
  'keeps a copy of the old file': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf', backup: true },
    files,
    variables,
    world: { files: { '/etc/app.conf': 'old\n' } },
    want: { log: ['write /etc/app.conf'], files: { '/etc/app.conf': 'port=80\n' } },
  },
  'drops the header line with its own options': {
    args: { src: 'odd.j2', dest: '/etc/odd' },
    files,
    variables,
    want: { files: { '/etc/odd': 'port=80\n' } },
  },
  'writes through a link when told to follow': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf', follow: true },
    files,
    variables,
    world: { files: { '/etc/app.conf': { linkTarget: 'real.conf' }, '/etc/real.conf': 'old\n' } },
    want: { log: ['write /etc/real.conf'], files: { '/etc/app.conf': { type: 'link' } } },
  },
  'replaces a link otherwise': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf' },
    files,
    variables,
    world: { files: { '/etc/app.conf': { linkTarget: 'real.conf' }, '/etc/real.conf': 'port=80\n' } },
    want: { log: ['write /etc/app.conf'], files: { '/etc/app.conf': { type: 'file' }, '/etc/real.conf': 'port=80\n' } },
  },
  'keeps the old file when the new one is not valid': {
    args: { src: 'app.conf.j2', dest: '/etc/app.conf', validate: 'haproxy -c -f %s' },
    files,
    variables,
    world: { commands: { 'haproxy -c': { code: 1, stderr: 'unknown keyword' } } },
    fails: 'unknown keyword',
  },
  'wants %s in validate': {
    args: { src: 'app.conf.j2', dest: '/etc/x', validate: 'true' },
    files,
    variables,
    fails: 'validate must hold %s',
  },
  'names every place searched for a template': {
    args: { src: 'none.j2', dest: '/etc/x' },
    files,
    fails: 'searched /project/templates/none.j2',
  },
  'fails where the directory is missing': {
    args: { src: 'app.conf.j2', dest: '/etc/none/app.conf' },
    files,
    variables,
    fails: 'the directory /etc/none does not exist',
  },
});
