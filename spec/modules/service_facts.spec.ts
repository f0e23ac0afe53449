import serviceFacts from '../../engine/modules/service_facts.ts';
import { testModule } from '../../engine/testing.ts';

const stdout = [
  [
    '  ssh.service            loaded    active   running OpenBSD Secure Shell server',
    '  apparmor.service       loaded    active   exited  Load AppArmor profiles',
    '● broken.service         loaded    failed   failed  Broken',
    '● gone.service           not-found inactive dead    gone.service',
    '',
  ].join('\n'),
  [
    'ssh.service enabled enabled',
    'sshd.service alias -',
    'apparmor.service enabled enabled',
    'broken.service enabled enabled',
    'idle.service disabled enabled',
    'getty@.service enabled enabled',
    '',
  ].join('\n'),
  'Names=sshd.service ssh.service\nActiveState=active\n\nNames=apparmor.service\nActiveState=active\n',
].join('\x1e');
const source = 'systemd';

testModule(serviceFacts, 'service_facts', {
  'tells of what is loaded, what could be, and of other names': {
    world: { commands: { 'systemctl list-units': { stdout } } },
    want: {
      changed: false,
      log: [],
      result: {
        ansible_facts: {
          services: {
            'ssh.service': { name: 'ssh.service', state: 'running', status: 'enabled', source },
            'sshd.service': { name: 'sshd.service', state: 'active', status: 'alias', source },
            'apparmor.service': { name: 'apparmor.service', state: 'stopped', status: 'enabled', source },
            'broken.service': { name: 'broken.service', state: 'stopped', status: 'failed', source },
            'gone.service': { name: 'gone.service', state: 'stopped', status: 'not-found', source },
            'idle.service': { name: 'idle.service', state: 'inactive', status: 'disabled', source },
            'getty@.service': { name: 'getty@.service', state: 'unknown', status: 'enabled', source },
          },
        },
      },
    },
  },
  'finds nothing where there is no systemd': {
    world: { commands: { systemctl: { code: 3 } } },
    want: { changed: false, result: { skipped: true, ansible_facts: { services: {} } } },
  },
});
